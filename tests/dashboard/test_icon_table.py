"""The icon table: worst first, in an order that stays; every cell in words."""

import random
from datetime import date, datetime, timedelta
from html.parser import HTMLParser

import pytest

from metrics.dashboard import data, icon_table, icons, states
from metrics.dashboard.freshness import Feeds
from metrics.dashboard.icon_table import Row
from metrics.dashboard.theme import LIGHT
from tests.dashboard import signal_frames

AT = datetime(2025, 6, 15, 9, 30)
FEEDS = Feeds({("visits", None): AT}, frozenset(), AT)
STALE = Feeds({("visits", None): AT - timedelta(days=9)}, frozenset({("visits", "CEN")}), AT)
NAMES = {"door_to_provider": "Door to provider"}


@pytest.fixture
def contracts(ask) -> dict[str, data.Contract]:
    return {row["metric"]: data.contract_of(row) for row in ask("definitions").to_dicts()}


@pytest.fixture
def told(contracts):
    """told(feeds, alerts, **changed): the row of one series."""

    def row(feeds: Feeds = FEEDS, alerts: icon_table.Alerts | None = None, **changed: object) -> Row:
        signal = signal_frames.signal(**{"site_id": "CEN", "site": "Central Hospital", "headline": True, "position": 0, **changed})
        return icon_table.row_of(
            {"newest": signal["period_start"], **signal}, contracts["door_to_provider"], feeds, alerts or {}, NAMES
        )

    return row


def test_a_row_says_value_n_target_verdicts_since_and_state(told) -> None:
    row = told()
    assert (row.title, row.where, row.figure, row.target) == ("Door to provider", "Central Hospital", "78%", "85%")
    assert (row.variation, row.assurance, row.since, row.state) == ("concern_low", "inconsistent", date(2025, 4, 7), states.OK)
    assert row.link == {
        "metric": "Door to provider", "statistic": "Within 60 minutes", "grain": "Week", "site": "Central Hospital"
    }  # fmt: skip


def test_a_series_that_ended_before_the_others_has_no_data(told) -> None:
    row = told(newest=date(2025, 6, 2))
    assert (row.state, row.figure, row.variation) == (states.NO_DATA, "–", "not_assessed")


def test_a_week_without_a_case_where_cases_are_seldom_calls_for_nothing_while_the_feed_is_heard(told) -> None:
    seldom = {"newest": date(2025, 6, 2), "variation": "not_assessed", "assurance": "not_assessed"}
    row = told(**seldom)
    assert (row.state, row.figure, row.n, row.calls) == (states.NOT_ASSESSED, "–", "0", False)
    assert told(STALE, **seldom).state is states.NO_DATA and told(STALE, **seldom).calls


def test_an_old_feed_is_stale_and_an_alert_is_told(told) -> None:
    alerts = {("door_to_provider", "CEN"): ["pending", "firing"]}
    assert told(STALE, alerts).state is states.STALE
    assert told(FEEDS, alerts).state is states.ALERTING
    assert told(FEEDS, {("door_to_provider", "CEN"): ["resolved"]}).state is states.OK
    assert told(FEEDS, {("door_to_provider", None): ["firing"]}).state is states.OK
    assert told(variation="not_assessed").state is states.NOT_ASSESSED


def test_the_order_is_worst_first_and_does_not_depend_on_how_rows_came(told) -> None:
    rows = [
        told(newest=date(2025, 6, 2)),
        told(STALE),
        told(alerts={("door_to_provider", "CEN"): ["firing"]}),
        told(alerts={("door_to_provider", "CEN"): ["recovering"]}),
        told(assurance="consistent_fail"),
        told(),
        told(variation="neutral_high"),
        told(variation="improvement_high"),
        told(variation="common_cause", assurance="consistent_fail"),
        told(variation="common_cause"),
        told(variation="not_assessed"),
    ]
    mixed = random.Random(1).sample(rows, len(rows))
    assert sorted(mixed, key=lambda row: row.order) == rows


def test_what_calls_for_attention(told) -> None:
    assert not told(variation="common_cause").calls
    assert told(variation="common_cause", assurance="consistent_fail").calls
    assert told(variation="improvement_high").calls
    assert told(STALE, variation="common_cause").calls


def test_the_summary_counts_verdicts_in_at_most_ten_words(told) -> None:
    rows = [told(), told(variation="improvement_low"), told(variation="common_cause", assurance="consistent_fail")]
    assert icon_table.summary(rows) == "1 worse, 1 better, 1 will miss its target"
    assert len(icon_table.summary(rows).split()) <= 10
    assert icon_table.summary([told(variation="common_cause")]) == "No significant change"


class Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.images: list[str | None] = []
        self.links: list[str | None] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.images += [found.get("alt")] if tag == "img" else []
        self.links += [found.get("href")] if tag == "a" else []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_table_has_words_for_every_icon_and_a_link_for_every_metric(told) -> None:
    page = Cells()
    page.feed(icon_table.html([told(), told(variation="common_cause")], LIGHT, "Verdicts"))
    assert page.images == ["Worse, lower", "Hit or miss", "No significant change", "Hit or miss"]
    assert page.links[0] == "metric?metric=Door+to+provider&statistic=Within+60+minutes&grain=Week&site=Central+Hospital"
    assert {"Worse, lower", "● OK", "Week of 7 April 2025"} <= set(page.words)


def test_a_name_from_the_data_cannot_write_html(told) -> None:
    hostile = told(site='<img src=x onerror="alert(1)">')
    html = icon_table.html([hostile], LIGHT, "Verdicts")
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_the_csv_holds_the_rows_in_their_order(told) -> None:
    frame = icon_table.frame([told(), told(variation="common_cause")])
    assert frame["variation"].to_list() == ["concern_low", "common_cause"]
    assert frame["state"].to_list() == ["OK", "OK"]
    assert set(frame["variation"]) <= set(icons.VARIATION)
