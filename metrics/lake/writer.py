"""Writing the lake: rows are staged, merged by newest wins, written by month, and put in force by one move of HEAD."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import polars as pl

from metrics.clocks.zones import with_local_day
from metrics.events import TABLES, EventTable
from metrics.home import Home
from metrics.lake import tables
from metrics.lake.changed_rows import write_changes
from metrics.lake.committing import TableCommit, commit_refiled, commit_staged, write_partition
from metrics.lake.edited_instants import SAID_BEFORE, new_edits
from metrics.lake.edited_instants import SCHEMA as EDITED
from metrics.lake.in_force import Head, write_head
from metrics.lake.lake_error import LakeError
from metrics.lake.lock import only_writer
from metrics.lake.merging import Outcome
from metrics.lake.recovery import STAGING, recovered
from metrics.lake.staging import Staged


@contextmanager
def writing(home: Home, now: datetime) -> Iterator["Writer"]:
    """The one writer of the home's lake; what it staged comes into force by `commit` or not at all.

    First the lake is put back to its HEAD, and its months are made anew if the sites' time zones changed. Raises
    LakeError when the lake is not whole, the disk fails, or another process keeps writing.
    """
    try:
        with only_writer(home.lake):
            writer = Writer(home, recovered(home.lake), now)
            try:
                if writer.head.sequence and writer.head.zones != home.zones_fingerprint:
                    writer.refile()
                yield writer
            finally:
                shutil.rmtree(home.lake / STAGING, ignore_errors=True)
    except OSError as problem:
        raise LakeError(f"{home.lake}: {problem.strerror or problem}. Nothing was changed.") from problem
    except pl.exceptions.PolarsError as problem:
        why = str(problem).splitlines()[0]
        raise LakeError(f"{home.lake}: a file cannot be read or written ({why}). Nothing was changed.") from problem


def refile(home: Home, now: datetime) -> bool:
    """Makes the months anew when the sites' time zones changed since the last commit; says whether it had to."""
    with writing(home, now) as writer:
        return writer.refiled


class Writer:
    """Use through `writing`."""

    def __init__(self, home: Home, head: Head, now: datetime) -> None:
        self.home, self.path, self.head, self.now = home, home.lake, head, now
        self.staged: dict[str, Staged] = {}
        self.latest = head.as_of
        self.rejects: dict[str, pl.DataFrame] = {}
        self.refiled = False

    def stage(self, table: str, frame: pl.DataFrame) -> None:
        """Takes rows of an event table: its declared columns, every rule kept."""
        if frame.is_empty():
            return
        declared = TABLES[table]
        newest: datetime = frame["recorded_at"].max()  # type: ignore[assignment]
        self.latest = newest if self.latest is None else max(self.latest, newest)
        if table not in self.staged:
            self.staged[table] = Staged(declared, self.path / STAGING / table)
        self.staged[table].add(self.placed(declared, frame.select(list(declared.schema))))

    def placed(self, table: EventTable, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows with the local `day` of their anchor and its `month`, which is the partition."""
        if table.anchor is None:
            return frame.with_columns(pl.lit(tables.TIMELESS).alias("month"), pl.lit(None, pl.Date).alias("day"))
        dated = with_local_day(frame, table.anchor, "day", self.home.sites, self.home.settings.default_time_zone)
        days = dated["day"].unique().drop_nulls()  # few, where writing each row's own takes as long as finding its day
        return dated.with_columns(month=pl.col("day").replace_strict(days, days.dt.strftime("%Y-%m"), default=None))

    def reject(self, source: str, file_hashes: Sequence[str], rejects: pl.DataFrame) -> None:
        """Puts the rejects of a source's files in place of those that the same files had; columns as in REJECT_SCHEMA."""
        columns = list(tables.REJECT_SCHEMA)
        before = tables.scan(self.path, tables.REJECTS, self.head).filter(pl.col("source") == source).select(columns).collect()
        others = before.filter(~pl.col("file_hash").is_in(list(file_hashes)))
        after = pl.concat([others, rejects.select(columns)])
        if not _same_rejects(before, after):
            self.rejects[source] = after

    def commit(
        self, progress: Callable[[str], None] = lambda label: None, last_rejects: Callable[[], None] = lambda: None
    ) -> dict[str, Outcome]:
        """Puts everything staged in force, all tables at once; returns the outcome by table.

        Where nothing is new the lake stays as it is, to the byte. last_rejects: asked once the tables' rows are written, for
        rejects that are still looked for by then; it hands them to `reject`.
        """
        done: dict[str, TableCommit] = {}
        for name, staged in self.staged.items():
            progress(f"writing {name}")
            done[name] = commit_staged(self.path, self.head, staged, self.placed)
        last_rejects()
        versions = {name: one.version for name, one in done.items() if one.version is not None}
        if self.rejects:
            versions[tables.REJECTS] = self.write_rejects()
        edited = self.write_edits(pl.concat([pl.DataFrame(schema=EDITED), *(one.edits for one in done.values())]))
        if edited is not None:
            versions[tables.EDITS] = edited
        if versions:
            self.move_head(versions, [one.changes for one in done.values()])
        return {name: one.outcome for name, one in done.items()}

    def write_rejects(self) -> int:
        order = ["table", "file", "line", "rule"]
        new = [
            write_partition(self.path, tables.REJECTS, source, frame.sort(order).drop("source"), self.head.sequence + 1)
            for source, frame in self.rejects.items()
        ]
        return tables.add_version(self.path, tables.REJECTS, [file for file in new if file], self.rejects)

    def write_edits(self, found: pl.DataFrame) -> int | None:
        """Adds the edits that are not known yet to the months of their rows; the new version, None where nothing is new."""
        if found.is_empty():
            return None
        known = tables.edits(self.path, self.head)
        keys = found.lazy().select("table_name", "key").unique()
        new = new_edits(found, known.join(keys, on=["table_name", "key"], how="semi").collect())
        if new.is_empty():
            return None
        months = new["month"].unique().sort().to_list()
        touched = pl.concat([known.filter(pl.col("month").is_in(months)).collect(), new]).sort(SAID_BEFORE)
        parts = touched.partition_by("month", as_dict=True)
        files = [
            write_partition(self.path, tables.EDITS, str(month), rows.drop("month"), self.head.sequence + 1)
            for (month,), rows in parts.items()
        ]
        return tables.add_version(self.path, tables.EDITS, [file for file in files if file], [str(month) for (month,) in parts])

    def refile(self) -> None:
        """Moves every row to the month that its site's time zone says now."""
        dated = [table for table in TABLES.values() if table.anchor is not None and table.name in self.head.versions]
        versions = {
            table.name: commit_refiled(self.path, self.head, Staged(table, self.path / STAGING / table.name), self.placed)
            for table in dated
        }
        self.move_head(versions, [None])
        self.refiled = True

    def move_head(self, versions: dict[str, int], changes: Sequence[pl.DataFrame | None]) -> None:
        sequence = self.head.sequence + 1
        if self.head.sequence:
            write_changes(self.path, sequence, changes)
        new = Head(sequence, {**self.head.versions, **versions}, self.latest, self.home.zones_fingerprint, self.now)
        write_head(self.path, new)
        self.head = new


def _same_rejects(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Whether the two hold the same rejects, whichever ingest found them and whatever the file was called then."""
    plain = [frame.drop("ingest_id", "file") for frame in (one, other)]
    return plain[0].height == plain[1].height and plain[0].sort(plain[0].columns).equals(plain[1].sort(plain[1].columns))
