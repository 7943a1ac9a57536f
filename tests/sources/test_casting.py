"""What text becomes in a column of each type, and what is kept as wrong: no rounding, no guessing."""

from datetime import date, datetime

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from metrics.events import Column, EventTable
from metrics.sources.casting import SPACES, plain_texts, typed_select, with_texts

THINGS = EventTable(
    "things", "one thing", "", ("text",), None,
    tuple(Column(kind, kind, "") for kind in ("text", "instant", "date", "integer", "number", "flag")),
)  # fmt: skip
TEN = datetime(2024, 1, 1, 10)


def cast(kind: str, literal: str) -> dict:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    sql = f"select {literal} as {kind}"
    columns = {row[0]: row[1] for row in connection.execute(f"describe {sql}").fetchall()}
    return with_texts(connection.sql(typed_select(sql, columns, THINGS)).pl(), THINGS).row(0, named=True)


@pytest.mark.parametrize(
    ("kind", "text", "value", "zoned"),
    [
        ("instant", "2024-01-01 10:00:00", TEN, False),
        ("instant", "2024-01-01T10:00:00", TEN, False),
        ("instant", "2024-01-01 10:00", TEN, False),
        ("instant", " 2024-01-01 10:00:00.5 ", datetime(2024, 1, 1, 10, 0, 0, 500_000), False),
        ("instant", "2024-01-01", datetime(2024, 1, 1), False),
        ("instant", "2024-01-01T10:00:00Z", TEN, True),
        ("instant", "2024-01-01T10:00Z", TEN, True),
        ("instant", "2024-01-01 11:00:00+01:00", TEN, True),
        ("instant", "2024-01-01 11:00+01", TEN, True),
        ("instant", "2024-01-01T05:00:00.000-05:00", TEN, True),
        ("instant", "2024-01-01 05:00:00 America/New_York", TEN, True),
        ("date", "2024-02-29", date(2024, 2, 29), None),
        ("integer", " 12 ", 12, None),
        ("integer", "3.0", 3, None),
        ("integer", "-7", -7, None),
        ("number", "1.5e3", 1500.0, None),
        ("number", ".5", 0.5, None),
        ("flag", "true", True, None),
        ("flag", "N", False, None),
        ("flag", "1", True, None),
        ("text", " x y ", "x y", None),
        ("text", "   ", None, None),
        ("integer", "", None, None),
        ("instant", " ", None, False),
    ],
)
def test_text_that_is_of_the_type(kind, text, value, zoned):
    row = cast(kind, f"'{text}'")
    assert row[kind] == value
    assert row.get(f"_bad_{kind}") is None
    assert row.get(f"_zoned_{kind}") is zoned


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("instant", "5368709120"), ("instant", "01/02/2024 10:00"), ("instant", "2024-02-30 10:00"), ("instant", "infinity"),
        ("instant", "2024-01-01 10:00 AM PM"), ("instant", "9" * 4000), ("date", "2023-02-29"), ("date", "-infinity"),
        ("integer", "1.5"), ("integer", "1_000"), ("integer", "0x10"), ("integer", "1e3"), ("integer", "9" * 30),
        ("number", "nan"), ("number", "inf"), ("number", "1e999"), ("number", "1,5"), ("number", "1_0"), ("flag", "maybe"),
    ],
)  # fmt: skip
def test_text_that_is_not_of_the_type_is_kept_beside_the_column(kind, text):
    row = cast(kind, f"'{text}'")
    assert row[kind] is None
    assert row[f"_bad_{kind}"] == text


def test_a_null_byte_is_no_text():
    row = cast("text", "'a' || chr(0) || 'b'")
    assert (row["text"], row["_bad_text"]) == (None, "a\x00b")


def test_a_text_beside_one_with_a_null_byte_stays():
    told = with_texts(pl.DataFrame({"text": [" a ", " b\x00 ", "\u3000", None]}), THINGS)
    assert told["text"].to_list() == ["a", None, None, None]
    assert told["_bad_text"].to_list() == [None, "b\x00", None, None]


def test_the_same_spaces_are_taken_off_as_duckdb_takes_off():
    every = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000]
    connection = duckdb.connect()
    taken = connection.execute(
        "select list(c order by c) from unnest($every) as t(c) where trim(c) = ''", {"every": every}
    ).fetchall()
    assert taken == [(sorted(SPACES),)]


@pytest.mark.parametrize(
    ("kind", "literal", "value"),
    [
        ("instant", "timestamp '2024-01-01 10:00:00'", TEN),
        ("instant", "date '2024-01-01'", datetime(2024, 1, 1)),
        ("instant", "'infinity'::timestamp", None),
        ("integer", "7::utinyint", 7),
        ("number", "7", 7.0),
        ("number", "1.25::decimal(10, 2)", 1.25),
        ("text", "12", "12"),
        ("flag", "true", True),
        ("text", "null", None),
        ("integer", "2.0::double", 2),
    ],
)
def test_columns_that_have_a_type_already(kind, literal, value):
    assert cast(kind, literal)[kind] == value


def test_an_instant_with_a_zone_is_told_from_a_local_one():
    zoned = cast("instant", "timestamptz '2024-01-01 11:00:00+01:00'")
    assert (zoned["instant"], zoned["_zoned_instant"]) == (TEN, True)
    assert "_zoned_instant" not in cast("instant", "timestamp '2024-01-01 10:00:00'")


def test_a_number_is_not_rounded_into_a_whole_one():
    assert cast("integer", "1.5::double") == {"integer": None, "_bad_integer": "1.5"}


@pytest.mark.parametrize("odd", ["a b", "a\x00", "é", "\u3000", " ", "\x7f"])
def test_plain_texts_hold_nothing_that_could_be_trimmed(odd: str) -> None:
    texts = {"plain": ["!~", None, "", "z"], "odd": ["a", odd, None, "b"], "none": [None] * 4, "empty": [""] * 4}
    batch = pa.record_batch({**{name: pa.array(held, pa.string()) for name, held in texts.items()}, "number": pa.array([1] * 4)})
    assert plain_texts(batch) == {"plain", "none", "empty"}
    # a part of a batch is judged by its own rows
    assert plain_texts(batch.slice(2)) == {"plain", "odd", "none", "empty"}
    assert plain_texts(batch.slice(0, 0)) == {"plain", "odd", "none", "empty"}


def test_texts_known_to_be_plain_come_out_the_same() -> None:
    frame = pl.DataFrame({"text": ["a", "", None, "b"]})
    assert with_texts(frame, THINGS, {"text"}).equals(with_texts(frame, THINGS))
    assert with_texts(frame, THINGS, {"text"})["text"].to_list() == ["a", None, None, "b"]
