"""What a generation holds: every table's columns, once; and how a full generation and an overlay lay them out.

A full generation holds each table whole. An overlay holds, of the tables in `REPLACED_BY`, only the rows that are new
(`parts.<table>__own`) and the keys of the base's rows that they take the place of (`parts.<table>__replaced`), and a
view that joins the two; of the small tables, all rows. Readers see the same names in both.

`observations` is a view in both: the stored rows carry `matures_at`, and `mature` and `as_of` are read off the one
row of `generation`, so that a figure that did not move need not be rewritten when the clock does.
"""

from collections.abc import Iterable, Iterator, Mapping

import duckdb
import polars as pl
import pyarrow as pa

from metrics.events import TABLES
from metrics.signals.schema import KEYS, SIGNAL_POINTS, SIGNALS
from metrics.warehouse.asking import first_row, has_table
from metrics.warehouse.column_types import sql_type

MEASURES = {"numerator": "bigint", "denominator": "bigint", "completed": "bigint", "still_open": "bigint"}
PLACE = {"site_id": "varchar", "service_id": "varchar"}

# The big tables, of which an overlay holds only what changed.
FIGURES: Mapping[str, Mapping[str, str]] = {
    "observations": {
        "metric": "varchar", "statistic": "varchar", "grain": "varchar", "period_start": "date", "period_end": "date", **PLACE,
        "stratum": "varchar", "numerator": "double", "denominator": "double", "value": "double", "n": "bigint",
        "lower": "double", "upper": "double", "still_open": "bigint", "matures_at": "timestamp", "definition_version": "varchar",
    },
    "wait_bins": {"metric": "varchar", **PLACE, "day": "date", "bin": "integer", "n": "bigint"},
    "day_counts": {"metric": "varchar", **PLACE, "day": "date", **MEASURES},
    "census_moves": {"metric": "varchar", **PLACE, "day": "date", "present": "bigint", "young": "bigint"},
    "stratum_counts": {"metric": "varchar", **PLACE, "month": "date", "stratum": "varchar", **MEASURES},
    "month_waits": {"metric": "varchar", **PLACE, "month": "date", "wait": "bigint", "n": "bigint"},
    "month_censored": {"metric": "varchar", **PLACE, "month": "date", "wait": "bigint", "n": "bigint"},
    "quality_counts": {"counted": "varchar", "table_name": "varchar", "source": "varchar", "site_id": "varchar", "month": "varchar",
                       "about": "varchar", "bucket": "bigint", "n": "bigint", "total": "bigint", "example": "varchar"},
    "signals": {name: sql_type(dtype) for name, dtype in SIGNALS.items()},
    "signal_points": {name: sql_type(dtype) for name, dtype in SIGNAL_POINTS.items()},
}  # fmt: skip
REPLACED_BY: Mapping[str, tuple[str, ...]] = {
    "observations": ("metric", "grain", "period_start"),
    "wait_bins": ("metric", "day"),
    "day_counts": ("metric", "day"),
    "census_moves": ("metric", "day"),
    "stratum_counts": ("metric", "month"),
    "month_waits": ("metric", "month"),
    "month_censored": ("metric", "month"),
    "quality_counts": ("table_name", "month"),
    "signals": KEYS,
    "signal_points": (*KEYS, "period_start"),
}
# The small tables, whole in every generation; an overlay takes those of OPTIONAL_IN_OVERLAY from its base where none changed.
SMALL: Mapping[str, Mapping[str, str]] = {
    "patients": {name: sql_type(dtype) for name, dtype in TABLES["patients"].schema.items()},
    "sites": {"site_id": "varchar", "name": "varchar", "time_zone": "varchar", "region": "varchar", "country": "varchar",
              "calendar": "varchar"},
    "opening_hours": {"site_id": "varchar", "opens_at": "timestamp", "closes_at": "timestamp", "seconds_before": "bigint"},
    "working_days": {"site_id": "varchar", "day": "date", "starts_at": "timestamp", "ends_at": "timestamp", "working": "boolean",
                     "days_before": "bigint"},
    "targets": {"metric": "varchar", "statistic": "varchar", "kind": "varchar", "role": "varchar", "region": "varchar", **PLACE,
                "closeness": "integer", "value": "double", "valid_from": "date", "valid_to": "date", "source": "varchar",
                "verified": "boolean", "pack": "varchar"},
    "definitions": {"metric": "varchar", "title": "varchar", "question": "varchar", "family": "varchar", "kind": "varchar",
                    "unit": "varchar", "better": "varchar", "headline": "boolean", "definition_version": "varchar",
                    "toml": "varchar", "card": "varchar", "position": "integer"},
    "query_metrics": {"metric": "varchar", "file": "varchar", "rows": "bigint", "problem": "varchar"},
    "feed_months": {"table_name": "varchar", "source": "varchar", "site_id": "varchar", "month": "varchar", "rows": "bigint",
                    "first_at": "timestamp", "last_at": "timestamp", "recorded_at": "timestamp", "heard": "date[]"},
    "freshness": {"table_name": "varchar", "source": "varchar", "site_id": "varchar", "rows": "bigint", "first_at": "timestamp",
                  "last_at": "timestamp", "recorded_at": "timestamp", "allowed_hours": "double", "rejected": "bigint"},
    "generation": {"name": "varchar", "built_as": "varchar", "base": "varchar", "as_of": "timestamp", "built_at": "timestamp",
                   "sequence": "bigint"},
}  # fmt: skip
OPTIONAL_IN_OVERLAY = ("patients", "opening_hours", "working_days")
LAYOUT = 4  # of the parts of an overlay: one may only follow another of the same
PARTS = "parts"  # the schema of what views are made of, so that a list of the tables shows what is meant to be read

