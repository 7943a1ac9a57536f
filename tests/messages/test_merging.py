"""Who is who after merges, and the rows that follow."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from metrics.messages.folding import microseconds
from metrics.messages.merging import Patients, patients_of, rekeyed, with_merged

NOON = datetime(2026, 11, 24, 12)
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("merges", "final", "words"),
    [
        ("", "", ""),
        ("a>b", "a:b", "a1 b1"),
        ("a>b b>c", "a:c b:c", "a2 b2 c2"),
        ("b>c a>b", "a:b b:b", "a2 b2 c2"),  # b went, and stays after all: the later word holds
        ("a>b b>a", "b:a", "a2 b2"),
        ("a>b a>c", "a:c", "a2 b2 c2"),
        ("a>b c>d", "a:b c:d", "a1 b1 c1 d1"),
        ("a>b c>d b>d", "a:d b:d c:d", "a3 b3 c3 d3"),
        ("a>b a>b", "a:b", "a2 b2"),
        ("a>a", "", "a1"),
    ],
)
def test_who_is_who(merges: str, final: str, words: str) -> None:
    found = patients_of([(old, new) for old, new in (one.split(">") for one in merges.split())])
    told = dict(one.split(":") for one in final.split())
    assert dict(found.final) == {old: new for old, new in told.items() if old != new}
    assert dict(found.words) == {one[0]: int(one[1]) for one in words.split()}


def rows(*keys: str | None) -> pl.DataFrame:
    schema = {"visit_id": pl.String, "patient_key": pl.String, "recorded_at": pl.Datetime("us")}
    return pl.DataFrame([(str(n), key, NOON) for n, key in enumerate(keys)], schema=schema, orient="row")


def test_a_row_told_after_a_merge_is_newer_than_the_same_told_before() -> None:
    made = with_merged(rows("a", "b", "z", None), patients_of([("a", "b")]))
    assert made["patient_key"].to_list() == ["b", "b", "z", None]
    assert made["recorded_at"].to_list() == [NOON + MICROSECOND, NOON + MICROSECOND, NOON, NOON]
    assert with_merged(rows("a"), Patients()).equals(rows("a"))


def test_rows_of_the_key_that_went_are_moved_and_no_others() -> None:
    late = microseconds(NOON + timedelta(hours=1))
    told = [("a", "b", microseconds(NOON - timedelta(hours=1))), ("c", "b", late)]
    moved = rekeyed(rows("a", "b", "c", None), told, patients_of([("a", "b"), ("c", "b")]))
    assert moved.rows() == [("0", "b", NOON + MICROSECOND), ("2", "b", NOON + timedelta(hours=1))]


def test_a_key_that_went_and_came_back_moves_nothing() -> None:
    told = [("a", "b", 0), ("b", "a", 1)]
    assert rekeyed(rows("a"), told, patients_of([("a", "b"), ("b", "a")])).is_empty()
