"""The Delta tables of the lake: reading one at the version in force, and adding a version of new files."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from deltalake import DeltaTable, Schema
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction

from metrics.durable import sync
from metrics.events import TABLES
from metrics.lake.in_force import Head, head
from metrics.lake.lake_error import LakeError

TIMELESS = "all"  # the one partition of a table without an anchor
REJECTS = "rejects"
REJECT_SCHEMA: dict[str, pl.DataType] = {
    "ingest_id": pl.String(), "source": pl.String(), "table": pl.String(), "file": pl.String(), "file_hash": pl.String(),
    "line": pl.Int64(), "rule": pl.String(), "severity": pl.String(), "column": pl.String(), "value": pl.String(),
    "message": pl.String(),
}  # fmt: skip
EDITS = "edits"
EDIT_SCHEMA: dict[str, pl.DataType] = {
    "table_name": pl.String(), "key": pl.String(), "column": pl.String(), "source": pl.String(), "site_id": pl.String(),
    "was": pl.Datetime("us"), "was_recorded_at": pl.Datetime("us"), "became": pl.Datetime("us"),
    "became_recorded_at": pl.Datetime("us"), "overtaken": pl.Boolean(),
}  # fmt: skip
# Every version stays readable: what did we know then.
CONFIGURATION = {"delta.enableExpiredLogCleanup": "false", "delta.logRetentionDuration": "interval 36500 days"}


@dataclass(frozen=True)
class NewFile:
    """A Parquet file already in the table's folder, the partition it belongs to and how many rows it holds."""

    path: Path
    partition: str
    rows: int


def schema_of(table: str) -> dict[str, pl.DataType]:
    """Declared columns of an event table (or of rejects, or edits) with their Polars types, without the partition."""
    own = {REJECTS: REJECT_SCHEMA, EDITS: EDIT_SCHEMA}
    return dict(own[table] if table in own else TABLES[table].schema)


def partition_of(table: str) -> str:
    """The partition column: month of the anchor's local date; rejects are kept by source."""
    return "source" if table == REJECTS else "month"


def scan(path: Path, table: str, at: Head | None = None) -> pl.LazyFrame:
    """The table's declared columns and `month`, as of the head given or in force; no rows where it was never written.

    A column declared after the files were written is null in them. Raises LakeError when the lake is damaged.
    """
    return scanned(delta_table(path, table, at or head(path)), table)


def scanned(delta: DeltaTable | None, table: str) -> pl.LazyFrame:
    """As `scan`, of a table that is opened already, or of None."""
    schema = {**schema_of(table), partition_of(table): pl.String()}
    if delta is None:
        return pl.LazyFrame(schema=schema)
    frame = pl.scan_delta(delta)
    held = set(frame.collect_schema().names())
    return frame.select(pl.col(name) if name in held else pl.lit(None, kind).alias(name) for name, kind in schema.items())


def standing(path: Path, table: str, at: Head | None = None) -> pl.LazyFrame:
    """`scan` without the rows of what was entered in error: what figures are made of."""
    return scan(path, table, at).filter(TABLES[table].stands)


def months(path: Path, table: str, at: Head | None = None) -> dict[str, int]:
    """Rows by month, read from the table's log alone, in order of time."""
    return months_in(delta_table(path, table, at or head(path)))


def months_in(delta: DeltaTable | None) -> dict[str, int]:
    """As `months`, of a table that is opened already, or of None."""
    held = files(delta)
    return dict(held.group_by("month").agg(pl.col("rows").sum()).sort("month").rows())


def rejects(path: Path) -> pl.LazyFrame:
    """Rows that broke a rule (severity 'reject'), and good rows with a warning ('warn'); columns as in REJECT_SCHEMA."""
    return scan(path, REJECTS)


def edits(path: Path, at: Head | None = None) -> pl.LazyFrame:
    """Instants that a newer statement of the case changed or erased; columns as in EDIT_SCHEMA, and the row's `month`."""
    return scan(path, EDITS, at)


def delta_table(path: Path, table: str, at: Head) -> DeltaTable | None:
    """The table at the head's version, or None when the head does not have it."""
    if table not in at.versions:
        return None
    try:
        return DeltaTable(path / table, version=at.versions[table])
    except (DeltaError, OSError) as problem:
        raise LakeError(f"{path / table}: it cannot be read ({str(problem).splitlines()[0]}). Put it back from a backup.") from None


def files(delta: DeltaTable | None) -> pl.DataFrame:
    """The files of a version: path (absolute), month (the partition's value), rows."""
    empty = pl.DataFrame(schema={"path": pl.String, "month": pl.String, "rows": pl.Int64})
    if delta is None:
        return empty
    actions = pl.DataFrame(delta.get_add_actions(flatten=True))
    if actions.is_empty():
        return empty
    partition = next(name for name in actions.columns if name.startswith("partition."))
    return actions.select(
        path=pl.lit(f"{delta.table_uri.removeprefix('file://').rstrip('/')}/") + pl.col("path"),
        month=pl.col(partition), rows=pl.col("num_records").cast(pl.Int64),
    )  # fmt: skip


def add_version(path: Path, table: str, new: Sequence[NewFile], replaced: Iterable[str]) -> int:
    """Adds a version in which the partitions `replaced` hold the new files and nothing else; returns its number."""
    schema = Schema.from_arrow(pl.Schema({**schema_of(table), partition_of(table): pl.String()}))
    delta = open_or_create(path / table, schema, partition_of(table))
    folder = path / table
    actions = [added(folder, file, partition_of(table)) for file in new]
    filters = [(partition_of(table), "in", sorted({*replaced, *(file.partition for file in new)}))]
    delta.create_write_transaction(
        actions, mode="overwrite", schema=schema, partition_by=[partition_of(table)], partition_filters=filters
    )
    version: int = DeltaTable(folder).version()
    for log in sorted((folder / "_delta_log").glob("*.json"))[-2:]:
        sync(log)
    sync(folder / "_delta_log")
    return version


def open_or_create(folder: Path, schema: Schema, partition: str) -> DeltaTable:
    if (folder / "_delta_log").is_dir():
        return DeltaTable(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return DeltaTable.create(folder, schema, partition_by=[partition], configuration=CONFIGURATION)


def added(folder: Path, file: NewFile, partition: str) -> AddAction:
    values: Mapping[str, str | None] = {partition: file.partition}
    stat = file.path.stat()
    return AddAction(
        path=file.path.relative_to(folder).as_posix(), size=stat.st_size, partition_values=values,
        modification_time=int(stat.st_mtime * 1000), data_change=True, stats=json.dumps({"numRecords": file.rows}),
    )  # fmt: skip
