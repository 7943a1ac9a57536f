"""What the lake may forget: files that no version in force, no recent one and no issued snapshot stands on.

A commit writes each month that it touches anew, as one file; a live feed does so every minute. The Delta log is never cut: what
every version was made of stays known, and a version whose files are gone says so when it is read.
"""

from collections.abc import Iterator, Set
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from metrics.events import TABLES
from metrics.lake.in_force import Head
from metrics.lake.tables import EDITS, REJECTS, delta_table, files


def forgotten(path: Path, at: Head, before: datetime, kept: Set[str]) -> list[Path]:
    """The files that were superseded before the instant (UTC): of data, and the lists of changes of commits as old.

    kept: paths inside the lake that stay whatever their age. Whatever the head stands on stays.
    """
    found = [file for table in (*TABLES, REJECTS, EDITS) if table in at.versions for file in superseded(path, table, at, before)]
    found += [file for file in sorted((path / "commits").glob("*.parquet")) if changed_at(file) < before]
    return [file for file in found if file.relative_to(path).as_posix() not in kept]


def superseded(path: Path, table: str, at: Head, before: datetime) -> Iterator[Path]:
    """The table's data files in whose place another had been written by then."""
    in_force = set(files(delta_table(path, table, at))["path"])
    for partition in sorted(folder for folder in (path / table).iterdir() if "=" in folder.name):
        for older, newer in pairwise(sorted(partition.glob("part-*.parquet"))):  # their names begin with the number of the commit
            if changed_at(newer) < before and str(older) not in in_force:
                yield older


def changed_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).replace(tzinfo=None)
