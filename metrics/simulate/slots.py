"""The weekly census of one clinician's template: which slots ahead are free, taken or held, as seen on Monday morning."""

import numpy as np
import polars as pl

from metrics.simulate import rates
from metrics.simulate.appointments import Booked
from metrics.simulate.bookings import AFTER, BEFORE
from metrics.simulate.days import HOUR, MINUTE
from metrics.simulate.places import department
from metrics.simulate.queues import Floats
from metrics.simulate.sessions import LUNCH, OPENS
from metrics.simulate.writing import local, utc

SOURCE = "slot_census"
STAMPS = "%Y-%m-%d %H:%M"
STATES = ("OPEN", "TAKEN", "FROZEN")


def write(booked: Booked) -> None:
    """Adds the censuses of one service: on Mondays at seven, the listed slots of the week before and of the next four weeks.

    Every Monday from scale 0.25 up; less often below, so that the census does not outgrow the rest.
    """
    clinic = booked.clinic
    world, place, dice = clinic.world, clinic.place, clinic.world.dice("slots", clinic.place.site_id, clinic.service_id)
    open_days = np.flatnonzero(clinic.next_open == np.arange(clinic.days))
    mondays = BEFORE + np.flatnonzero(world.weekdays() == 0)
    mondays = mondays[-1 :: -max(1, round(rates.CENSUS_WEEKLY_FROM / world.scale))][::-1]
    mondays = mondays[clinic.midnight[mondays] + rates.CENSUS_HOUR * HOUR <= world.now]
    since, until = mondays[:, None] - rates.CENSUS_BACK, mondays[:, None] + rates.CENSUS_DAYS
    week, column = np.nonzero((open_days >= since) & (open_days <= until) & (open_days != mondays[:, None]))
    census, day = np.repeat(mondays[week], len(rates.CENSUS_SLOTS)), np.repeat(open_days[column], len(rates.CENSUS_SLOTS))
    position = np.tile(np.arange(len(rates.CENSUS_SLOTS)), len(week))
    slot = np.array([number % clinic.service.slots for number in rates.CENSUS_SLOTS])[position]
    asked = clinic.midnight[census] + rates.CENSUS_HOUR * HOUR
    held = dice.random((clinic.days, len(rates.CENSUS_SLOTS))) < rates.HELD
    state = np.where(_taken(booked, day, position, asked), 1, np.where(held[day, position], 2, 0))
    lunch = np.where(slot * 2 >= clinic.service.slots, LUNCH, 0.0)
    starts = clinic.midnight[day] + OPENS + slot * clinic.service.minutes * MINUTE + lunch
    dept = department(place.site_id, clinic.service_id)
    number = (dept * 10**6 + day + world.first - BEFORE) * 100 + slot
    raw = pl.DataFrame({"n": number, "state": state}).select(
        SLOT_KEY=pl.format("S{}", "n"), DEPT_ID=pl.lit(dept), PROV_ID=pl.lit(dept * 1000),
        BLOCK=pl.when(pl.Series(position) == 0).then(pl.lit("NEW")).otherwise(pl.lit("FU")),
        SLOT_BEGIN=local(starts, place.zone), SLOT_MIN=pl.lit(clinic.service.minutes),
        STATE=pl.col("state").replace_strict(dict(enumerate(STATES)), return_dtype=pl.String),
        CENSUS_TAKEN=local(asked, place.zone), WRITTEN_UTC=utc(np.minimum(asked + 5 * MINUTE, world.now)),
    )  # fmt: skip
    world.files.add_by_year(SOURCE, "census", raw, STAMPS, "CENSUS_TAKEN")


def _taken(booked: Booked, day: np.ndarray, position: np.ndarray, asked: Floats) -> np.ndarray:
    """Whether somebody stood in the slot at the census: booked by then, and not cancelled by then."""
    rows, taken = booked.rows, np.zeros(len(day), bool)
    shape = (BEFORE + booked.clinic.world.days + AFTER, len(rates.CENSUS_SLOTS))
    for number, slot in enumerate(rates.CENSUS_SLOTS):
        mine = (rows.provider == 0) & (booked.flow.slot == slot % booked.clinic.service.slots) & ~np.isfinite(rows.cancelled)
        made = np.full(shape[0], np.inf)
        np.minimum.at(made, rows.day[mine], rows.booked[mine])
        here = position == number
        taken[here] = made[day[here]] <= asked[here]
    return taken
