"""Where issued snapshots lie: <home>/snapshots/<week>/<audience>/<edition>, each a folder that is never changed.

An edition is built under a temporary name, synced, and renamed: it is there whole or not at all, whenever the process dies.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from metrics.durable import sync
from metrics.errors import UserError, did_you_mean
from metrics.snapshot.content import week_name

FOLDER = "snapshots"  # inside the home
MANIFEST = "manifest.json"
UNFINISHED = ".making-"  # begins the name of a folder that is not an edition yet
LOCK = ".issuing"


@dataclass(frozen=True)
class Edition:
    """One issued edition and its folder."""

    week: date
    audience: str
    number: int
    path: Path

    @property
    def name(self) -> str:
        """'2026-W47, edition 1'."""
        return f"{week_name(self.week)}, edition {self.number}"

    def manifest(self) -> dict[str, Any]:
        """What the manifest says. Raises UserError when it is not there or is not one."""
        try:
            read = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise UserError(f"{self.path / MANIFEST}: it is damaged or gone ({problem}). Put it back from a backup.") from None
        if not isinstance(read, dict) or "files" not in read:
            raise UserError(f"{self.path / MANIFEST}: it is no manifest of a snapshot. Put it back from a backup.")
        return read

    def seal(self) -> str:
        """The SHA-256 of the manifest: who has it can tell whether the edition is the one that was issued."""
        return sha256((self.path / MANIFEST).read_bytes()).hexdigest()


def editions(home: Path) -> list[Edition]:
    """Every issued edition, the newest week first, then by audience, the newest edition first."""
    found = [
        Edition(monday(folder.parents[1].name), folder.parent.name, int(folder.name), folder)
        for folder in (home / FOLDER).glob("*-W*/*/*")
        if folder.name.isdecimal() and (folder / MANIFEST).exists()
    ]
    return sorted(found, key=lambda one: (-one.week.toordinal(), one.audience, -one.number))


def monday(name: str) -> date:
    """The Monday of '2026-W47'."""
    return datetime.strptime(f"{name}-1", "%G-W%V-%u").date()


def of_week(home: Path, week: date, audience: str) -> list[Edition]:
    """The editions of one week for one audience, the newest first."""
    return [one for one in editions(home) if one.week == week and one.audience == audience]


def edition_of(home: Path, week: date | None, audience: str, number: int | None = None) -> Edition:
    """The newest edition, or the one of that number; of the newest week issued where none is named.

    Raises UserError when it was never issued, naming those that were.
    """
    issued = [one for one in editions(home) if one.audience == audience]
    asked = [one for one in issued if (week is None or one.week == week) and number in (None, one.number)]
    if asked:
        return asked[0]
    if week is None and number is None:
        raise UserError(f"no snapshot for {audience} was issued yet. Issue one: timely snapshot make --audience {audience}")
    wanted = f"{week_name(week)}" if week else "the newest week"
    edition = f", edition {number}," if number else ""
    raise UserError(
        f"no snapshot of {wanted}{edition} for {audience} was issued.{did_you_mean(wanted, [one.name for one in issued])}"
    )


def before(home: Path, week: date, audience: str) -> Edition | None:
    """What the next edition of the week is compared with: the week's last edition, else the last one of an earlier week."""
    return next((one for one in editions(home) if one.audience == audience and one.week <= week), None)


@contextmanager
def issuing(home: Path) -> Iterator[None]:
    """For the one process that issues at a time; others wait. What a process that died had begun is swept away."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(f"*/*/{UNFINISHED}*"):
            shutil.rmtree(left)
        yield


def issued(home: Path, week: date, audience: str, number: int, files: Mapping[str, bytes]) -> Edition:
    """Write the files as an edition; on the disk, whole, when this returns. Call it within `issuing`.

    Raises UserError when it cannot be written (the disk is full): nothing is left behind.
    """
    folder = home / FOLDER / week_name(week) / audience
    draft = folder / f"{UNFINISHED}{number}"
    try:
        write_all(draft, files)
        os.rename(draft, folder / str(number))
    except OSError as problem:
        shutil.rmtree(draft, ignore_errors=True)
        raise UserError(f"{folder}: the snapshot cannot be written: {problem.strerror}. Nothing was issued.") from None
    for above in (folder, folder.parent, folder.parent.parent):
        sync(above)
    return Edition(week, audience, number, folder / str(number))


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """The files in the folder, read-only and synced, their folders too."""
    folder.mkdir(parents=True)
    for name, content in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o444)
        sync(path)
    for inner in sorted({(folder / name).parent for name in files}):
        sync(inner)


def files_in(folder: Path) -> set[str]:
    """Every file of an edition, by its path inside it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
