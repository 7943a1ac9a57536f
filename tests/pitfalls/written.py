"""Rows written as dictionaries."""

import polars as pl

from metrics.events import TABLES


def rows_of(table: str, rows: list[dict]) -> pl.DataFrame:
    """Events of the table; the key is the row's number, the place is CEN, what is not written is null."""
    key = TABLES[table].key[0]
    common = {"site_id": "CEN", "service_id": "general"}
    return pl.DataFrame([common | {key: str(at)} | row for at, row in enumerate(rows)], schema=TABLES[table].schema)
