"""What a record forgets, and what is read from it all the same: the wrong figure beside ours."""

from datetime import datetime, timedelta
from itertools import permutations

from metrics.messages import Change, folded
from tests.pitfalls.written import rows_of

BOOKED, MOVED, START, NEW_START = (datetime(2026, 3, day, 9) for day in (1, 9, 10, 30))
DAY = timedelta(days=1)


def change(at: datetime, kind: str, **fields: object) -> Change:
    return Change("appointments", "a1", at, kind, {"site_id": "CEN", "source": "hl7v2", "service_id": "general", **fields})


def test_the_status_that_came_last_is_not_the_newest(figure):
    """10. Booked, cancelled, booked again, missed: in four of the orders of arrival out of five the last word is another one."""
    said = [
        change(BOOKED, "booked", status="booked", scheduled_start=START, booked_at=BOOKED),
        change(BOOKED + DAY, "cancelled", status="cancelled", cancelled_at=BOOKED + DAY),
        change(MOVED, "rescheduled", status="booked", cancelled_at=None),
        change(START + DAY, "missed", status="noshow"),
    ]
    orders = list(permutations(said))
    naive = [order[-1].values["status"] for order in orders]
    assert naive.count("noshow") == len(orders) / 4
    ours = {folded("appointments", order).select("status", "booked_at").row(0) for order in orders}
    assert ours == {("noshow", BOOKED)}
    (missed,) = figure("no_show_rate", "share", folded("appointments", orders[7]), datetime(2026, 12, 1))
    assert missed["value"] == 1


def test_a_moved_appointment_was_made_when_it_was_first_made(figure):
    """11. Made on the 1st for the 10th, moved on the 9th to the 30th: made 21 days ahead, says the move; 29, says the patient."""
    first = change(BOOKED, "booked", status="booked", scheduled_start=START, booked_at=BOOKED)
    moved = change(MOVED, "rescheduled", status="booked", scheduled_start=NEW_START)
    done = change(NEW_START + DAY, "done", status="fulfilled")
    assert (NEW_START - MOVED).days == 21
    for order in permutations([first, moved, done]):
        (lead,) = figure("lead_time", "median", folded("appointments", order), datetime(2026, 12, 1))
        assert (lead["value"], lead["n"]) == (29, 1)


def test_a_move_written_as_cancelled_and_new_is_one_appointment(figure):
    """11. And where the source writes a cancellation and a new booking, the broken appointments double: one of two, of none."""
    rows = [
        {"appointment_id": "old", "status": "cancelled", "scheduled_start": START, "booked_at": BOOKED, "cancelled_at": MOVED},
        {"appointment_id": "new", "status": "fulfilled", "scheduled_start": NEW_START, "booked_at": BOOKED, "reschedule_of": "old"},
    ]
    naive = sum(row["status"] == "cancelled" for row in rows) / len(rows)
    (ours,) = figure("no_show_rate", "share", rows_of("appointments", rows), datetime(2026, 12, 1))
    (lead,) = figure("lead_time", "median", rows_of("appointments", rows), datetime(2026, 12, 1))
    assert (naive, ours["value"], ours["n"], lead["value"]) == (0.5, 0, 1, 29)
