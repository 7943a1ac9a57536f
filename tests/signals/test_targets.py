"""Kinds of targets, and how closely each names its place."""

import polars as pl
import pytest

from metrics.definitions.metric import Better, Statistic
from metrics.signals.targets import closeness, kind_of

KINDS = [
    ("within", "lower", "share_within"), ("within", "higher", None), ("within", "neither", None),
    ("median", "lower", "percentile_at_most"), ("p90", "lower", "percentile_at_most"), ("p95", "lower", "percentile_at_most"),
    ("median", "higher", None), ("p90", "neither", None),
    ("share", "lower", "ceiling"), ("share", "higher", "floor"), ("share", "neither", None),
    ("count", "lower", "ceiling"), ("count", "higher", "floor"), ("count", "neither", None),
]  # fmt: skip


@pytest.mark.parametrize(("statistic", "better", "kind"), KINDS)
def test_a_kind_follows_from_the_statistic_and_from_what_is_better(statistic: Statistic, better: Better, kind: str | None) -> None:
    assert kind_of(statistic, better) == kind


def test_a_service_at_a_site_is_named_more_closely_than_anything_else() -> None:
    """From the furthest to the closest: everywhere, a region, a site, a service, a service in a region, a service at a site."""
    places = [(None, None, None), ("R", None, None), (None, "S", None), (None, None, "V"), ("R", None, "V"), (None, "S", "V")]
    frame = pl.DataFrame(places, schema=dict.fromkeys(("region", "site_id", "service_id"), pl.String), orient="row")
    ranks = frame.select(closeness())["region"].to_list()
    assert ranks == sorted(set(ranks)) and len(ranks) == 6
