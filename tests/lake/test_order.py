"""The order of a month's file."""

from datetime import datetime

import polars as pl

from metrics.events import TABLES
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
