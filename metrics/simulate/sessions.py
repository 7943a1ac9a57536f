"""The clinic day as a queue: check-in, a room, a nurse, the clinician; every clinician's days are stepped at once."""

from dataclasses import dataclass

import numpy as np

from metrics.simulate import rates
from metrics.simulate.bookings import ATTENDED, CANCELLED_BY_PATIENT, IN_PERSON, Bookings, Clinic, Flags
from metrics.simulate.days import DAY, HOUR, MINUTE
from metrics.simulate.queues import Floats, Ints, Ragged

OPENS = 8.5 * HOUR
LUNCH = 1 * HOUR


@dataclass(frozen=True)
class Flow:
    """What happened to each booking, in UTC seconds; NaN where it did not. `slot` is its place in the template."""

    slot: Ints
    scheduled: Floats
    arrived: Floats
    roomed: Floats
    seen: Floats
    ended: Floats
    left_unseen: Flags


def in_slots(clinic: Clinic, rows: Bookings) -> tuple[Bookings, Ints]:
    """Orders the bookings by clinician, day and slot, and gives each a slot of the template.

    Those cancelled early leave their slot to others, and get one at random.
    """
    dice, many, slots = clinic.dice, len(rows), clinic.service.slots
    early = (rows.outcome >= CANCELLED_BY_PATIENT) & (clinic.midnight[rows.day] - rows.cancelled > DAY)
    wish = np.where(rows.lead == 0, 0.15 + 0.85 * dice.random(many), dice.random(many))  # same-day ones get the later slots
    session = rows.provider * clinic.days + rows.day
    order = np.lexsort((wish, session, early))
    rows, early, session = rows.where(order), early[order], session[order]
    ragged = Ragged.of(session[~early])
    taken = np.bincount(ragged.row, minlength=ragged.shape[0])[ragged.row]
    shift = dice.random(ragged.shape[0])[ragged.row]
    slot = dice.integers(0, slots, many)
    slot[~early] = np.minimum((ragged.column + shift) * slots / np.maximum(taken, slots * 0.6), slots - 1).astype(np.int64)
    order = np.lexsort((slot, session))
    return rows.where(order), slot[order]


def flow(clinic: Clinic, rows: Bookings, slot: Ints) -> Flow:
    """Times of everybody who came; rows ordered as `in_slots` leaves them."""
    minutes, many = clinic.service.minutes, len(rows)
    lunch = np.where(slot * 2 >= clinic.service.slots, LUNCH, 0.0)
    scheduled = clinic.midnight[rows.day] + OPENS + slot * minutes * MINUTE + lunch
    came = rows.outcome == ATTENDED
    session = Ragged.of((rows.provider * clinic.days + rows.day)[came])
    arrived = _arrivals(clinic, rows, scheduled)[came]
    in_person = (rows.modality == IN_PERSON)[came]
    times = _stepped(clinic, session, scheduled[came], arrived, in_person)
    roomed, seen, ended = (np.full(many, np.nan) for _ in range(3))
    roomed[came], seen[came], ended[came] = times
    shown = np.full(many, np.nan)
    shown[came] = np.where(in_person, arrived, np.nan)
    roomed[rows.modality != IN_PERSON] = np.nan
    left = (seen - shown > rates.LEFT_AFTER * MINUTE) & (clinic.dice.random(many) < rates.LEFT_SHARE)
    ended = np.where(left, shown + rates.LEFT_AFTER * MINUTE, ended)
    roomed = np.where(left & (roomed > ended), np.nan, roomed)
    return Flow(slot, scheduled, shown, roomed, np.where(left, np.nan, seen), ended, left)


def _arrivals(clinic: Clinic, rows: Bookings, scheduled: Floats) -> Floats:
    dice, many = clinic.dice, len(rows)
    offset = np.clip(dice.normal(-rates.EARLY_MINUTES, rates.EARLY_SPREAD, many), -35, 15)
    offset = np.where(dice.random(many) < rates.LATE_SHARE, dice.exponential(rates.LATE_MINUTES, many), offset)
    offset = np.where(rows.walk_in, -dice.uniform(*rates.WALK_IN_MINUTES, many), offset)
    return scheduled + np.minimum(offset, 40) * MINUTE


def _stepped(
    clinic: Clinic, session: Ragged, scheduled: Floats, arrived: Floats, in_person: Flags
) -> tuple[Floats, Floats, Floats]:
    """Roomed, seen, ended. A patient waits for a room (freed by the one before the last), then for the clinician."""
    dice, many = clinic.dice, len(scheduled)
    mean = clinic.service.service_share * clinic.service.minutes * MINUTE
    sigma = rates.SERVICE_SIGMA
    lasts = session.matrix(dice.lognormal(np.log(mean) - sigma**2 / 2, sigma, many), 0.0)
    pace = rates.PREPARATION_BY_SITE[clinic.place.site_id]
    prepare = session.matrix(_lognormal(dice, rates.PREPARATION, many) * pace * in_person, 0.0)
    nurse = session.matrix(_lognormal(dice, rates.NURSE, many) * in_person, 0.0)
    ready = np.maximum(arrived, scheduled - rates.CHECKED_IN_EARLY * MINUTE)
    ready_at = session.matrix(np.where(in_person, ready, scheduled), np.nan)
    came_at = session.matrix(np.where(in_person, arrived, scheduled), np.nan)
    late = (dice.random(session.shape[0]) < rates.LATE_START[0]) * dice.exponential(rates.LATE_START[1], session.shape[0]) * MINUTE
    free = scheduled[session.first] + late
    room_free = [np.full(session.shape[0], -np.inf)] * rates.ROOMS
    roomed, seen, ended = (np.full(session.shape, np.nan) for _ in range(3))
    for turn in range(session.shape[1]):
        room = room_free[turn % rates.ROOMS]
        roomed[:, turn] = np.maximum(ready_at[:, turn] + prepare[:, turn], room)
        seen[:, turn] = np.maximum(roomed[:, turn] + nurse[:, turn], free)
        ended[:, turn] = seen[:, turn] + lasts[:, turn]
        free = np.fmax(free, ended[:, turn])
        room_free[turn % rates.ROOMS] = np.fmax(room, ended[:, turn])
    # Slow rooming delays each patient by its own wait; the clinician sees others meanwhile, so it does not pile up.
    roomed = came_at + (roomed - came_at) * _slowness(clinic, came_at)
    delay = np.maximum(roomed + nurse - seen, 0)
    return session.flat(roomed), session.flat(seen + delay), session.flat(ended + delay)


def _slowness(clinic: Clinic, came_at: Floats) -> Floats:
    """1, or the planted factor on the wait for a room where the clinic has slowed down."""
    slow = clinic.world.plan.named("slow_clinic", clinic.place.site_id, clinic.service_id)
    if not slow:
        return np.ones_like(came_at)
    return np.where((came_at >= slow.begins) & (came_at < slow.ends), slow.size, 1.0)


def _lognormal(dice: np.random.Generator, shape: tuple[float, float], many: int) -> Floats:
    median, sigma = shape
    return dice.lognormal(np.log(median * MINUTE), sigma, many)
