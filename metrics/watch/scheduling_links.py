"""SMART Scheduling Links in the inbox: a manifest ($bulk-publish) and the files it names are taken together, when all are there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from json import loads
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from metrics.errors import UserError
from metrics.home import Home
from metrics.ingest import ingest
from metrics.lake import LakeError
from metrics.sources import Mapping
from metrics.watch.inbox import BAD, DONE, Taken, bad, moved_to

SOURCE = "smart_scheduling"
MANIFEST_BYTES = 4 * 1024 * 1024  # a manifest names files; a larger file is none
OVERDUE = timedelta(minutes=10)  # a manifest whose files are not there by then is told: they are published before it
COARSE = "status_on_the_list"  # the rule that a coarse slot breaks: the mapping says so in place of its status


def links_taken(home: Home, mapping: Mapping, files: Sequence[Path], now: datetime) -> tuple[list[Taken], list[str]]:
    """What became of every manifest among the complete files of the folder, and those that wait too long for a file of theirs.

    A file that no manifest names waits for one. Raises LakeError, and leaves the files, when the fault is not theirs.
    """
    taken, problems, ready = [], [], {file.name: file for file in files}
    manifests = [(file, named) for file in files if (named := manifest_files(file)) is not None]
    for file, named in manifests:
        missing = [name for name in named if name not in ready]
        if not missing:
            taken.append(one_taken(home, mapping, [file, *(ready.pop(name) for name in named)], now))
        elif now.timestamp() - file.stat().st_mtime > OVERDUE.total_seconds():
            problems.append(f"{file.parent.name}/{file.name} names {missing[0]}, which did not come. Put it beside the manifest.")
    return taken, problems


def manifest_files(file: Path) -> list[str] | None:
    """The names of the files that a manifest lists; None of what is no manifest."""
    if file.stat().st_size > MANIFEST_BYTES:
        return None
    try:
        told: Any = loads(file.read_bytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("output"), list):
        return None
    urls = [str(one.get("url") or "") for one in told["output"] if isinstance(one, dict)]
    return list(dict.fromkeys(name for url in urls if (name := unquote(urlsplit(url).path).rpartition("/")[2])))


def one_taken(home: Home, mapping: Mapping, files: Sequence[Path], now: datetime) -> Taken:
    """Ingest the manifest, which is the first, with its files, and move them all."""
    manifest = files[0]
    try:
        report = ingest(home, mapping, files, now=now)
    except LakeError:
        raise
    except UserError as error:
        for file in files[1:]:
            moved_to(BAD, file, now)
        bad(manifest, now, error.problems)
        return Taken(SOURCE, manifest.name, problems=error.problems)
    for file in files:
        moved_to(DONE, file, now)
    coarse = report.tables["slots"].rejected_by.get(COARSE, 0)
    told = f"{coarse} slots are coarse (a session, not an appointment) or of no known status; none counts as available"
    return Taken(SOURCE, manifest.name, report.read, report.rejected, notes=(told,) if coarse else ())
