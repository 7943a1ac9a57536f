"""Whether the alerts themselves are any good, worked out by hand."""

from datetime import date, datetime

import polars as pl
import pytest

from metrics.alerts.quality import KPIS, alert_quality

MONDAY, FRIDAY = datetime(2026, 3, 2, 9), datetime(2026, 3, 6, 15)
NOW = datetime(2026, 3, 20, 9)
TEXT, INSTANT = pl.String(), pl.Datetime("us")
EPISODES = {"alert_id": TEXT, "owner": TEXT, "state": TEXT, "fired_at": INSTANT, "ended_at": INSTANT, "flap_count": pl.Int64()}
EVENTS = {"alert_id": pl.String(), "type": pl.String(), "occurred_at": pl.Datetime("us")}
NO_DAYS = pl.Series("day", [], pl.Date)


def quality(alerts: list[tuple], events: list[tuple], days: pl.Series = NO_DAYS) -> list[dict]:
    return alert_quality(
        pl.DataFrame(alerts, schema=EPISODES, orient="row"), pl.DataFrame(events, schema=EVENTS, orient="row"), days, NOW
    ).to_dicts()


def test_a_week_of_an_owner_worked_by_hand() -> None:
    alerts = [
        ("a", "ED", "resolved", MONDAY, datetime(2026, 3, 4, 9), 0),  # taken in 2 hours, over in 48
        ("b", "ED", "resolved", MONDAY, datetime(2026, 3, 3, 9), 2),  # nobody took it, over in 24, came back twice
        ("c", "ED", "firing", FRIDAY, None, 0),  # taken on Monday by the same time: a working day later
        ("d", "ED", "firing", FRIDAY, None, 0),  # taken on Monday an hour too late
        ("e", "ED", "pending", None, None, 0),  # never fired
        ("f", "Phones", "firing", datetime(2026, 3, 20, 8), None, 0),  # an hour old: not decided yet
    ]
    events = [
        ("a", "acked", datetime(2026, 3, 2, 11)), ("a", "acked", datetime(2026, 3, 2, 12)), ("b", "commented", MONDAY),
        ("c", "acked", datetime(2026, 3, 9, 15)), ("d", "acked", datetime(2026, 3, 9, 16)), ("c", "opened", FRIDAY),
    ]  # fmt: skip
    assert quality(alerts, events) == [
        {"owner": "Phones", "week": date(2026, 3, 16), "alerts": 1, "acked_in_a_working_day": None, "hours_to_acknowledge": None,
         "hours_to_resolve": None, "flapping": 0.0, "resolved_without_action": None},
        {"owner": "ED", "week": date(2026, 3, 2), "alerts": 4, "acked_in_a_working_day": 0.5, "hours_to_acknowledge": 72.0,
         "hours_to_resolve": 36.0, "flapping": 0.25, "resolved_without_action": 0.5},
    ]  # fmt: skip


@pytest.mark.parametrize(("fired", "acked", "in_time"), [
    (FRIDAY, datetime(2026, 3, 6, 16), 1.0), (FRIDAY, datetime(2026, 3, 10, 15), 1.0), (FRIDAY, datetime(2026, 3, 10, 16), 0.0),
    (datetime(2026, 3, 7, 12), datetime(2026, 3, 10, 12), 1.0),
])  # fmt: skip
def test_a_holiday_is_no_working_day(fired: datetime, acked: datetime, in_time: float) -> None:
    days = pl.Series(
        "day", [date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 10), date(2026, 3, 11)]
    )  # Monday the 9th is a holiday
    [row] = quality([("a", "ED", "firing", fired, None, 0)], [("a", "acked", acked)], days)
    assert row["acked_in_a_working_day"] == in_time


def test_what_nobody_took_in_time_counts_against() -> None:
    [row] = quality([("a", "ED", "firing", MONDAY, None, 0)], [])
    assert row["acked_in_a_working_day"] == 0.0


def test_an_end_by_an_edit_is_no_recovery() -> None:
    [row] = quality([("a", "ED", "expired", MONDAY, FRIDAY, 0)], [])
    assert row["hours_to_resolve"] is None and row["resolved_without_action"] is None


def test_no_alerts_give_no_rows_of_the_same_columns() -> None:
    empty = alert_quality(pl.DataFrame(schema=EPISODES), pl.DataFrame(schema=EVENTS), NO_DAYS, NOW)
    assert empty.is_empty() and empty.schema == KPIS
