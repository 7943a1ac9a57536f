"""A card says what a reader needs to check a figure, and nothing that does not apply."""

import pytest

from metrics.definitions import BUILT_IN, card, definition_version, load_catalog
from metrics.definitions.sql_form import value_unit
from metrics.definitions.unknowable import OF_TABLE
from metrics.events import TABLES

CATALOG = load_catalog(BUILT_IN)


@pytest.mark.parametrize("metric", CATALOG.values(), ids=lambda metric: metric.id)
def test_every_card_has_what_a_reader_needs(metric):
    rows = dict(card(metric))
    assert all(rows.values())
    assert {
        "Question",
        "Counts",
        "Reported as",
        "Direction",
        "Authority",
        "Owner",
        "Reviewed",
        "Definition version",
        "Mind",
        "Cannot tell",
    } <= set(rows)
    assert rows["Definition version"] == definition_version(metric)


def test_a_card_says_what_the_figure_cannot_tell():
    """Of its rows and of its kind; every table and every kind has words of its own."""
    assert set(OF_TABLE) == set(TABLES)
    told = {metric: dict(card(CATALOG[metric]))["Cannot tell"] for metric in CATALOG}
    assert "long waiter" in told["waiting_list"] and "given up" in told["complaints_open"]
    assert told["portal_response_time"].endswith("how long those still waiting will have waited is not in them.")
    assert told["door_to_provider"].endswith("where they are not, it is wrong.")
    assert told["rtt_completed_non_admitted"].endswith("of one in the open last bin, only that it is at least so long.")
    assert "did not answer" in told["net_promoter_score"] and "nines and ones" in told["net_promoter_score"]


def test_a_wait_says_where_its_clock_starts_and_stops():
    rows = dict(card(CATALOG["portal_response_time"]))
    assert (rows["From"], rows["To"], rows["Clock"]) == ("`opened_at`", "`answered_at`", "opening hours of the site")
    assert rows["Reported as"] == "median, in hours; p90, in hours; share within 24 hours"
    assert "Of these" not in rows


def test_a_rate_says_its_two_counts():
    rows = dict(card(CATALOG["no_show_rate"]))
    assert (rows["Of these"], rows["Settles"]) == ("`status = 'noshow'`", "3 days after the period ends")
    assert "cancelled by the patient or by the provider" in rows["Left out"].lower()
    assert "From" not in rows


def test_values_have_a_unit():
    assert [value_unit(CATALOG["door_to_provider"], statistic) for statistic in ("median", "within")] == ["minutes", "share"]
    assert value_unit(CATALOG["no_show_rate"], "count") == "cases"
