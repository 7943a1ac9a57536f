"""The order of a month's file."""

from datetime import datetime

import polars as pl
import pytest

from metrics.events import TABLES, EventTable
from metrics.lake.committing import in_order

TABLE = TABLES["visits"]
ORDER = ["site_id", "service_id", "arrived_at", "visit_id"]


def rows(*given: tuple[str, str | None, int, str]) -> pl.LazyFrame:
    held = [(site, service, datetime(2025, 1, day), id) for site, service, day, id in given]
    return pl.LazyFrame(held, schema={name: TABLE.schema[name] for name in ORDER}, orient="row")


def test_place_then_time_then_key_and_no_service_comes_first() -> None:
    kept = rows(("S10", "ed", 2, "b"), ("S9", "ed", 1, "a"), ("é", None, 1, "c"))
    came = rows(("S10", "ed", 2, "a"), ("S10", "eye", 1, "z"), ("S10", None, 3, "y"), ("S9", "ED", 5, "x"))
    wanted = [(3, "y"), (2, "a"), (2, "b"), (1, "z"), (5, "x"), (1, "a"), (1, "c")]
    found = in_order(TABLE, kept, came)
    assert [(at.day, id) for _, _, at, id in found.rows()] == wanted
    assert found.equals(pl.concat([kept, came]).collect().sort(ORDER))


def test_rows_that_lost_are_left_out_and_those_that_are_held_stay() -> None:
    held = rows(("S1", "ed", 2, "b"), ("S1", None, 1, "a"))
    came = rows(("S1", "ed", 2, "a"), ("S0", "ed", 9, "z"), ("S1", "ed", 1, "c")).with_columns(
        pl.Series("_at", [7, 8, 9], dtype=pl.UInt64)
    )
    found = in_order(TABLE, held, came, pl.Series([8, 7], dtype=pl.UInt64))
    assert found["visit_id"].to_list() == ["a", "c", "b"]
    assert found.columns == ORDER
    assert in_order(TABLE, None, came, pl.Series([7, 8, 9], dtype=pl.UInt64)).is_empty()
    assert in_order(TABLE, held, None, pl.Series([7], dtype=pl.UInt64)).height == 2


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_rows_of_every_table_can_be_put_in_order(table: EventTable) -> None:
    row = pl.DataFrame({name: pl.Series([None, None], dtype=kind) for name, kind in table.schema.items()})
    keyed = row.with_columns(pl.Series(table.key[0], ["b", "a"], dtype=table.schema[table.key[0]]))
    assert in_order(table, None, keyed.lazy())[table.key[0]].to_list() == sorted(keyed[table.key[0]].to_list())
