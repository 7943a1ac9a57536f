"""The whole simulated provider: every room in turn, each writing its raw files as it goes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

from metrics.errors import UserError
from metrics.simulate import appointments, cases, emergency, phone, portal, referrals, slots, surveys
from metrics.simulate.days import DAY, day_number
from metrics.simulate.people import People
from metrics.simulate.places import BOOKED_SERVICES, CLINICS, HOSPITALS, PATIENT_SITES, PHONE_QUEUES, Site
from metrics.simulate.planted import Plan
from metrics.simulate.world import World
from metrics.simulate.writing import RawFiles

UNTIL = datetime(2026, 11, 1, 8)  # UTC, the data's now when none is given: the same data on any day
SMALLEST, LARGEST = 0.01, 100.0
SHORTEST, LONGEST = 0.25, 10.0  # years
TRUTH = "truth.json"
SOURCES = ("patient_register", appointments.SOURCE, emergency.SOURCE, phone.SOURCE, phone.REPORT, portal.SOURCE, cases.SOURCE,
           referrals.SOURCE, slots.SOURCE, surveys.SOURCE)  # fmt: skip

Progress = Callable[[str, int, int | None], None]  # what is being made, how much of it is done, of how much


@dataclass(frozen=True)
class SimulationReport:
    """What was written: files and rows of each source; the mapping of the same name in queries/sources reads them."""

    out: Path
    files: dict[str, tuple[Path, ...]]
    rows: dict[str, int]
    truth: Path
    seconds: float

    @property
    def total_rows(self) -> int:
        return sum(self.rows.values())

    def sentence(self) -> str:
        files = sum(map(len, self.files.values()))
        return (
            f"Wrote {self.total_rows:,} rows of {len(self.files)} sources in {files} files to {self.out} "
            f"in {self.seconds:.1f} seconds. What was planted in them: {self.truth}."
        )

    def to_dict(self) -> dict[str, object]:
        files = {source: [str(path) for path in paths] for source, paths in self.files.items()}
        return {
            "out": str(self.out),
            "truth": str(self.truth),
            "files": files,
            "rows": self.rows,
            "seconds": round(self.seconds, 3),
        }


def simulate(
    out: Path, scale: float = 1.0, seed: int = 1, until: date | datetime = UNTIL, years: float = 2, progress: Progress | None = None
) -> SimulationReport:
    """Writes two years of a provider of a dozen sites as raw files under `out`, one folder a source, and truth.json.

    scale 1 is about two million rows; `until` is the data's now (UTC; a date means its midnight, a naive time is UTC):
    nothing is recorded after it. The same seed, scale, until and years give the same bytes. The files of an earlier
    simulation in `out` are replaced. Raises UserError when a number is out of range or `out` holds anything else.
    """
    started = perf_counter()
    _refuse(out, scale, years)
    _clear(out)
    world = world_of(out, scale, seed, until, years)
    truth = _truth(world, until, years)
    for what, steps in _rooms(world).items():
        for done, step in enumerate(steps):
            if progress:
                progress(what, done, len(steps))
            step()
        if progress:
            progress(what, len(steps), len(steps))
    files = {source: tuple(paths) for source, paths in world.files.files.items()}
    return SimulationReport(out, files, world.files.rows, truth, perf_counter() - started)


def _refuse(out: Path, scale: float, years: float) -> None:
    problems = []
    if not SMALLEST <= scale <= LARGEST:
        problems.append(f"scale is {scale}: give a number from {SMALLEST} to {LARGEST:g}.")
    if not SHORTEST <= years <= LONGEST:
        problems.append(f"years is {years}: give a number from {SHORTEST} to {LONGEST:g}.")
    if out.is_dir() and any(out.iterdir()) and not (out / TRUTH).is_file():
        problems.append(f"{out} holds files that no simulation wrote: name a new or empty folder.")
    if out.exists() and not out.is_dir():
        problems.append(f"{out} is a file: name a folder.")
    if problems:
        raise UserError(*problems)


def _clear(out: Path) -> None:
    """Makes the folder, without the raw files of an earlier simulation: old ones must not be read with new ones."""
    out.mkdir(parents=True, exist_ok=True)
    for source in SOURCES:
        for path in (out / source).glob("*.csv"):
            path.unlink()


def world_of(out: Path, scale: float, seed: int, until: date | datetime, years: float) -> World:
    """The provider that `simulate` writes: the same numbers give the same world, and so the same future."""
    instant = until if isinstance(until, datetime) else datetime.combine(until, time(0))
    instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    now, days = instant.timestamp(), round(365.25 * years)
    first = day_number(instant.date()) - days
    people = People.of(scale, np.random.default_rng([seed, 1]))
    return World(seed, scale, first, days + 1, now, people, Plan.within(first * DAY, now), RawFiles(out))


def _rooms(world: World) -> dict[str, list[Callable[[], None]]]:
    """The parts of the provider by what they make, each as the steps that make it."""
    booked = [(place, service) for place in PATIENT_SITES for service in BOOKED_SERVICES[place.kind]]
    return {
        "simulating patients": [partial(_register, world)],
        "simulating appointments": [partial(_booked_service, world, place, service) for place, service in booked],
        "simulating emergency visits": [partial(_emergency, world, place) for place in HOSPITALS],
        "simulating calls": [partial(_phone, world, queue) for queue in PHONE_QUEUES],
        "simulating portal messages": [partial(_portal, world)],
        "simulating complaints and bills": [partial(cases.write, world, place) for place in PATIENT_SITES],
    }


def _register(world: World) -> None:
    for clinic in CLINICS:
        frame = world.people.register(clinic, world.midnights(clinic)[0], world.dice("register", clinic.site_id))
        world.files.add("patient_register", f"patients_{clinic.site_id}", frame, "%Y-%m-%d %H:%M:%S")


def _booked_service(world: World, place: Site, service: str) -> None:
    booked = appointments.booked_at(world, place, service)
    appointments.write(booked)
    slots.write(booked)
    surveys.after_appointments(booked)
    if place.kind == "hospital":
        referrals.write(booked)


def _emergency(world: World, place: Site) -> None:
    for team in range(world.teams):
        rows = emergency.attendances(world, place, team)
        emergency.write(world, place, rows, team)
        surveys.after_attendances(world, place, rows, team)


def _phone(world: World, queue: str) -> None:
    report = []
    for team in range(world.teams):
        rows = phone.calls(world, queue, team)
        phone.write(world, queue, rows, team)
        report.append(phone.daily_counts(world, rows))
    phone.write_report(world, queue, sum(report[1:], report[0]))


def _portal(world: World) -> None:
    for team in range(world.teams):
        portal.write(world, portal.messages(world, team), team)


def _truth(world: World, until: date | datetime, years: float) -> Path:
    """Written first, so that a simulation cut short can be run again into the same folder."""
    path = world.files.out / TRUTH
    told = {"seed": world.seed, "scale": world.scale, "until": str(until), "years": years, "changes": world.plan.truth()}
    path.write_text(json.dumps(told, indent=2) + "\n")
    return path
