"""Changes of a case, in any order of arrival, make one row."""

from datetime import datetime
from itertools import permutations

import polars as pl

from metrics.events import TABLES
from metrics.messages import STATE, WITHDRAWN, Change, folded

TEN, ELEVEN, NOON = (datetime(2026, 11, 24, hour) for hour in (10, 11, 12))
ARRIVED = Change("visits", "v1", TEN, "arrived", {"arrived_at": TEN, "site_id": "north", "source": "hl7v2", "patient_key": "p"})
ROOMED = Change("visits", "v1", ELEVEN, "transferred", {"roomed_at": ELEVEN})
LEFT = Change("visits", "v1", NOON, "discharged", {"departed_at": NOON, "disposition": "discharged"})
NOT_LEFT = Change("visits", "v1", NOON, "undone", undoes="discharged")
NEVER = Change("visits", "v1", TEN, "undone", undoes="arrived")


def row(*changes: Change) -> dict[str, object]:
    return folded(changes[0].table, changes).row(0, named=True)


def test_the_row_has_the_columns_of_the_event_table() -> None:
    assert folded("visits", [ARRIVED]).schema == TABLES["visits"].schema
    assert folded("visits", []).schema == TABLES["visits"].schema


def test_every_order_of_arrival_makes_the_same_row() -> None:
    rows = [row(*order) for order in permutations([ARRIVED, ROOMED, LEFT])]
    assert all(one == rows[0] for one in rows)
    assert (rows[0]["arrived_at"], rows[0]["roomed_at"], rows[0]["departed_at"]) == (TEN, ELEVEN, NOON)


def test_an_undo_takes_back_what_it_undoes_and_nothing_else_in_every_order() -> None:
    for order in permutations([ARRIVED, ROOMED, LEFT, NOT_LEFT]):
        one = row(*order)
        assert (one["departed_at"], one["disposition"], one["roomed_at"]) == (None, None, ELEVEN)


def test_what_is_done_again_after_an_undo_stands() -> None:
    later = datetime(2026, 11, 24, 13)
    again = Change("visits", "v1", later, "discharged", {"departed_at": later, "disposition": "admitted"})
    assert row(ARRIVED, LEFT, NOT_LEFT, again)["departed_at"] == later


def test_a_late_word_makes_a_newer_row() -> None:
    newest = [row(*[ARRIVED, LEFT, ROOMED][:count])["recorded_at"] for count in (1, 2, 3)]
    assert newest == sorted(set(newest)), newest  # type: ignore[type-var]


def test_a_visit_that_never_was_is_marked_and_has_none_of_its_stamps() -> None:
    one = row(ARRIVED, ROOMED, NEVER)
    assert (one["entered_in_error"], one["arrived_at"], one["roomed_at"]) == (True, TEN, None)
    again = Change("visits", "v1", NOON, "arrived", {"arrived_at": NOON, "site_id": "north"})
    assert (row(ARRIVED, NEVER, again)["entered_in_error"], row(ARRIVED, NEVER, again)["arrived_at"]) == (None, NOON)


def test_what_the_lake_knew_as_an_error_stays_one_until_it_begins_again() -> None:
    known = Change("visits", "v1", TEN, WITHDRAWN, {"arrived_at": TEN, "site_id": "north"})
    moved = Change("visits", "v1", ELEVEN, "roomed", {"roomed_at": ELEVEN})
    assert row(known, moved)["entered_in_error"] is True
    assert row(known, Change("visits", "v1", NOON, "arrived", {"arrived_at": NOON}))["entered_in_error"] is None


def test_a_case_of_which_nobody_said_when_it_began_has_no_row() -> None:
    assert folded("visits", [LEFT]).is_empty()


def test_the_first_instant_holds_but_the_newest_whole_state_does() -> None:
    repeated = Change("visits", "v1", NOON, "arrived", {"arrived_at": NOON})
    assert row(ARRIVED, repeated)["arrived_at"] == TEN
    assert row(ARRIVED, Change("visits", "v1", NOON, STATE, {"arrived_at": ELEVEN}))["arrived_at"] == ELEVEN


def test_a_value_that_is_taken_away_is_null() -> None:
    booked = {"scheduled_start": NOON, "status": "cancelled", "cancelled_at": TEN, "site_id": "north", "source": "hl7v2"}
    first = Change("appointments", "a1", TEN, "cancelled", booked)
    again = Change("appointments", "a1", ELEVEN, "rescheduled", {"status": "booked", "cancelled_at": None})
    assert (row(first, again)["cancelled_at"], row(first, again)["status"]) == (None, "booked")


def test_each_case_is_by_itself() -> None:
    other = Change("visits", "v2", ELEVEN, "arrived", {"arrived_at": ELEVEN, "site_id": "south", "source": "hl7v2"})
    rows = folded("visits", [ARRIVED, other, NEVER])
    assert rows.select("visit_id", "entered_in_error").rows() == [("v1", True), ("v2", None)]
    assert rows["patient_key"].to_list() == ["p", None]
    assert rows.filter(pl.col("visit_id") == "v2")["recorded_at"].item() == ELEVEN
