"""Newest wins, drawn as tables: rows of the lake and arriving rows, by key, recorded_at and content."""

from datetime import datetime

import polars as pl
import pytest

from metrics.events import TABLES
from metrics.lake.merging import Outcome, merge

VISITS = TABLES["visits"]


def frame(rows: list[tuple[str, int, str | None]], numbered: bool) -> pl.DataFrame:
    """Rows of (key, the hour it was recorded, a content); `_at` is the place in the list."""
    full = pl.DataFrame(
        [{"visit_id": key, "recorded_at": datetime(2024, 1, 1, hour), "disposition": content} for key, hour, content in rows],
        schema={**VISITS.schema, "month": pl.String, "day": pl.Date},
    )
    return full.with_row_index("_at").with_columns(pl.col("_at").cast(pl.UInt64)) if numbered else full


@pytest.mark.parametrize(
    ("existing", "arriving", "kept", "replaced", "outcome"),
    [
        # the lake         arrives                          wins    old row   new changed unchanged superseded
        ([], [("a", 1, "x")], [0], [], Outcome(1, 0, 0, 0)),
        ([("a", 1, "x")], [("a", 2, "y")], [0], ["x"], Outcome(0, 1, 0, 0)),
        ([("a", 2, "x")], [("a", 1, "y")], [], [], Outcome(0, 0, 0, 1)),
        ([("a", 1, "x")], [("a", 1, "x")], [], [], Outcome(0, 0, 1, 0)),
        ([("a", 1, None)], [("a", 1, None)], [], [], Outcome(0, 0, 1, 0)),
        ([("a", 1, "x")], [("a", 2, "x")], [0], ["x"], Outcome(0, 1, 0, 0)),
        ([("a", 1, "x")], [("a", 1, "y")], [0], ["x"], Outcome(0, 1, 0, 0)),  # a tie: the greater content
        ([("a", 1, "y")], [("a", 1, "x")], [], [], Outcome(0, 0, 0, 1)),
        ([("a", 1, None)], [("a", 1, "x")], [0], [None], Outcome(0, 1, 0, 0)),
        ([], [("a", 1, "x"), ("a", 3, "z"), ("a", 2, "y")], [1], [], Outcome(1, 0, 0, 2)),
        ([], [("a", 1, "x"), ("a", 1, "x")], [0], [], Outcome(1, 0, 1, 0)),
        ([("b", 5, "x")], [("a", 1, "x"), ("b", 1, "y"), ("c", 1, "z")], [0, 2], [], Outcome(2, 0, 0, 1)),
    ],
)
def test_newest_wins(existing, arriving, kept, replaced, outcome):
    found = merge(VISITS, frame(arriving, True), frame(existing, False))
    assert sorted({*range(len(arriving))} - {*found.dropped["_at"]}) == kept
    assert found.replaced["disposition"].to_list() == replaced
    assert found.outcome == outcome
    assert found.outcome.accepted == len(kept)


def test_a_key_of_two_columns_is_one_key():
    slots = TABLES["slots"]
    row = {"slot_id": "s", "site_id": "A", "recorded_at": datetime(2024, 1, 1)}
    arriving = pl.DataFrame(
        [{**row, "snapshot_at": datetime(2024, 1, day)} for day in (1, 2, 2)],
        schema={**slots.schema, "month": pl.String, "day": pl.Date},
    ).with_columns(pl.int_range(3, dtype=pl.UInt64).alias("_at"))
    found = merge(slots, arriving, arriving.clear().drop("_at"))
    assert found.outcome == Outcome(2, 0, 1, 0)
