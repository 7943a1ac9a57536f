"""Folding: all changes of a case, whatever the order they came in, make one row of its event table."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json import dumps

import polars as pl

from metrics.events import TABLES, EventTable
from metrics.events.declaration import ENTERED_IN_ERROR
from metrics.messages.change import BEGINNINGS, STATE, WITHDRAWN, Change

CHANGES = {
    "number": pl.Int64(), "key": pl.String(), "event_at": pl.Int64(), "kind": pl.String(), "undoes": pl.String(),
    "told": pl.String(), "cleared": pl.String(),
}  # fmt: skip
"""Changes of one table as a frame: number (order of arrival), event_at (microseconds since 1970, UTC), told (the values as JSON,
instants in microseconds), cleared (columns taken away, each between commas)."""

LATEST = {"scheduled_start", "reminder_sent_at", "snapshot_at", "recorded_at"}
"""Instants of which the newest word holds. Of all others the first since they were last taken away: a patient arrives once, though
every message repeats it, and an appointment that was cancelled, booked again and cancelled was cancelled the last time."""

TAKEN_BACK: dict[str, dict[str, pl.Expr | None]] = {
    "appointments": {"status": pl.lit("entered-in-error")},
    "slots": {"status": pl.lit("held")},
    **{
        name: {ENTERED_IN_ERROR: pl.lit(True), **dict.fromkeys(set(table.instants) - {table.anchor, "recorded_at"})}
        for name, table in TABLES.items() if ENTERED_IN_ERROR in table.column
    },
}  # fmt: skip
"""What a case says that was taken back whole: that it never was, and none of the instants that may contradict each other. The lake
deletes nothing, since older news of it may still come."""

KEY_SEPARATOR = "\x1f"  # a control character, which no identifier holds


def case_key(table: str, values: Mapping[str, object]) -> str:
    """The key of a case whose table has several key columns (a slot at a census), from its values."""
    return KEY_SEPARATOR.join(str(plain(values[name])) for name in TABLES[table].key)


def case_of(table: str) -> pl.Expr:
    """The key of the case that a row of the event table is of, as changes name it."""
    declared = TABLES[table]
    if len(declared.key) == 1:
        return pl.col(declared.key[0])
    parts = (pl.col(name).dt.epoch("us") if name in declared.instants else pl.col(name) for name in declared.key)
    return pl.concat_str([part.cast(pl.String) for part in parts], separator=KEY_SEPARATOR)


def folded(table: str, changes: Sequence[Change]) -> pl.DataFrame:
    """Rows of the event table (its columns, one row a key, sorted by key) that the changes, in their order of arrival, make."""
    return folded_frame(table, frame_of([change for change in changes if change.table == table]))


def frame_of(changes: Sequence[Change]) -> pl.DataFrame:
    rows = [(number, *columns_of(change)) for number, change in enumerate(changes)]
    return pl.DataFrame(rows, schema=CHANGES, orient="row")


def columns_of(change: Change) -> tuple[str, int, str, str | None, str, str]:
    """key, event_at, kind, undoes, told, cleared: the change as the columns of CHANGES after `number`."""
    told = {name: plain(value) for name, value in change.values.items() if value is not None}
    cleared = "".join(f",{name}" for name, value in change.values.items() if value is None)
    return change.key, microseconds(change.event_at), change.kind, change.undoes, dumps(told), f"{cleared}," if cleared else ""


def plain(value: object) -> object:
    return microseconds(value) if isinstance(value, datetime) else value


def microseconds(instant: datetime) -> int:
    """Since 1970; `instant` is UTC without a zone."""
    since = instant.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def folded_frame(table: str, changes: pl.DataFrame) -> pl.DataFrame:
    """The rows that CHANGES of one table make: in order of event_at, ties in order of arrival, undone ones left out.

    recorded_at is the newest event_at and a microsecond more for each change: a word that comes late makes a newer row, whatever
    the order of arrival, and the same changes make the same row. A case of which nobody said when it began has no row; one that was
    taken back whole has a row as TAKEN_BACK says.
    """
    declared = TABLES[table]
    if changes.is_empty():
        return pl.DataFrame(schema=declared.schema)
    spread = with_undone(with_values(declared, changes)).sort("event_at", "number")
    standing = rows_of(declared, spread.filter(~pl.col("undone") & pl.col("undoes").is_null()))
    before = rows_of(declared, spread.filter(pl.col("undoes").is_null()))
    begun = dated(declared, standing.join(withdrawn(spread), on="key", how="anti"))
    lost = dated(declared, before.join(begun, on="key", how="anti"))
    taken_back = lost.with_columns(**TAKEN_BACK.get(table, {}))
    rows = pl.concat([begun, taken_back.select(pl.col(name).cast(kind) for name, kind in begun.schema.items())])
    return rows.drop("recorded_at").join(said(spread), on="key").select(list(declared.schema)).sort(*declared.key)


def dated(table: EventTable, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of cases of which somebody said when they began."""
    return rows if table.anchor is None else rows.filter(pl.col(table.anchor).is_not_null())


