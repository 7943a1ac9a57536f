"""A card says what a reader needs to check a figure, and nothing that does not apply."""

import pytest

from metrics.definitions import BUILT_IN, card, definition_version, load_catalog
from metrics.definitions.sql_form import value_unit

CATALOG = load_catalog(BUILT_IN)


@pytest.mark.parametrize("metric", CATALOG.values(), ids=lambda metric: metric.id)
def test_every_card_has_what_a_reader_needs(metric):
    rows = dict(card(metric))
    assert all(rows.values())
    assert {"Question", "Counts", "Reported as", "Direction", "Authority", "Owner", "Reviewed", "Definition version"} <= set(rows)
    assert rows["Definition version"] == definition_version(metric)


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
