"""One table's part of a commit: which arriving rows win, and new files for the months that they touch."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from metrics.durable import sync
from metrics.events import EventTable
from metrics.lake.changed_rows import MOST_ROWS, SCHEMA, changes_of
from metrics.lake.edited_instants import SCHEMA as EDITED
from metrics.lake.edited_instants import edits_of
from metrics.lake.in_force import Head
from metrics.lake.merging import AT, Outcome, merge
from metrics.lake.staging import HASH, Staged, buckets, key_hash
from metrics.lake.tables import NewFile, add_version, delta_table, files, partition_of

BUCKET_ROWS = 2_000_000  # rows that meet others of their key are merged this many at a time
WRITERS = 2  # months written at a time: one is on its way to the disk while the other is put in order
PLACE = ("site_id", "service_id")
NONE_LOST = pl.Series(dtype=pl.UInt64)
PLACED = "_placed"  # a row's place and second as one number, while a month is put in order
FIRST_SECOND, SPAN = -(1 << 33), 1 << 34  # seconds since 1970 that are told apart: 1697 to 2242; the others are told by the anchor
COMPRESSION_LEVEL = 1  # zstd; a third smaller than lz4 at the same speed

Placed = Callable[[EventTable, pl.DataFrame], pl.DataFrame]  # adds `month` and `day`


@dataclass(frozen=True)
class TableCommit:
    """The table's new version (None: nothing changed), the outcome, and the rows it changed (None: too many to keep).

    edits: what statements of one case told differently, see `edited_instants`.
    """

    version: int | None
    outcome: Outcome
    changes: pl.DataFrame | None
    edits: pl.DataFrame


@dataclass(frozen=True)
class Meeting:
    """What came of the keys that arrived more than once or are in the lake already."""

    dropped: pl.DataFrame  # _at of arriving rows that lost
    replaced: pl.DataFrame  # rows of the lake that lost: key, month, day, and patient_key where there is one
    outcome: Outcome
    edits: pl.DataFrame


def commit_staged(path: Path, at: Head, staged: Staged, placed: Placed) -> TableCommit:
    """Merges the staged rows into the table and writes the months they touch. The lake's head is left alone."""
    table, held = staged.table, files(delta_table(path, staged.table.name, at))
    met = met_keys(staged, held, placed)
    lone = staged.rows - met.outcome.accepted - met.dropped.height
    outcome = met.outcome + Outcome(new=lone)
    if not outcome.accepted:
        return TableCommit(None, outcome, pl.DataFrame(schema=SCHEMA), met.edits)
    few = outcome.accepted <= MOST_ROWS
    old_months, lost = set(met.replaced["month"]), met.dropped[AT]

    def written(month: str) -> tuple[str, NewFile | None, pl.DataFrame | None] | None:
        """The month, its new file, and its new rows where they are to be kept; None where it stays as it is."""
        came = staged.month(month)
        winners = accepted_rows(staged, came, lost) if few else None
        if month not in old_months and not (any_won(came, lost) if winners is None else winners.height):
            return None
        gone = met.replaced.filter(pl.col("month") == month)
        kept = kept_rows(table, held.filter(pl.col("month") == month)["path"].to_list(), gone)
        rows = in_order(table, kept, None if came is None else came.select(*table.schema, AT), lost)
        return month, write_partition(path, table.name, month, rows, at.sequence + 1), winners

    with ThreadPoolExecutor(max_workers=WRITERS, thread_name_prefix="writing") as threads:
        new = [one for one in threads.map(written, sorted({*staged.months(), *old_months})) if one]
    accepted = [winners for *_, winners in new if winners is not None and not winners.is_empty()]
    version = add_version(path, table.name, [file for _, file, _ in new if file], [month for month, *_ in new])
    return TableCommit(version, outcome, changes_of(table, pl.concat(accepted), met.replaced) if few else None, met.edits)


def commit_refiled(path: Path, at: Head, staged: Staged, placed: Placed) -> int:
    """Writes every row of the table to the month `placed` gives it; returns the new version."""
    table, held = staged.table, files(delta_table(path, staged.table.name, at))
    for file in held["path"]:
        staged.add(placed(table, pl.read_parquet(file, columns=list(table.schema))))
    new = [
        write_partition(path, table.name, month, in_order(table, None, rows.select(list(table.schema))), at.sequence + 1)
        for month in staged.months() if (rows := staged.month(month)) is not None
    ]  # fmt: skip
    return add_version(path, table.name, [file for file in new if file], held["month"])


def met_keys(staged: Staged, held: pl.DataFrame, placed: Placed) -> Meeting:
    """Merges those arriving rows whose key is in the lake or came more than once; by hash first, then exactly."""
    table = staged.table
    found = keys_held(staged, held)
    shared = pl.concat([staged.repeated(), found[HASH]]).unique()
    patient = ["patient_key"] if "patient_key" in table.column else []
    kept = list(dict.fromkeys([*table.key, "month", "day", *patient]))
    dropped = [pl.DataFrame(schema={AT: pl.UInt64})]
    replaced = [placed(table, pl.DataFrame(schema=table.schema)).select(kept)]
    edits = [pl.DataFrame(schema=EDITED)]
    outcome = Outcome()
    paths = found["path"].unique().to_list()
    for bucket in buckets(shared, BUCKET_ROWS) if len(shared) else ():
        arriving = staged.of_hashes(bucket).drop(HASH)
        existing = placed(table, held_rows(table, paths, bucket.to_frame(HASH).lazy()))
        one = merge(table, arriving, existing)
        dropped.append(one.dropped)
        replaced.append(one.replaced.select(kept))
        edits.append(edits_of(table, arriving, existing, one.winners))
        outcome += one.outcome
    return Meeting(pl.concat(dropped), pl.concat(replaced), outcome, pl.concat(edits))


