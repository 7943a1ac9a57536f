"""What the metrics of the queries that ship count: drawn rows, and the counts by local day and place."""

from datetime import date, datetime

import polars as pl
import pytest

from metrics.jobs.query_figures import row_problems
from metrics.workbench.query_metrics import BUILT_IN, metrics_of_queries
from tests.specs.drawn import World, drawn, generation_of

SHIPPED, BROKEN = metrics_of_queries(BUILT_IN)


def rows_of(metric: str, world: World | None = None, **tables: str) -> pl.DataFrame:
    """What the query gives over a generation with these events."""
    world = world or World()
    with generation_of({name: drawn(name, text) for name, text in tables.items()}, world) as connection:
        found = connection.sql(SHIPPED[metric].sql).pl()
    assert not row_problems(found, SHIPPED[metric].kind, world.as_of.date())
    return found


def counts(metric: str, world: World | None = None, **tables: str) -> list[tuple]:
    """day (month-day), site, numerator, denominator."""
    rows = rows_of(metric, world, **tables).sort("day", "site_id")
    return [(f"{row['day']:%m-%d}", row["site_id"], row["numerator"], row["denominator"]) for row in rows.to_dicts()]


def test_every_query_that_ships_as_a_metric_is_whole():
    assert not BROKEN
    assert {metric.built_in for metric in SHIPPED.values()} == {True}


# ---- third next available: golden vector 15 is Ann's; Ben's has ties, Cat's is full, Dan's list ends too soon
SLOTS = """
    slot_id | provider_id | snapshot_at      | start_at         | status
    a1      | ann         | 2026-03-02 09:00 | 2026-03-02 08:00 | free
    a2      | ann         | 2026-03-02 09:00 | 2026-03-03 09:00 | free
    a3      | ann         | 2026-03-02 09:00 | 2026-03-05 09:00 | free
    a4      | ann         | 2026-03-02 09:00 | 2026-03-06 09:00 | held
    a5      | ann         | 2026-03-02 09:00 | 2026-03-09 09:00 | free
    b1      | ben         | 2026-03-02 09:00 | 2026-03-02 10:00 | free
    b2      | ben         | 2026-03-02 09:00 | 2026-03-02 23:00 | free
    b3      | ben         | 2026-03-02 09:00 | 2026-03-02 23:00 | free
    c1      | cat         | 2026-03-02 09:00 | 2026-03-03 09:00 | free
    c2      | cat         | 2026-03-02 09:00 | 2026-03-12 09:00 | busy
    d1      | dan         | 2026-03-02 09:00 | 2026-03-03 09:00 | free
    d2      | dan         | 2026-03-02 09:00 | 2026-03-11 09:00 | busy
    e1      | eve         | 2026-03-02 09:00 | 2026-03-13 09:00 | free
    e2      | eve         | 2026-03-02 09:00 | 2026-03-13 10:00 | free
    e3      | eve         | 2026-03-02 09:00 | 2026-03-13 11:00 | free
"""


