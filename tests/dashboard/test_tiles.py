"""What the scorecard's rows say, and in which order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from metrics.dashboard import data, freshness, states, tiles


@pytest.fixture
def contracts(ask) -> dict[str, data.Contract]:
    return {row["metric"]: data.contract_of(row) for row in ask("definitions").to_dicts()}


@pytest.fixture
def found_by(ask, fixture_generation):
    """The tiles of the fixture, by contracts."""
    feeds = freshness.feeds(ask("freshness"), fixture_generation.AS_OF + timedelta(minutes=50), timedelta(hours=36))
    return lambda contracts: tiles.tiles_of(ask("scorecard", site=None, service=None, grain="week"), contracts, feeds, "week")


@pytest.fixture
def found(found_by, contracts) -> list[tiles.Tile]:
    return found_by(contracts)


def tile(found: list[tiles.Tile], metric: str) -> tiles.Tile:
    (one,) = [tile for tile in found if tile.metric == metric]
    return one


def test_families_keep_their_order_and_the_worst_leads_in_each(found: list[tiles.Tile]) -> None:
    order = [(tiles.FAMILIES.index(t.family), t.state.rank, t.position) for t in found]
    assert order == sorted(order)


def test_each_state_is_reached(found: list[tiles.Tile]) -> None:
    assert tile(found, "complaint_resolution_time").state is states.NO_DATA
    assert tile(found, "abandonment_rate").state is states.STALE  # its feed has been silent for six days
    assert tile(found, "door_to_provider").state is states.OFF_TARGET
    assert tile(found, "no_show_rate").state is states.ON_TARGET
    assert tile(found, "virtual_visit_share").state is states.NOT_ASSESSED


def test_a_tile_says_its_figure_its_target_and_what_was_before(found: list[tiles.Tile]) -> None:
    door = tile(found, "door_to_provider")
    assert (door.figure, door.label, door.target_words) == ("69%", "Within 60 minutes", "Target at least 90%: missed")
    assert door.earlier == (("13 weeks ago", "76%"), ("a year ago", "68%"))
    assert door.fed == "fed 90 minutes ago"


def test_a_census_is_itself_the_count_of_who_waits(found_by, contracts) -> None:
    assert tile(found_by(contracts), "door_to_provider").still_open is not None
    census = {**contracts, "door_to_provider": replace(contracts["door_to_provider"], kind="census")}
    assert tile(found_by(census), "door_to_provider").still_open is None


def test_a_tile_without_data_says_so_and_shows_no_number(found: list[tiles.Tile]) -> None:
    complaints = tile(found, "complaint_resolution_time")
    assert (complaints.figure, complaints.label, complaints.fed) == ("–", "Median", "never fed")
    assert complaints.trail_alt == "Complaint resolution: no settled week in the last 26."


def test_a_title_in_brackets_is_told_under_the_name(found: list[tiles.Tile]) -> None:
    phone = replace(tile(found, "abandonment_rate"), title="Abandonment rate (after 5 seconds)")
    assert (phone.name, phone.qualified) == (
        "Abandonment rate",
        "After 5 seconds. How many callers hang up before anybody answers?",
    )
    assert tile(found, "door_to_provider").name == "Door to provider"


def test_a_sparkline_is_told_in_words(found: list[tiles.Tile]) -> None:
    assert tile(found, "door_to_provider").trail_alt == (
        "Door to provider over the last 26 weeks: between 67% and 80%, last settled week 69%. The newest 1 can still move."
    )


def test_a_link_leads_to_the_very_figure(found: list[tiles.Tile]) -> None:
    assert tile(found, "door_to_provider").link == {"metric": "Door to provider", "statistic": "Within 60 minutes", "grain": "Week"}


def test_the_summary_is_a_finding_of_at_most_ten_words(found: list[tiles.Tile]) -> None:
    assert tiles.summary(found) == "1 of 8 off target, 1 without data, 2 stale"
    assert len(tiles.summary(found).split()) <= 10
    assert tiles.summary([]) == "0 of 0 off target"


def test_what_is_wrong_stands_first_whatever_its_family(found: list[tiles.Tile]) -> None:
    alerting = replace(tile(found, "no_show_rate"), alert=states.ALERTING)
    others = [one for one in found if one.metric != alerting.metric]
    assert [one.wrong for one in tiles.first_to_open([*others, alerting])] == [
        f"■ Alerting: {alerting.name} **{alerting.figure}**", "▲ Off target: Door to provider **69%**",
    ]  # fmt: skip


def test_a_figure_without_a_target_stands_behind_a_click_unless_something_is_the_matter(found: list[tiles.Tile]) -> None:
    plain = replace(tile(found, "virtual_visit_share"), headline=False, target=None, variation="common_cause")
    leading = (
        replace(plain, headline=True), replace(plain, target=0.3), replace(plain, state=states.STALE),
        replace(plain, alert=states.PENDING), replace(plain, variation="concern_high"),
    )  # fmt: skip
    others = (plain, replace(plain, variation=None), replace(plain, variation="improvement_low"))
    assert tiles.leading_apart([*leading, *others]) == ([*leading], [*others])
    assert tiles.more_words([*others]) == "3 more without a target"


def test_a_metric_without_a_case_is_shown_only_where_it_is_expected(found: list[tiles.Tile]) -> None:
    plain = [replace(tile, headline=False) for tile in found]
    assert tiles.told_apart(found, whole=True)[1] == []
    for tried in (tiles.told_apart(found, whole=False), tiles.told_apart(plain, whole=True)):
        assert [tile.metric for tile in tried[1]] == ["complaint_resolution_time"]


def test_the_period_is_named_and_the_exceptions_name_their_own(found: list[tiles.Tile]) -> None:
    assert tiles.period_words(found, "week") == "latest settled week: week of 2 June 2025"
    late = replace(tile(found, "door_to_provider"), period_start=date(2025, 5, 19))
    with_late = [late, *(one for one in found if one.metric != late.metric)]
    words = "latest settled week: week of 2 June 2025; 1 settled at another time, as said in the row"
    assert tiles.period_words(with_late, "week") == words
    usual = tiles.usual_start(with_late)
    assert [one.period_apart(usual) for one in with_late if one.period_apart(usual)] == ["week of 19 May 2025"]
    assert tiles.period_words([], "week") == "no settled week yet"