def keys_held(staged: Staged, held: pl.DataFrame) -> pl.DataFrame:
    """Hashes of arriving keys that the lake may hold, and the file that does: _hash, path. Reads only the key columns."""
    if held.is_empty():
        return pl.DataFrame(schema={HASH: pl.UInt64, "path": pl.String})
    keys = pl.scan_parquet(held["path"].to_list(), include_file_paths="path").select(key_hash(staged.table), "path")
    wanted = staged.distinct().to_frame(HASH).lazy()
    return keys.join(wanted, on=HASH, how="semi").unique().collect(engine="streaming")


def held_rows(table: EventTable, paths: list[str], bucket: pl.LazyFrame) -> pl.DataFrame:
    if not paths:
        return pl.DataFrame(schema=table.schema)
    rows = pl.scan_parquet(paths).select(list(table.schema)).with_columns(key_hash(table))
    return rows.join(bucket, on=HASH, how="semi").drop(HASH).collect(engine="streaming")


def accepted_rows(staged: Staged, came: pl.LazyFrame | None, lost: pl.Series) -> pl.DataFrame:
    """The rows of a month that won, with month and day."""
    if came is None:
        return pl.DataFrame(schema={**staged.table.schema, "month": pl.String(), "day": pl.Date()})
    return came.filter(won(lost)).drop(AT, HASH).collect()


def any_won(came: pl.LazyFrame | None, lost: pl.Series) -> bool:
    return came is not None and bool(came.select(won(lost).any()).collect().item())


def won(lost: pl.Series) -> pl.Expr:
    """Whether an arriving row is none of those that lost (their `_at`)."""
    return ~pl.col(AT).is_in(lost.implode())


def kept_rows(table: EventTable, paths: list[str], gone: pl.DataFrame) -> pl.LazyFrame | None:
    """The month's rows in the lake without those that were replaced."""
    if not paths:
        return None
    rows = pl.scan_parquet(paths).select(list(table.schema))
    return rows if gone.is_empty() else rows.join(gone.lazy(), on=list(table.key), how="anti", nulls_equal=True)


def in_order(table: EventTable, kept: pl.LazyFrame | None, came: pl.LazyFrame | None, lost: pl.Series = NONE_LOST) -> pl.DataFrame:
    """The rows in the order of a file: by place, then time; the key settles ties, so that equal lakes have equal files.

    `lost` are the `_at` of rows of `came` that are left out; it has that column then.
    """
    frame = pl.concat([rows for rows in (kept, came) if rows is not None], how="diagonal").collect().rechunk()
    place = [name for name in PLACE if name in table.column]
    order = dict.fromkeys(name for name in (*([table.anchor] if table.anchor else []), *table.key) if name not in place)
    by = frame.select(place_and_time(frame, place, table.anchor).alias(PLACED), *order)
    rows = by.select(pl.arg_sort_by(by.columns)).to_series()
    if came is not None and len(lost):  # left out of the order, so that rows are copied once, and only those that stay
        rows = rows.filter(~frame[AT].gather(rows).is_in(lost.implode()).fill_null(False))
    return frame.drop(AT, strict=False)[rows]


def place_and_time(frame: pl.DataFrame, place: list[str], anchor: str | None) -> pl.Series:
    """One whole number a row that is the greater, the later the row's place comes and, within a place, the second of its anchor.

    Two rows may share a number only where they share the place. Sorting by it first takes a third of the time of sorting by
    each column; nothing comes before all else, as it does there.
    """
    number = pl.repeat(0, frame.height, dtype=pl.Int64, eager=True)
    for name in place:
        rank, count = ranks(frame[name])
        number = number * (count + 1) + rank
    seconds = frame[anchor].dt.epoch("s") - FIRST_SECOND if anchor else number.clear(frame.height)
    return number * SPAN + seconds.clip(0, SPAN - 2).cast(pl.Int64).fill_null(-1) + 1


def ranks(values: pl.Series) -> tuple[pl.Series, int]:
    """The place of each value among the distinct ones from 1 on, 0 for none, which sorts like the value; and how many there are."""
    distinct = values.unique().drop_nulls().sort()
    return values.cast(pl.Enum(distinct)).to_physical().cast(pl.Int64).fill_null(-1) + 1, len(distinct)


def write_partition(path: Path, table: str, partition: str, frame: pl.DataFrame, sequence: int) -> NewFile | None:
    """A new Parquet file in the table's folder, on the disk before this returns; None for no rows.

    The name holds the number of the commit it is for, see `recovery.remove_beyond`.
    """
    if frame.is_empty():
        return None
    folder = path / table / f"{partition_of(table)}={partition}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"part-{sequence:08d}-{uuid.uuid4().hex}.parquet"
    frame.write_parquet(file, compression="zstd", compression_level=COMPRESSION_LEVEL)
    sync(file)
    sync(folder)
    return NewFile(file, partition, frame.height)
