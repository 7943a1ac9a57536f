"""The inbox: `<home>/inbox/<source>/FILE`. A file is taken when it is complete, then moved to done/ or, when it is bad, to bad/.

A file that was taken is moved only after the lake has it. A crash between the two leaves it where it was, and taking it again
changes nothing: the lake keeps one row a key, the newest, whatever comes twice.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from metrics.durable import sync, write_whole
from metrics.errors import UserError
from metrics.home import Home
from metrics.ingest import ingest
from metrics.lake import LakeError
from metrics.sources import Mapping as SourceMapping
from metrics.sources import find_mapping
from metrics.watch.fhir_files import SOURCE, reasons, resources_taken

INBOX, DONE, BAD = "inbox", "done", "bad"
UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload")  # names that senders give a file until it is whole


@dataclass(frozen=True)
class Seen:
    """A file as it was at one look. One that grows or is written to again is not complete."""

    size: int  # bytes
    modified: int  # nanoseconds


@dataclass(frozen=True)
class Taken:
    """What became of one file. rows, rejected: that it held. problems: why it is bad; none of it was kept. notes: why rows were
    rejected."""

    source: str
    file: str
    rows: int = 0
    rejected: int = 0
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def sentence(self) -> str:
        if self.problems:
            return f"{self.source}/{self.file} is bad and stands in {BAD}/ with the reason: {self.problems[0]}"
        why = f": {self.notes[0]}" if self.notes else ""
        return f"{self.source}/{self.file}: {self.rows:,} rows, {self.rejected:,} of them rejected{why}"


def folders(home: Home) -> dict[Path, str]:
    """The source of each folder into which files come: those of the inbox by their names, those of feeds as feeds.toml says."""
    found = {folder: folder.name for folder in sorted((home.path / INBOX).glob("*/"))}
    named = {home.path / feed.place: SOURCE if feed.kind == "fhir" else str(feed.source) for feed in home.feeds if feed.place}
    return found | named


def waiting_files(home: Home) -> dict[Path, Seen]:
    """Every file that stands in a source's folder, by path; hidden ones and those still being sent are left out."""
    found = [path for folder in folders(home) for path in sorted(folder.glob("*"))]
    return {path: seen for path in found if is_offered(path) and (seen := seen_of(path))}


def is_offered(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix.lower() not in UNFINISHED


def seen_of(path: Path) -> Seen | None:
    """The file's size and time; None for what is no file, or went away."""
    try:
        state = path.stat()
    except OSError:
        return None
    return Seen(state.st_size, state.st_mtime_ns) if path.is_file() else None


def complete(now: Mapping[Path, Seen], before: Mapping[Path, Seen]) -> list[Path]:
    """The files that are as they were a look ago, the oldest first."""
    same = [path for path, seen in now.items() if before.get(path) == seen]
    return sorted(same, key=lambda path: (now[path].modified, path))


def mappings(home: Home, files: Mapping[Path, Seen]) -> tuple[dict[Path, SourceMapping], list[str]]:
    """The mapping of each folder that has files, and what is wrong with the folders that name none: their files wait."""
    known, problems = {}, []
    sources = folders(home)
    for folder in sorted({path.parent for path in files}):
        try:
            if sources[folder] != SOURCE:
                known[folder] = find_mapping(home, sources[folder])
        except UserError as error:
            problems += [f"{INBOX}/{folder.name}: {problem}" for problem in error.problems]
    return known, problems


def taken(home: Home, mapping: SourceMapping, file: Path, now: datetime) -> Taken:
    """Ingest the file and move it. Raises LakeError, and leaves the file where it is, when the fault is not the file's."""
    source = mapping.name
    try:
        report = ingest(home, mapping, [file], now=now)
    except LakeError:
        raise
    except UserError as error:
        bad(file, now, error.problems)
        return Taken(source, file.name, problems=error.problems)
    moved_to(DONE, file, now)
    return Taken(source, file.name, report.read, report.rejected)


def resources(home: Home, file: Path, now: datetime) -> Taken:
    """Take the file's FHIR resources into the journal and move it; one of which nothing could be taken is bad."""
    feed = next((one for one in home.feeds if one.kind == "fhir" and home.path / str(one.place) == file.parent), None)
    found = resources_taken(home, feed, file, now)
    if found.refused and not found.taken:
        bad(file, now, reasons(found))
        return Taken(SOURCE, file.name, problems=reasons(found))
    moved_to(DONE, file, now)
    return Taken(SOURCE, file.name, found.taken + len(found.refused), len(found.refused), notes=reasons(found))


def bad(file: Path, now: datetime, problems: tuple[str, ...]) -> None:
    moved = moved_to(BAD, file, now)
    write_whole(moved.with_name(f"{moved.name}.why.txt"), "\n".join(problems) + "\n")


def moved_to(folder: str, file: Path, now: datetime) -> Path:
    """The file under the folder beside it, its name headed by when it was taken; one of the same name is never replaced."""
    target = file.parent / folder
    target.mkdir(exist_ok=True)
    place, copies = target / f"{now:%Y%m%dT%H%M%S}-{file.name}", 1
    while place.exists():
        copies += 1
        place = target / f"{now:%Y%m%dT%H%M%S}-{copies}-{file.name}"
    os.rename(file, place)
    sync(target)
    return place
