"""Counts brought up to date by what changed rows took away and added are those of counting every row again."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from metrics.quality.changed_counts import counts_after
from metrics.quality.counts import COUNTS
from tests.quality.made import MONDAY, counts

Row = dict[str, Any]
MIDNIGHT = MONDAY.replace(hour=23)  # in London's summer: 00:00 of the next day
SEEDS = range(12)


def row(random: Random, number: int) -> Row:
    """An appointment of one of a few patients, places and instants: twins, midnights and missing stamps are frequent."""
    start = random.choice([MONDAY, MIDNIGHT, MONDAY + timedelta(days=21)])
    seen = random.choice([None, start, start + timedelta(hours=1), MIDNIGHT])
    return {
        "appointment_id": f"a{number:02}", "patient_key": random.choice(["p1", "p2", "p3", "p4", None]), "scheduled_start": start,
        "status": random.choice(["fulfilled", "fulfilled", "cancelled"]), "site_id": random.choice(["CEN", "NYC"]),
        "arrived_at": seen, "seen_at": random.choice([seen, None]), "ended_at": seen,
    }  # fmt: skip


def touched(rows: list[Row], changed: set[str], patients: set[str]) -> list[Row]:
    return [one for one in rows if one["appointment_id"] in changed or one["patient_key"] in patients]


@pytest.mark.parametrize("seed", SEEDS)
def test_gains_less_losses_are_what_counting_again_gives(seed: int) -> None:
    random = Random(seed)
    before = [row(random, number) for number in range(30)]
    said = [row(random, random.randrange(36)) for _ in range(seed % 6)]  # of cases there are, and new ones; of some seeds none
    now = [*{one["appointment_id"]: one for one in [*before, *said]}.values()]
    now = [one for one in now if one["appointment_id"] != f"a{seed:02}"] if seed % 2 else now  # one was entered in error
    changed = {one["appointment_id"] for one in said} | ({f"a{seed:02}"} if seed % 2 else set())
    patients = {one["patient_key"] for one in [*before, *said] if one["appointment_id"] in changed} - {None}
    lost, gained = (counts("appointments", touched(rows, changed, patients)) if changed else counts("appointments", before).clear()
                    for rows in (before, now))  # fmt: skip
    told, again = counts_after(counts("appointments", before), lost, gained)
    whole = counts("appointments", now)
    order = [name for name in COUNTS if name not in ("n", "total", "example")]
    sure = [month for month in whole["month"].unique() if month not in again]
    assert sorted_by(told, order, sure).equals(sorted_by(whole, order, sure))
    exact = [name for name in COUNTS if name != "example"]  # of a month that has to be counted again only the examples are unsure
    every = whole["month"].unique().to_list()
    assert sorted_by(told, order, every).select(exact).equals(sorted_by(whole, order, every).select(exact))


def sorted_by(frame: Any, order: list[str], months: list[str]) -> Any:
    return frame.filter(frame["month"].is_in(months)).sort(order)


def test_an_example_that_is_one_no_longer_is_looked_for_again() -> None:
    """The least key of three without a stamp gets its stamp: which is the least now, only the other rows can say."""
    missing = [{"appointment_id": f"a{n}", "scheduled_start": MONDAY, "status": "fulfilled", "seen_at": None} for n in range(3)]
    stamped = [{**missing[0], "seen_at": MONDAY}]
    before = counts("appointments", missing)
    told, again = counts_after(before, counts("appointments", missing[:1]), counts("appointments", stamped))
    assert again == ["2026-06"]
    (found,) = told.filter(counted="missing", about="seen_at").to_dicts()
    assert (found["n"], found["total"]) == (2, 3)
    _, known = counts_after(
        before, counts("appointments", missing[1:2]), counts("appointments", [{**missing[1], "seen_at": MONDAY}])
    )
    assert known == []


def test_what_comes_to_nothing_goes() -> None:
    rows = [{"appointment_id": "a1", "scheduled_start": MONDAY, "status": "fulfilled", "seen_at": None}]
    of_row = counts("appointments", rows)
    told, again = counts_after(of_row, of_row, of_row.clear())
    assert told.is_empty() and again == []
