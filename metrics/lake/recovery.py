"""Putting the lake back to its HEAD before it is written again: what a process that died had begun goes."""

import shutil
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from metrics.events import TABLES
from metrics.lake.changed_rows import changes_file
from metrics.lake.in_force import HEAD, Head, head, write_head
from metrics.lake.lake_error import LakeError
from metrics.lake.tables import EDITS, REJECTS

STAGING = "staging"


def recovered(path: Path) -> Head:
    """The head in force, after undoing what lies beyond it. Raises LakeError when the lake is not whole.

    Data files carry the number of the commit they were written for, so that those of a commit that never came into
    force are known by name. A Delta table that is ahead is restored by a new version equal to the one in force.
    """
    folders = [path / table for table in (*TABLES, REJECTS, EDITS) if (path / table).is_dir()]
    if not (path / HEAD).exists():
        if folders:
            raise LakeError(f"{path / HEAD} is missing, but there are tables. Put it back from a backup of the lake.")
        write_head(path, Head())  # so that tables without a HEAD are never the remains of a first commit
    now = head(path)
    shutil.rmtree(path / STAGING, ignore_errors=True)
    for folder in folders:
        if folder.name in now.versions:
            put_back(folder, now.versions[folder.name])
            remove_beyond(folder, now.sequence)
        else:
            shutil.rmtree(folder)
    for file in (path / "commits").glob("*.parquet"):
        if file.stem.isdigit() and int(file.stem) > now.sequence:
            file.unlink()
    changes_file(path, now.sequence + 1).parent.mkdir(exist_ok=True)
    return now


def put_back(folder: Path, version: int) -> None:
    try:
        delta = DeltaTable(folder)
        if delta.version() > version:
            delta.restore(version)
    except (TableNotFoundError, DeltaError, OSError) as problem:
        why = str(problem).splitlines()[0]
        raise LakeError(f"{folder}: version {version} is not whole ({why}). Put it back from a backup.") from None


def remove_beyond(folder: Path, sequence: int) -> None:
    """Removes data files of commits that never came into force."""
    for file in folder.glob("*/part-*.parquet"):
        number = file.name.split("-")[1]
        if number.isdigit() and int(number) > sequence:
            file.unlink()