OBSERVATIONS_VIEW = """
    select
        metric, statistic, grain, period_start, period_end, site_id, service_id, stratum, numerator, denominator, value, n,
        lower, upper, still_open, coalesce(matures_at <= as_of, false) as mature, definition_version, as_of
    from {stored}, (select as_of from generation)
"""


def create_full(connection: duckdb.DuckDBPyConnection, facts: Mapping[str, Mapping[str, pl.DataType]]) -> None:
    """Lay out an empty full generation. `facts`: event table -> the columns of `facts_<table>` with their Polars types."""
    connection.execute(f"create schema {PARTS}")
    for name, columns in whole_tables(facts).items():
        _create(connection, stored_name(name), columns)
    connection.execute(f"create view observations as {OBSERVATIONS_VIEW.format(stored=stored_name('observations'))}")


def whole_tables(facts: Mapping[str, Mapping[str, pl.DataType]]) -> dict[str, Mapping[str, str]]:
    """Every table of a generation with its columns' SQL types."""
    made = {f"facts_{name}": {column: sql_type(dtype) for column, dtype in schema.items()} for name, schema in facts.items()}
    return {**made, **FIGURES, **SMALL}


def stored_name(name: str) -> str:
    """The table that holds the rows of `name` in a full generation: itself, but for observations."""
    return own("observations") if name == "observations" else name


def own(name: str) -> str:
    """The table of a file's own rows of `name`, where `name` itself is a view."""
    return f"{PARTS}.{name}__own"


def replaced(name: str) -> str:
    """The table of an overlay's keys of `name` whose rows in the base no longer count."""
    return f"{PARTS}.{name}__replaced"


