"""The simulated provider after the data's now: what happens, as its systems will say it.

The day of the data's now is that of the simulation itself, so that whoever was waiting goes on waiting. Each day after it is a
new one of the same provider, with numbers of its own. Bookings reach eight weeks ahead, as the simulation made them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from metrics.simulate import emergency, phone, portal, spoken
from metrics.simulate.appointments import all_booked
from metrics.simulate.days import EPOCH
from metrics.simulate.extracts import CALLS, THREADS, VISITS, Kind, continued
from metrics.simulate.places import BOOKED_SERVICES, CONTACT_CENTRE, HOSPITALS, PATIENT_SITES, PHONE_QUEUES, Site, site
from metrics.simulate.world import World

BACKLOG = 14  # days before a day of the portal: what was not answered then is in the way
NUMBERED = 100  # teams of days to come are numbered from here, so that no number is used twice


@dataclass(frozen=True)
class Ahead:
    """messages: columns as MESSAGES, in order. extracts: of each kind of file, every row with all its stamps."""

    messages: pl.DataFrame
    extracts: tuple[tuple[Kind, pl.DataFrame], ...]


def rest_of(world: World) -> Ahead:
    """What is still to come of the world's last day, and of every booking."""
    visits = {place.site_id: pl.concat([of_department(world, place, team) for team in range(world.teams)]) for place in HOSPITALS}
    calls = [of_queue(world, queue, team) for queue in PHONE_QUEUES for team in range(world.teams)]
    threads = [of_portal(world, team, -np.inf) for team in range(world.teams)]
    booked = [
        spoken.of_appointments(all_booked(world, place, service))
        for place in PATIENT_SITES for service in BOOKED_SERVICES[place.kind]
        if world.plan.named("dead_feed", place.site_id, service) is None  # nobody hears of them
    ]  # fmt: skip
    return put_together(world.now, visits, calls, threads, booked)


def day_of(world: World, day: date) -> Ahead:
    """A day after the world's last one: what comes in by itself."""
    number = (day - EPOCH).days
    nth = number - world.first - world.days + 1
    one, fortnight = replace(world, first=number, days=1), replace(world, first=number - BACKLOG, days=BACKLOG + 1)
    teams = [NUMBERED + nth * world.teams + team for team in range(world.teams)]
    visits = {place.site_id: pl.concat([of_department(one, place, team, only=1) for team in teams]) for place in HOSPITALS}
    calls = [of_queue(one, queue, team) for queue in PHONE_QUEUES for team in teams]
    midnight = float(one.midnights(site(CONTACT_CENTRE))[0])
    return put_together(world.now, visits, calls, [of_portal(fortnight, team, midnight) for team in teams], [])


def put_together(
    now: float, visits: dict[str, pl.DataFrame], calls: Iterable[pl.DataFrame], threads: Iterable[pl.DataFrame],
    booked: list[pl.DataFrame],
) -> Ahead:  # fmt: skip
    said = [spoken.of_visits(rows, place) for place, rows in visits.items()]
    messages = pl.concat([*said, *booked]).filter(pl.col("at") > now).sort("at", "turn", "text")
    return Ahead(messages, ((VISITS, pl.concat(visits.values(), how="vertical_relaxed")), (CALLS, pl.concat(calls)),
                            (THREADS, pl.concat(threads))))  # fmt: skip


def of_department(world: World, place: Site, team: int, only: int | None = None) -> pl.DataFrame:
    """Rows of the extract. only: of a clinical day by its number in the world, else of all of them in the window."""
    rows = emergency.attendances(world, place, team)
    rows = rows.where(rows.arrived >= world.midnights(place)[0] if only is None else rows.day == only)

    def raw(at: World, which: np.ndarray) -> pl.DataFrame:
        return emergency.raw(at, place, rows.where(which), at.dice("emergency_raw", place.site_id, team), team)

    return continued(VISITS, world, rows.arrived <= world.now, raw)


def of_queue(world: World, queue: str, team: int) -> pl.DataFrame:
    rows = phone.calls(world, queue, team)
    return continued(CALLS, world, rows.rang <= world.now, lambda at, which: phone.raw(at, queue, rows.where(which), team))


def of_portal(world: World, team: int, since: float) -> pl.DataFrame:
    """since: UTC seconds before which what was written is another day's."""
    rows = portal.messages(world, team)
    rows = rows.where(rows.sent >= since)
    return continued(THREADS, world, rows.sent <= world.now, lambda at, which: portal.raw(at, rows.where(which), team))


def days_between(first: date, last: date) -> list[date]:
    """The days after the first up to the last."""
    return [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