def test_golden_vector_15_the_third_open_slot_skips_those_held_and_gone():
    found = rows_of("third_next_available_days", slots=SLOTS)
    who = found.select(pl.col("case_id").str.split("\x1f").list.get(3).alias("who"), pl.col("seconds") // 86_400).sort("who")
    assert who.rows() == [("ann", 7), ("ben", 0), ("eve", 11)]
    assert set(found["day"]) == {date(2026, 3, 2)}


def test_a_full_schedule_is_not_in_time_and_a_short_listing_says_nothing():
    assert counts("third_next_available_in_time", slots=SLOTS) == [("03-02", "CEN", 2, 4)]  # not Cat's and Eve's; not Dan's at all


def test_each_local_day_counts_its_last_look_and_kinds_of_visit_are_apart():
    looks = """
        slot_id | site_id | visit_type | snapshot_at      | start_at         | status
        1       | HAR     | new        | 2026-03-03 03:00 | 2026-03-05 15:00 | free
        2       | HAR     | new        | 2026-03-03 03:00 | 2026-03-05 16:00 | free
        3       | HAR     | new        | 2026-03-03 03:00 | 2026-03-06 03:00 | free
        3       | HAR     | new        | 2026-03-02 14:00 | 2026-03-02 15:00 | free
        4       | HAR     | new        | 2026-03-02 14:00 | 2026-03-02 16:00 | free
        5       | HAR     | new        | 2026-03-02 14:00 | 2026-03-02 17:00 | free
        6       | HAR     | return     | 2026-03-03 03:00 | 2026-03-05 15:00 | free
        7       | HAR     | return     | 2026-03-03 03:00 | 2026-03-05 16:00 | free
    """  # in New York both looks are on 2 March, and the third slot is on the evening of the 5th
    found = rows_of("third_next_available_days", slots=looks)
    assert found.select("day", pl.col("seconds") // 86_400).rows() == [(date(2026, 3, 2), 3)]


# ---- refilled slots
def test_a_time_given_back_is_refilled_by_a_later_booking_that_stands():
    assert counts("refilled_slots", appointments="""
        provider_id | scheduled_start  | booked_at        | status    | cancelled_by | cancelled_at
        taken       | 2026-03-10 09:00 | 2026-03-01 09:00 | cancelled | patient      | 2026-03-05 09:00
        taken       | 2026-03-10 09:00 | 2026-03-05 09:00 | noshow    |              |
        double      | 2026-03-10 09:00 | 2026-03-01 09:00 | cancelled |              | 2026-03-05 09:00
        double      | 2026-03-10 09:00 | 2026-03-04 09:00 | fulfilled |              |
        again       | 2026-03-10 09:00 | 2026-03-01 09:00 | cancelled | patient      | 2026-03-05 09:00
        again       | 2026-03-10 09:00 | 2026-03-06 09:00 | cancelled | patient      | 2026-03-07 09:00
        closed      | 2026-03-10 09:00 | 2026-03-01 09:00 | cancelled | provider     | 2026-03-05 09:00
        late        | 2026-03-10 09:00 | 2026-03-01 09:00 | cancelled | patient      | 2026-03-10 09:00
                    | 2026-03-10 09:00 | 2026-03-01 09:00 | cancelled | patient      | 2026-03-05 09:00
        kept        | 2026-03-10 09:00 | 2026-03-01 09:00 | fulfilled |              |
        ahead       | 2026-12-10 09:00 | 2026-03-01 09:00 | cancelled | patient      | 2026-03-05 09:00
    """) == [("03-10", "CEN", 1, 3)]  # fmt: skip


# ---- follow-up after discharge
VISITS = """
    patient_key | arrived_at       | departed_at      | disposition
    day7        | 2026-03-02 09:00 | 2026-03-02 12:00 | discharged
    day8        | 2026-03-02 09:00 | 2026-03-02 12:00 | discharged
    same        | 2026-03-02 09:00 | 2026-03-02 12:00 | discharged
    missed      | 2026-03-02 09:00 | 2026-03-02 12:00 | discharged
    back        | 2026-03-02 09:00 | 2026-03-02 12:00 | discharged
    back        | 2026-03-09 09:00 | 2026-03-09 12:00 | discharged
    inpatient   | 2026-03-02 09:00 | 2026-03-02 12:00 | admitted
                | 2026-03-02 09:00 | 2026-03-02 12:00 | discharged
    young       | 2026-11-24 09:00 | 2026-11-24 12:00 | discharged
    old         | 2026-11-23 09:00 | 2026-11-23 12:00 | discharged
"""
APPOINTMENTS = """
    patient_key | site_id | scheduled_start  | status
    day7        | HAR     | 2026-03-10 03:00 | fulfilled
    day8        | CEN     | 2026-03-10 09:00 | fulfilled
    same        | CEN     | 2026-03-02 15:00 | fulfilled
    missed      | CEN     | 2026-03-04 15:00 | noshow
    back        | CEN     | 2026-03-10 15:00 | fulfilled
    old         | CEN     | 2026-11-24 15:00 | fulfilled
"""


def test_a_follow_up_is_kept_on_a_later_day_and_who_is_back_begins_anew():
    found = counts("follow_up_7_days", visits=VISITS, appointments=APPOINTMENTS)
    assert found == [("03-02", "CEN", 1, 4), ("03-09", "CEN", 1, 1), ("11-23", "CEN", 1, 1)]


def test_within_30_days_more_are_followed_and_more_come_back():
    found = counts("follow_up_30_days", visits=VISITS, appointments=APPOINTMENTS)
    assert found == [("03-02", "CEN", 2, 4), ("03-09", "CEN", 1, 1)]


# ---- after hours
def test_after_hours_is_from_the_moment_of_closing():
    assert counts("after_hours_share", contacts="""
        site_id | opened_at
        CEN     | 2026-03-02 08:59:59
        CEN     | 2026-03-02 09:00
        CEN     | 2026-03-02 16:59:59
        CEN     | 2026-03-02 17:00
        CEN     | 2026-03-07 12:00
        HAR     | 2026-03-02 14:00
        HAR     | 2026-03-03 03:00
        off     | 2026-03-02 14:00
    """) == [("03-02", "CEN", 2, 4), ("03-02", "HAR", 1, 2), ("03-07", "CEN", 1, 1)]  # fmt: skip


@pytest.mark.parametrize("metric", SHIPPED)
def test_of_nobody_it_says_nothing(metric):
    empty = {name: drawn(name, "site_id") for name in ("slots", "appointments", "visits", "contacts")}
    with generation_of(empty, World(as_of=datetime(2026, 3, 2))) as connection:
        assert connection.sql(SHIPPED[metric].sql).pl().is_empty()
