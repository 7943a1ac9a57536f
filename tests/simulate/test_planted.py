"""Each planted change can be seen where and when it was planted, and not beside it."""

import json
from datetime import datetime

import pytest


@pytest.fixture(scope="module")
def planted(provider) -> dict[str, dict[str, str]]:
    return {change["what"]: change for change in json.loads(provider.truth.read_text())["changes"]}


def before_and_during(ask, change: dict[str, str], what: str, table: str, at: str, where: str) -> tuple[float, float]:
    begins, ends = (datetime.fromisoformat(change[word]).replace(tzinfo=None) for word in ("from", "to"))
    return ask(f"""select {what} filter (where {at} < timestamp '{begins}'),
                          {what} filter (where {at} >= timestamp '{begins}' and {at} < timestamp '{ends}')
                   from {table} where {where}""").row(0)  # type: ignore[no-any-return]


ROOMING = "median(date_diff('second', arrived_at, roomed_at))"  # stamped to the minute


def test_the_clinic_that_slowed_down(ask, planted) -> None:
    change = planted["slow_clinic"]
    before, during = before_and_during(ask, change, ROOMING, "appointments", "arrived_at", "site_id = 'BRK'")
    assert 1.4 < during / before < 1.8
    before, during = before_and_during(ask, change, ROOMING, "appointments", "arrived_at", "site_id = 'ASH'")
    assert abs(during - before) <= 60


def test_the_line_short_of_people(ask, planted) -> None:
    change, what = planted["short_staffed_line"], "avg((abandoned_at is not null)::int)"
    before, during = before_and_during(ask, change, what, "contacts", "opened_at", "service_id = 'phone_billing'")
    assert during > 2 * before
    before, during = before_and_during(ask, change, what, "contacts", "opened_at", "service_id = 'phone_appointments'")
    assert 0.6 < during / before < 1.5


def test_the_reminders_that_stopped(ask, planted) -> None:
    change, what = planted["reminders_stopped"], "count(reminder_sent_at)"
    before, during = before_and_during(ask, change, what, "appointments", "reminder_sent_at", "site_id = 'CED'")
    assert before > 5000
    assert during == 0
    rate = "avg((status = 'noshow')::int)"
    kept = "site_id = 'CED' and status in ('fulfilled', 'noshow') and date_diff('day', booked_at, scheduled_start) > 3"
    before, during = before_and_during(ask, change, rate, "appointments", "scheduled_start", kept)
    assert 1.1 < during / before < 1.7


def test_the_emergency_department_that_got_worse(ask, planted) -> None:
    change, wait = planted["worse_emergency"], "quantile_cont(date_diff('second', arrived_at, seen_at), 0.9)"
    before, during = before_and_during(ask, change, wait, "visits", "arrived_at", "site_id = 'EAS'")
    assert during > 1.6 * before
    before, during = before_and_during(ask, change, wait, "visits", "arrived_at", "site_id = 'NRT'")
    assert 0.8 < during / before < 1.2


def test_the_feed_that_died(ask, planted) -> None:
    last = dict(ask("select site_id, max(recorded_at) from appointments group by 1").iter_rows())
    died = datetime.fromisoformat(planted["dead_feed"]["from"]).replace(tzinfo=None)
    assert last.pop("FER") <= died
    assert min(last.values()) > died


def test_the_portal_team_that_grew(ask, planted) -> None:
    wait = "avg(date_diff('second', opened_at, answered_at))"
    before, during = before_and_during(
        ask, planted["portal_team_grown"], wait, "contacts", "opened_at", "service_id = 'portal_messages' and reply_needed"
    )
    assert during < 0.85 * before
