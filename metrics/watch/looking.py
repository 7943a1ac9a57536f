"""One look of the watcher: take the files that are complete, refresh, evaluate, deliver. What fails is told and tried again."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from json import dumps
from pathlib import Path
from typing import Any, TypeVar

from metrics.durable import write_whole
from metrics.errors import UserError
from metrics.evaluate import evaluate
from metrics.home import Home, current_home
from metrics.journal import has_journal, opened
from metrics.lake import head
from metrics.listen import drains
from metrics.notify import deliver
from metrics.refresh import refresh
from metrics.sources import Mapping as SourceMapping
from metrics.watch.draining import Draining
from metrics.watch.fhir_files import SOURCE
from metrics.watch.inbox import Seen, Taken, complete, folders, mappings, resources, taken, waiting_files
from metrics.watch.scheduling_links import SOURCE as LINKS
from metrics.watch.scheduling_links import links_taken

Made = TypeVar("Made")

STATUS = "watch.json"
EVALUATE_EVERY = timedelta(hours=1)
"""Rules about the present move with the clock: a feed that falls silent is told within so long, though nothing comes in."""


@dataclass
class Watcher:
    """What a watcher remembers from look to look. seen: the files that wait, by path, as they were. owed: the lake has what no
    generation has. draining: what drains live messages beside the looks; None: each look drains them itself."""

    seen: dict[Path, Seen] = field(default_factory=dict)
    owed: bool = True
    evaluated_at: datetime | None = None
    draining: Draining | None = None


@dataclass
class Look:
    """What one look did. waiting: files that are not complete yet. drained: rows of live
    messages that the lake took. problems: what failed; it is tried again at the next look."""

    at: datetime
    taken: list[Taken] = field(default_factory=list)
    waiting: int = 0
    drained: int = 0
    generation: str | None = None
    alerts: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return bool(self.problems) or any(one.problems for one in self.taken)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def sentences(self) -> list[str]:
        told = [one.sentence() for one in self.taken]
        told += [f"live messages: {self.drained:,} rows"] if self.drained else []
        told += [f"generation {self.generation} is in force"] if self.generation else []
        moved = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in self.alerts.items())
        told += [f"alerts: {moved}"] if moved else []
        told += [f"{self.sent} messages sent"] if self.sent else []
        return told + self.problems


def look(path: Path, watcher: Watcher, now: datetime) -> Look:
    """Look once at the home at `path`. An edited rule or target counts from the next look.

    Nothing that a user can mend ends the watch: it is in `problems`, and in `watch.json` of the home, until it is mended.
    """
    report = Look(now)
    home = tried(report, lambda: current_home(path))
    if home is not None:
        take_files(home, watcher, report)
        take_messages(home, watcher, report)
        refreshed(home, watcher, report)
        judged(home, watcher, report)
    tried(report, lambda: write_whole(path / STATUS, dumps(report.to_dict(), default=str, indent=1) + "\n"))
    return report


def tried(report: Look, act: Callable[[], Made]) -> Made | None:
    """What the act makes; None, and the problems in the report, when it cannot."""
    try:
        return act()
    except UserError as error:
        report.problems += error.problems
    except OSError as error:
        report.problems.append(f"{error.filename or 'the disk'}: {error.strerror or error}.")
    return None


def take_files(home: Home, watcher: Watcher, report: Look) -> None:
    """Every complete file of every source, one by one: a bad one stops no other."""
    there = waiting_files(home)
    ready = complete(there, watcher.seen)
    known, problems = mappings(home, there)
    sources = folders(home)
    report.problems += problems
    take_links(home, [file for file in ready if sources.get(file.parent) == LINKS], known, watcher, report)
    for file in ready:
        if sources.get(file.parent) == SOURCE:
            one = tried(report, lambda file=file: resources(home, file, report.at))  # type: ignore[misc]
        elif file.parent in known and sources[file.parent] != LINKS:
            one = tried(report, lambda file=file: taken(home, known[file.parent], file, report.at))  # type: ignore[misc]
        else:
            continue
        if one is not None:
            report.taken.append(one)
            watcher.owed = watcher.owed or not one.problems
    watcher.seen = {path: seen for path, seen in there.items() if path.exists()}
    report.waiting = len(watcher.seen)


def take_links(home: Home, ready: list[Path], known: Mapping[Path, SourceMapping], watcher: Watcher, report: Look) -> None:
    """Every published schedule that is there whole, folder by folder."""
    for folder in sorted({file.parent for file in ready} & set(known)):
        files = [file for file in ready if file.parent == folder]
        found = tried(report, lambda folder=folder, files=files: links_taken(home, known[folder], files, report.at))  # type: ignore[misc]
        taken, overdue = found or ([], [])
        report.taken += taken
        report.problems += overdue
        watcher.owed = watcher.owed or any(not one.problems for one in taken)


def take_messages(home: Home, watcher: Watcher, report: Look) -> None:
    """Every message that the journal has and the lake lacks, or what was drained since the last look."""
    if watcher.draining is not None:
        report.drained, problems = watcher.draining.collected()
        report.problems += problems
    elif has_journal(home.path):
        tried(report, lambda: drain_all(home, report))
    watcher.owed = watcher.owed or report.drained > 0


def drain_all(home: Home, report: Look) -> None:
    """What was drained before one fails is counted."""
    for done in drains(home, opened(home.path), report.at):
        report.drained += sum(done.rows.values())


def refreshed(home: Home, watcher: Watcher, report: Look) -> None:
    """Bring the figures up to date where the lake moved, or may have before the watcher began; an empty lake has none."""
    there = tried(report, lambda: head(home.lake))
    if watcher.owed and there is not None and there.as_of is not None:
        made = tried(report, lambda: refresh(home, report.at))
        watcher.owed = made is None
        report.generation = made.generation if made is not None and made.published else None


def judged(home: Home, watcher: Watcher, report: Look) -> None:
    """Move the alerts when there are new figures or an hour has passed; send what is due."""
    last = watcher.evaluated_at
    if not watcher.owed and (report.generation or last is None or report.at - last >= EVALUATE_EVERY):
        moved = tried(report, lambda: evaluate(home, report.at))
        if moved is not None:
            watcher.evaluated_at, report.alerts = report.at, moved.events
            report.problems += moved.problems
    if home.settings.notify.to:
        delivered = tried(report, lambda: deliver(home, report.at))
        if delivered is not None:
            report.sent = delivered.sent
            report.problems += delivered.problems