def withdrawn(changes: pl.DataFrame) -> pl.DataFrame:
    """The keys of the cases of which the newest word that begins or ends them whole is that they never were."""
    whole = changes.filter(pl.col("kind").is_in((*BEGINNINGS, WITHDRAWN)))
    newest = whole.group_by("key", maintain_order=True).agg(pl.col("kind").last())
    return newest.filter(pl.col("kind") == WITHDRAWN).select("key")


def with_values(table: EventTable, changes: pl.DataFrame) -> pl.DataFrame:
    """The changes with a column `v_<name>` for each column of the table; instants as Datetime."""
    fields = {name: pl.Int64() if name in table.instants else kind for name, kind in table.schema.items()}
    fields = {name: pl.String() if isinstance(kind, pl.Date) else kind for name, kind in fields.items()}
    wide = changes.with_columns(pl.col("told").str.json_decode(pl.Struct(fields)).name.map_fields(lambda name: f"v_{name}"))
    return wide.unnest("told").with_columns(pl.col(f"v_{name}").cast(kind) for name, kind in table.schema.items())


def with_undone(changes: pl.DataFrame) -> pl.DataFrame:
    """The changes with `undone`: an undo takes back the latest change of its kind, up to its own event_at, that still stands.

    Doing and undoing pair up like brackets: a change at depth d is undone when the depth falls below d after it.
    """
    case = ["key", pl.coalesce("undoes", "kind")]
    step = pl.when(pl.col("undoes").is_null()).then(1).otherwise(-1).cast(pl.Int64)
    ordered = changes.sort("event_at", pl.col("undoes").is_not_null(), "number")
    heights = ordered.with_columns(height=step.cum_sum().over(case))
    depths = heights.with_columns(depth=pl.col("height") - pl.min_horizontal(pl.lit(0), pl.col("height").cum_min().over(case)))
    lowest_after = pl.col("depth").cum_min(reverse=True).over(case)
    return depths.with_columns(undone=pl.col("undoes").is_null() & (lowest_after < pl.col("depth"))).drop("height", "depth")


def rows_of(table: EventTable, changes: pl.DataFrame) -> pl.DataFrame:
    """One row a case of changes that stand in order, with its `key`; recorded_at is not theirs to say."""
    alone = table.key if len(table.key) == 1 else ()
    names = [name for name in table.schema if name not in (*alone, "recorded_at")]
    values = [held(name, name in table.instants and name not in LATEST).alias(name) for name in names]
    rows = changes.group_by("key", maintain_order=True).agg(values).with_columns(pl.col("key").alias(name) for name in alone)
    return rows.with_columns(recorded_at=pl.lit(None, pl.Datetime("us"))).select("key", *table.schema)


def held(name: str, first: bool) -> pl.Expr:
    """The value of a column that holds: that of the newest whole state, else the first since it was taken away, or the last."""
    value = pl.col(f"v_{name}")
    spoken = value.is_not_null() | pl.col("cleared").str.contains(f",{name},", literal=True)
    state = spoken & (pl.col("kind") == STATE)
    if first:
        since = (spoken & value.is_null()).cum_sum()  # how often it was taken away up to there
        run = value.is_not_null() & (since == since.last())
        return pl.when((run & state).any()).then(value.filter(run & state).last()).otherwise(value.filter(run).first())
    return pl.when(state.any()).then(value.filter(state).last()).otherwise(value.filter(spoken).last())


def said(changes: pl.DataFrame) -> pl.DataFrame:
    newest = pl.col("event_at").max() + pl.len().cast(pl.Int64) - 1
    return changes.group_by("key").agg(recorded_at=newest.cast(pl.Datetime("us")))
