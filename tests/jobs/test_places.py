"""Numbers for places, and the totals above them."""

import polars as pl

from metrics.jobs.places import Places

PAIRS = pl.DataFrame({"site_id": ["B", "A", "A", "A"], "service_id": ["ed", "ed", "clinic", "ed"]})


def test_every_row_counts_once_in_its_place_and_once_in_each_total() -> None:
    places = Places.of(PAIRS)
    raised = places.named(places.with_totals(places.numbered(PAIRS).select("place"))).group_by("site_id", "service_id").len()
    counted = {(site, service): n for site, service, n in raised.iter_rows()}
    assert counted == {
        ("A", "clinic"): 1, ("A", "ed"): 2, ("B", "ed"): 1,
        ("A", None): 3, ("B", None): 1, (None, "clinic"): 1, (None, "ed"): 3, (None, None): 4,
    }  # fmt: skip


def test_numbers_do_not_depend_on_the_order_of_rows() -> None:
    assert Places.of(PAIRS).frame.equals(Places.of(PAIRS.reverse()).frame)
