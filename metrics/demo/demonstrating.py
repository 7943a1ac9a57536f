"""The demonstration: a simulated provider, from raw files to a published generation and half a year of alerts."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter

from metrics.evaluate import catch_up, evaluate
from metrics.home import Home, create_home
from metrics.home.replay import FILE, POSITION
from metrics.ingest import ingest
from metrics.refresh import refresh
from metrics.simulate import simulate
from metrics.simulate.simulation import TRUTH
from metrics.sources import find_mapping

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class DemoReport:
    """What the demonstration made, and how long it took. messages: to owners of alerts, waiting in the outbox; none is sent."""

    home: Path
    events: int
    generation: str
    messages: int
    seconds: float

    def sentence(self) -> str:
        return f"{self.home}: {self.events:,} events of a simulated provider, generation {self.generation}, in {self.seconds:.0f} s"


def demo(path: Path, scale: float, seed: int, now: datetime, progress: Progress) -> DemoReport:
    """Simulate, ingest, refresh and evaluate in the home at `path` (made where it is not there).

    The provider's two years end at `now` (UTC), to the hour: a demonstration whose data are weeks old shows nothing but
    that they are.
    """
    started = perf_counter()
    home = create_home(path)
    shutil.rmtree(home.raw, ignore_errors=True)
    for left in (FILE, POSITION):  # of a replay of the provider that this one takes the place of
        (home.path / left).unlink(missing_ok=True)
    simulate(home.raw, scale=scale, seed=seed, until=now.replace(minute=0, second=0, microsecond=0), progress=progress)
    events = ingest_raw(home, progress)
    report = refresh(home, now, progress=progress)
    catch_up(home, now, progress=progress)
    alerts = evaluate(home, now, progress)
    return DemoReport(home.path, events, report.generation, alerts.messages, perf_counter() - started)


def is_made(path: Path) -> bool:
    """Whether a demonstration was made in the home at `path`, up to a published generation."""
    return (path / "raw" / TRUTH).is_file() and any((path / "warehouse").glob("*.duckdb"))


def ingest_raw(home: Home, progress: Progress) -> int:
    """Ingest every system's folder under raw/ by the mapping of the same name. Returns how many rows were good."""
    reports = [
        ingest(
            home, find_mapping(home, folder.name), sorted(path for path in folder.iterdir() if path.is_file()), progress=progress
        )
        for folder in sorted(home.raw.iterdir())
        if folder.is_dir()
    ]
    return sum(report.read - report.rejected for report in reports)
