"""Who stands behind a tile, and why: as many as the tile counts, the nearest to the limit first."""

from datetime import timedelta

import polars as pl
import pytest

from metrics.board.listing import LISTED, PAST, listed
from metrics.board.owed import OWED
from tests.board.test_present import NOON, visits
from tests.board.test_tiles import DAY, booked, calls

PEOPLE = """
    ann  11:40 -     -     -     -     -
    bob  10:50 -     -     -     -     -
    cy   11:20 11:30 -     -     -     -
    dee  10:00 10:10 10:20 10:30 -     -
    eve  07:00 07:10 07:20 07:30 11:00 -
"""
ROWS = {
    "visits": visits(PEOPLE),
    "contacts": calls("20 - -\n40 - -\n50 10 -"),
    "appointments": booked("16 - booked\n90 - booked\n15 - booked\n60 - noshow"),
}


def behind(key: str) -> pl.DataFrame:
    return listed(key, ROWS, {"messages": pl.DataFrame(schema=OWED)}, DAY, NOON)


@pytest.mark.parametrize(
    ("key", "ids", "left", "reason"),
    [
        ("Waiting for triage", ["bob", "ann"], -10, "waiting for triage; 60 minutes to a clinician"),
        ("Waiting for a bed", ["eve"], -60, "waiting for a bed; 4 hours to departure"),
        ("breaching", ["cy"], 20, "waiting for a room; 60 minutes to a clinician"),
        (PAST, ["eve", "bob"], -60, "waiting for a bed; 4 hours to departure"),
        ("phone", ["1", "0"], -10 / 60, "waits on the telephone; 30 seconds to an answer"),
        ("appointments", ["1", "0"], -75, "not here 15 minutes after its start"),
    ],
)
def test_the_cases_behind_a_tile(key: str, ids: list[str], left: float, reason: str) -> None:
    found = behind(key)
    assert found.schema == pl.Schema(LISTED)
    assert found["id"].to_list() == ids
    assert (found["left"][0], found["reason"][0]) == (timedelta(minutes=left), reason)


def test_a_case_that_is_owed_says_of_which_limit_and_how_it_stands() -> None:
    row = {"metric": "m", "id": "c1", "patient_key": None, "site_id": "a", "since": NOON - timedelta(hours=30), "waited": 9,
           "left": -1, "over": True, "soon": False, "reason": "24 opening hours (Portal response time)"}  # fmt: skip
    found = listed("messages", ROWS, {"messages": pl.DataFrame([row], schema=OWED)}, DAY, NOON).row(0, named=True)
    assert (found["waited"], found["left"]) == (timedelta(hours=30), None)
    assert found["reason"] == "past 24 opening hours (Portal response time)"


def test_a_case_under_two_limits_stands_once_by_its_worst_and_tells_both() -> None:
    case = {"metric": "m", "id": "c1", "patient_key": None, "site_id": "a", "since": NOON - timedelta(hours=30), "waited": 9,
            "left": -1, "over": True, "soon": False, "reason": "3 days (Acknowledgement)"}  # fmt: skip
    also = {**case, "metric": "n", "left": 11, "over": False, "reason": "20 days (Resolution)"}
    found = listed("cases", ROWS, {"cases": pl.DataFrame([case, {**case, "id": "c2"}, also], schema=OWED)}, DAY, NOON)
    assert found["id"].to_list() == ["c1", "c2"]
    assert found["reason"][0] == "past 3 days (Acknowledgement); within 20 days (Resolution)"


def test_nobody_is_an_empty_list_and_a_tile_without_one_an_error() -> None:
    assert behind("messages").is_empty() and behind("Waiting for a clinician").is_empty()
    with pytest.raises(KeyError):
        behind("expected")