def store(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Add the frame's rows to the generation being built. Columns go by name; those it lacks are null; no columns, no rows.

    In an overlay, a table of OPTIONAL_IN_OVERLAY is made when its rows are first stored.
    """
    if not frame.width:
        return
    if name in OPTIONAL_IN_OVERLAY and not has_table(connection, name):
        _create(connection, name, SMALL[name])
    insert(connection, stored_name(name), frame)


def insert(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Insert the frame's rows by column name."""
    connection.register("frame_to_store", in_arrow(frame))
    connection.execute(f"insert into {table} by name select * from frame_to_store")
    connection.unregister("frame_to_store")


def in_arrow(frame: pl.DataFrame) -> pa.Table:
    """The frame as DuckDB takes it in: it reads the texts where they lie (string views), without a copy."""
    return frame.to_arrow(compat_level=pl.CompatLevel.newest())


def create_overlay(connection: duckdb.DuckDBPyConnection) -> None:
    """Lay out an empty overlay over the full generation attached as `base`. `finish_overlay` makes its views."""
    connection.execute(f"create schema {PARTS}")
    for name in replaceable_tables(connection):
        base = in_base(name)
        connection.execute(f"create table {own(name)} as select * from {base} limit 0")
        keys = REPLACED_BY.get(name)
        selected = f"select {', '.join(keys)} from {base} limit 0" if keys else "select null::varchar as key limit 0"
        connection.execute(f"create table {replaced(name)} as {selected}")
    for name in SMALL:
        if name not in OPTIONAL_IN_OVERLAY:
            _create(connection, name, SMALL[name])


def finish_overlay(connection: duckdb.DuckDBPyConnection, names: Iterable[str] | None = None) -> None:
    """Make the overlay's views, once its rows are in; again, where more came. names: the tables that more came into, or all."""
    for name in replaceable_tables(connection) if names is None else names:
        joined = joined_rows(name, connection)
        connection.execute(f"create or replace view {name} as {joined}")
    for name in OPTIONAL_IN_OVERLAY:
        if not has_table(connection, name):
            connection.execute(f"create view if not exists {name} as select * from base.main.{name}")


def joined_rows(name: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The query of an overlay's view: the base's rows but for the replaced ones, and the overlay's own.

    Where nothing was replaced the overlay has nothing of its own either, and the base is read as it is.
    """
    base = in_base(name)
    rows = f"select * from {base} b where not exists (select 1 from {replaced(name)} r where {same_key(name, 'b')})"
    unioned = f"({rows} union all select * from {own(name)})"
    if not any(_has_rows(connection, part(name)) for part in (own, replaced)):
        unioned = f"(select * from {base})"
    return OBSERVATIONS_VIEW.format(stored=unioned) if name == "observations" else f"select * from {unioned}"


def in_base(name: str) -> str:
    """The base's table of the rows of `name`."""
    return f"base.{own(name)}" if name == "observations" else f"base.main.{name}"


def replaceable_tables(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The big tables of the attached base: figures, then facts."""
    yield from FIGURES
    found = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'base' and starts_with(table_name, 'facts_') order by 1"
    )
    yield from (name for (name,) in found.fetchall())


def key_sql(table: str, alias: str = "") -> str:
    """A fact's key as SQL text: the event table's key columns joined by chr(31), instants to the microsecond.

    The same text as Polars writes for the same columns, which is how the lake names a changed row.
    """
    event = TABLES[table]
    prefix = f"{alias}." if alias else ""
    parts = [_key_text(f"{prefix}{column}", event.column[column].type) for column in event.key]
    return " || chr(31) || ".join(parts)


def _key_text(column: str, kind: str) -> str:
    return f"strftime({column}, '%Y-%m-%d %H:%M:%S.%f')" if kind == "instant" else f"cast({column} as varchar)"


def same_key(name: str, alias: str) -> str:
    """The condition that row `alias` of the table is one that row `r` of `<table>__replaced` names."""
    keys = REPLACED_BY.get(name)
    if keys:
        return " and ".join(f"r.{key} {'is not distinct from' if key in PLACE else '='} {alias}.{key}" for key in keys)
    return f"r.key = {key_sql(name.removeprefix('facts_'), alias)}"


def _create(connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str]) -> None:
    connection.execute(f"create table {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return first_row(connection, f"select 1 from {table} limit 1") is not None
