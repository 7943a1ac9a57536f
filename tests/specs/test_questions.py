"""What the questions count that no metric can: drawn rows, and published examples."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from metrics.workbench.questions import BUILT_IN, load_question
from tests.specs.drawn import World, drawn, generation


def answer(name: str, table: str, text: str, world: World, **given: object) -> list[dict]:
    """The rows that the question gives over a generation that holds the drawn rows, each on the day that it says."""
    question = load_question(BUILT_IN / f"{name}.sql")
    with generation(table, drawn(table, text), world) as connection:
        if table == "contacts":
            connection.execute("update facts_contacts set day = opened_at::date")
        found: pl.DataFrame = connection.sql(question.sql, params=question.bound(given)).pl()
    assert tuple(found.columns) == question.returns
    return found.to_dicts()


MARCH = World(as_of=datetime(2026, 3, 2, 12))


def test_golden_vector_15_held_slots_are_not_open_and_the_first_two_are_ignored():
    """Census Monday 2 March; free on 3, 5 and 9 March, held on 6: the third is 9 March, 7 days."""
    rows = """
        slot_id | provider_id | visit_type | snapshot_at      | start_at         | status
        a       | one         | new        | 2026-03-02 07:00 | 2026-03-03 09:00 | free
        b       | one         | new        | 2026-03-02 07:00 | 2026-03-04 09:00 | busy
        c       | one         | new        | 2026-03-02 07:00 | 2026-03-05 09:00 | free
        d       | one         | new        | 2026-03-02 07:00 | 2026-03-06 09:00 | held
        e       | one         | new        | 2026-03-02 07:00 | 2026-03-09 09:00 | free
        f       | two         | new        | 2026-03-02 07:00 | 2026-03-03 09:00 | free
        g       | one         | new        | 2026-02-23 07:00 | 2026-02-24 09:00 | free
        h       | one         | return     | 2026-03-02 07:00 | 2026-03-03 09:00 | busy
    """
    new, again = answer("third_next_available", "slots", rows, MARCH)
    assert (new["third_next_available_days"], new["providers"], new["without_three"]) == (7, 2, 1)
    assert (again["third_next_available_days"], again["without_three"]) == (None, 1)


def test_the_waiting_list_adds_up_and_ages_to_the_day():
    rows = """
        sent_at          | clock_start_at   | clock_stop_at    | close_reason
        2025-01-01 09:00 | 2025-01-01 09:00 |                  |
        2025-10-01 09:00 | 2025-10-26 09:00 |                  |
        2025-10-01 09:00 | 2025-10-25 09:00 |                  |
        2026-02-01 09:00 | 2026-02-01 09:00 | 2026-02-23 09:00 | treated
        2026-02-01 09:00 | 2026-02-01 09:00 | 2026-03-02 09:00 | treated
        2026-02-24 09:00 | 2026-02-24 09:00 |                  |
        2026-02-24 09:00 | 2026-02-24 09:00 |                  | did_not_attend
        2026-02-24 09:00 |                  |                  |
    """
    (week,) = answer("waiting_list", "referrals", rows, MARCH, weeks=1)
    assert str(week["week_ending"]) == "2026-03-01"
    assert [week[name] for name in ("opening", "started", "stopped", "waiting")] == [5, 1, 1, 5]
    assert [week[name] for name in ("within_18_weeks", "over_18_weeks", "over_52_weeks")] == [3, 2, 1]  # day 126 is within
    assert week["share_within_18_weeks"] == 0.6


def test_golden_vector_17_an_empty_list_has_no_share():
    (week,) = answer("waiting_list", "referrals", "sent_at\n2026-02-24 09:00", MARCH, weeks=1)
    assert (week["waiting"], week["share_within_18_weeks"]) == (0, None)


PUBLISHED = [((4,), 1, 1), ((3, 1), 0.75, 0.5), ((2, 2), 0.5, 1 / 3), ((1, 1, 1, 1), 0.25, 0), ((5, 3, 2), 0.5, 14 / 45)]


@pytest.mark.parametrize(("visits", "usual", "coc"), PUBLISHED)
def test_golden_vector_6_continuity(visits, usual, coc):
    lines = ["patient_key | provider_id | status | scheduled_start"]
    for provider, many in enumerate(visits):
        lines += [f"ann | doctor {provider} | fulfilled | 2026-02-01 09:00"] * many
    lines += ["ann | doctor 9 | noshow | 2026-02-01 09:00", "ann | | fulfilled | 2026-02-01 09:00"]
    lines += ["ben | doctor 1 | fulfilled | 2026-02-01 09:00", "ann | doctor 8 | fulfilled | 2026-04-01 09:00"]
    (found,) = answer("continuity_of_care", "appointments", "\n".join(lines), MARCH)
    assert (found["patients"], found["usual_provider"], found["share_at_least_70"]) == (1, usual, int(coc >= 0.7))
    assert found["bice_boxerman"] == pytest.approx(coc)


def test_a_contact_is_resolved_when_nobody_asks_again_within_the_days():
    rows = """
        patient_key | channel | topic   | opened_at
        ann         | phone   | results | 2026-02-01 09:00
        ann         | portal  | results | 2026-02-08 09:00
        ben         | phone   | results | 2026-02-01 09:00
        ben         | phone   | results | 2026-02-08 09:01
        cat         | phone   | results | 2026-02-01 09:00
        cat         | phone   | billing | 2026-02-02 09:00
        dan         | phone   | results | 2026-02-23 12:01
                    | phone   | results | 2026-02-01 09:00
        eve         | phone   |         | 2026-02-01 09:00
    """
    found = answer("first_contact_resolution", "contacts", rows, MARCH)
    counts = {row["channel"]: (row["contacts"], row["resolved"]) for row in found}
    assert counts == {"phone": (5, 4), "portal": (1, 1)}  # ann asked again on day 7, ben a minute later; dan's days are not over


def test_a_cohort_says_nothing_of_months_that_it_has_not_reached():
    """As of 2 May: who was first seen in March has had one month, and not all of them two."""
    rows = """
        patient_key | site_id | scheduled_start  | status
        ann         | CEN     | 2026-03-01 12:00 | fulfilled
        ann         | HAR     | 2026-04-01 12:00 | fulfilled
        ben         | CEN     | 2026-03-31 12:00 | fulfilled
        ben         | CEN     | 2026-05-01 12:00 | fulfilled
        cat         | CEN     | 2026-03-10 12:00 | fulfilled
        cat         | CEN     | 2026-03-20 12:00 | noshow
        cat         | CEN     | 2026-05-20 12:00 | fulfilled
        dan         | HAR     | 2026-04-30 12:00 | fulfilled
                    | CEN     | 2026-03-10 12:00 | fulfilled
    """
    found = answer("cohorts_coming_back", "appointments", rows, World(as_of=datetime(2026, 5, 2)), months=2)
    told = [(row["cohort"].month, row["patients"], row["months_since"], row["came_back"], row["share"]) for row in found]
    # ann to the day after one month; ben, first seen on 31 March, a day late for 30 April
    assert told == [(3, 3, 1, 1, 1 / 3), (3, 3, 2, None, None), (4, 1, 1, None, None), (4, 1, 2, None, None)]


def test_of_two_visits_at_one_instant_that_with_the_greater_key_says_where_a_patient_belongs():
    rows = """
        appointment_id | patient_key | site_id | scheduled_start  | status
        1              | ann         | HAR     | 2026-01-10 12:00 | fulfilled
        2              | ann         | CEN     | 2026-01-10 12:00 | fulfilled
        4              | ben         | CEN     | 2026-01-10 12:00 | fulfilled
        3              | ben         | HAR     | 2026-01-10 12:00 | fulfilled
    """
    (panel,) = answer("panel_changes", "appointments", rows, MARCH, months=6)
    assert (panel["site_id"], panel["active_now"]) == ("CEN", 2)
    assert answer("cohorts_coming_back", "appointments", rows, MARCH, months=1, site="CEN")[0]["patients"] == 2
    assert answer("cohorts_coming_back", "appointments", rows, MARCH, months=1, site="HAR") == []


def pathway(start: datetime, stop: datetime | None = None) -> dict:
    return {"sent_at": start, "clock_start_at": start, "clock_stop_at": stop}


def listed(pathways: list[dict]) -> str:
    lines = [f"{row['sent_at']} | {row['clock_start_at']} | {row['clock_stop_at'] or ''}" for row in pathways]
    return "\n".join(["sent_at | clock_start_at | clock_stop_at", *lines])


def test_golden_vector_8_pressure_on_a_list():
    """30 a week come, 27 are seen, 1,200 wait for 63 weeks on average; in 52 weeks at most, in 26 weeks' time."""
    now = MARCH.as_of
    today, gone = now - timedelta(days=1), now - timedelta(days=900)
    ages = [453] * (360 + 30) + [452] * (1200 - 360 - 30 - 30)  # days; with the 30 who came a day ago 63 weeks on average
    waiting = [pathway(today)] * 30 + [pathway(now - timedelta(days=age)) for age in ages]
    assert sum(ages) + 30 == pytest.approx(1200 * 63 * 7, rel=1e-3)
    rows = listed([*waiting, *[pathway(gone, today)] * 27])
    (found,) = answer("list_pressure", "referrals", rows, MARCH, weeks=1, target_weeks=52)
    assert (found["demand_per_week"], found["capacity_per_week"], found["waiting"], found["target_list"]) == (30, 27, 1200, 390)
    assert found["load"] == pytest.approx(1.1111, abs=5e-5)
    assert found["relief_per_week"] == pytest.approx(61.1538, abs=5e-5)
    assert found["pressure"] == pytest.approx(2.4231, rel=1e-3)
    (four,) = answer("list_pressure", "referrals", listed([pathway(today)] * 4), MARCH, weeks=1, target_weeks=52)
    assert four["steady_per_week"] == pytest.approx(4.0769, abs=5e-5)
    assert four["load"] is None  # nobody was seen


def test_who_is_lost_was_active_then_and_came_nowhere_since():
    rows = """
        patient_key | site_id | scheduled_start  | status
        stays       | CEN     | 2025-06-01 12:00 | fulfilled
        stays       | HAR     | 2026-01-01 12:00 | fulfilled
        lost        | CEN     | 2025-06-01 12:00 | fulfilled
        lost        | CEN     | 2026-01-01 12:00 | noshow
        lost        | CEN     | 2026-06-01 12:00 | booked
        new         | CEN     | 2026-01-01 12:00 | fulfilled
        back        | CEN     | 2024-01-01 12:00 | fulfilled
        back        | CEN     | 2026-01-01 12:00 | fulfilled
        long gone   | CEN     | 2024-01-01 12:00 | fulfilled
    """
    central, harbour = answer("panel_changes", "appointments", rows, MARCH, months=6)
    assert [central[name] for name in ("active_then", "lost", "came_for_the_first_time", "came_again", "active_now")] == [
        1,
        1,
        1,
        1,
        2,
    ]
    assert (central["attrition"], central["growth"]) == (1.0, 0.5)
    assert [harbour[name] for name in ("active_then", "lost", "active_now", "attrition")] == [1, 0, 1, 0.0]
