"""Small questions to a connection. An answer is always fetched to its end: until then DuckDB lets nothing else run on it."""

from typing import Any

import duckdb


def first_row(connection: duckdb.DuckDBPyConnection, sql: str, params: dict[str, Any] | None = None) -> tuple[Any, ...] | None:
    rows = connection.execute(sql, params or {}).fetchall()
    return rows[0] if rows else None


def number(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    """The one number of a query's one row."""
    row = first_row(connection, sql)
    return int(row[0]) if row else 0


def has_table(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the file being built has a table (not a view) of that name."""
    sql = "select 1 from duckdb_tables() where table_name = $name and database_name = current_database()"
    return first_row(connection, sql, {"name": name}) is not None
