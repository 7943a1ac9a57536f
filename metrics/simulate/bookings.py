"""Who books what when, and whether they come: first bookings, their follow-ups and replacements, generation by generation.

A follow-up exists because somebody attended, a replacement because somebody cancelled, so returns, no-shows, lead
times and reminders hang together.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from metrics.simulate import rates
from metrics.simulate.days import DAY, HOUR
from metrics.simulate.places import Site
from metrics.simulate.queues import Floats, Ints
from metrics.simulate.rates import Service
from metrics.simulate.world import World

Flags = NDArray[np.bool_]

BEFORE = 120  # days ahead of the window that are run first, so that follow-ups are there on its first day
AFTER = 84 + rates.FUTURE_DAYS
GENERATIONS = 14  # longest chain of visits that follow from one another
ATTENDED, MISSED, CANCELLED_BY_PATIENT, CANCELLED_BY_PROVIDER = 0, 1, 2, 3
BY_PORTAL, BY_PHONE, AT_DESK, OTHER_CHANNEL, BY_REFERRAL = 0, 1, 2, 3, 4
IN_PERSON, VIDEO, BY_TELEPHONE = 0, 1, 2
LAST_CANCELLATION = 8.25 * HOUR  # of the day itself


@dataclass(frozen=True)
class Bookings:
    """Columns of equal length. Instants are UTC seconds, NaN where unknown; `day` counts from BEFORE days ahead of the window."""

    number: Ints
    day: Ints
    provider: Ints
    patient: Ints
    kept: Flags  # survives the thinning at small scales
    new: Flags
    walk_in: Flags
    lead: Ints  # days
    booked: Floats
    requested: Floats
    channel: Ints
    modality: Ints
    replaces: Ints  # number of the appointment it replaces, -1 for none
    outcome: Ints
    cancelled: Floats
    reminded: Floats

    def __len__(self) -> int:
        return len(self.number)

    def where(self, rows: Flags | Ints) -> "Bookings":
        return Bookings(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def stacked(cls, parts: list["Bookings"]) -> "Bookings":
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


@dataclass(frozen=True)
class Clinic:
    """One service at one site, with what its bookings need to know."""

    world: World
    place: Site
    service_id: str
    service: Service
    providers: int
    thinned: int  # one patient of so many is kept
    midnight: Floats
    next_open: Ints  # for each day, the first working day from it on
    dice: Generator

    @classmethod
    def of(cls, world: World, place: Site, service_id: str) -> "Clinic":
        service = rates.SERVICES[service_id]
        wanted = service.providers * place.weight * world.scale
        providers = max(1, round(wanted))
        days = BEFORE + world.days + AFTER
        index = np.where(world.working(place, BEFORE, AFTER), np.arange(days), days)
        return cls(world, place, service_id, service, providers, max(1, round(providers / wanted)),
                   world.midnights(place, BEFORE, AFTER), np.minimum.accumulate(index[::-1])[::-1],
                   world.dice("appointments", place.site_id, service_id))  # fmt: skip

    @property
    def days(self) -> int:
        return len(self.midnight)


def all_bookings(clinic: Clinic) -> Bookings:
    """Every booking made by now for a day in the window or ahead of it, ordered by nothing in particular."""
    generation = _with_outcome(clinic, _first(clinic))
    parts = [generation]
    for _ in range(GENERATIONS):
        children = _children(clinic, generation, sum(map(len, parts)))
        if not len(children):
            break
        generation = _with_outcome(clinic, children)
        parts.append(generation)
    rows = Bookings.stacked(parts)
    return rows.where((rows.day >= BEFORE) & (rows.day < BEFORE + clinic.world.days + rates.FUTURE_DAYS))


def _first(clinic: Clinic) -> Bookings:
    """First bookings of every working day, by lead-time class."""
    dice, service, world = clinic.dice, clinic.service, clinic.world
    open_days = np.flatnonzero(clinic.next_open == np.arange(clinic.days))
    demand = np.array(rates.WEEKDAY_DEMAND)[world.weekdays(BEFORE, AFTER)[open_days]]
    demand = demand * (1 + rates.WINTER_DEMAND * world.season(BEFORE, AFTER)[open_days])
    demand = demand * (1 + rates.YEARLY_GROWTH * (open_days - clinic.days / 2) / 365)
    day = np.repeat(open_days, dice.poisson(clinic.providers * service.first_visits * demand))
    many = len(day)
    low, high = np.array(rates.LEADS)[dice.choice(len(rates.LEADS), many, p=service.leads)].T
    lead = low + ((high - low + 1) * dice.random(many) ** 1.3).astype(np.int64)
    walk_in = (lead == 0) & (dice.random(many) < service.walk_in / service.leads[0])
    booked = np.where(lead == 0, np.nan, clinic.midnight[np.maximum(day - lead, 0)] + dice.uniform(8, 19, many) * HOUR)
    new = dice.random(many) < service.new
    referred = new & (clinic.place.kind == "hospital")
    channel = np.where(referred, BY_REFERRAL, _channel(clinic, day - lead, many))
    return Bookings(
        np.arange(many), day, dice.integers(0, clinic.providers, many), world.people.drawn(clinic.place, many, dice),
        dice.random(many) < 1 / clinic.thinned, new, walk_in, lead, booked, booked - _asked_before(dice, referred), channel,
        np.where(walk_in, IN_PERSON, _modality(clinic, many)), np.full(many, -1), np.zeros(many, np.int64),
        np.full(many, np.nan), np.full(many, np.nan),
    )  # fmt: skip


def _asked_before(dice: Generator, referred: Flags) -> Floats:
    """Seconds from the first asking to the booking: the referral office's steps, or none for those who book themselves."""
    many = len(referred)
    hours, sigma = rates.RECEIVED
    steps = dice.lognormal(np.log(hours), sigma, many) * HOUR
    for days, spread in (rates.ACCEPTED, rates.BOOKING):
        steps += dice.lognormal(np.log(days), spread, many) * DAY
    return np.where(referred, steps, 0.0)


def _channel(clinic: Clinic, day: Ints, many: int) -> Ints:
    """Booking channel; out of working days only the portal is open."""
    channel = clinic.dice.choice(len(rates.CHANNELS), many, p=rates.CHANNEL_SHARES)
    return np.where(clinic.next_open[np.maximum(day, 0)] == day, channel, BY_PORTAL)


def _modality(clinic: Clinic, many: int) -> Ints:
    by_phone = 0.55  # of virtual visits
    dice = clinic.dice.random(many)
    virtual = clinic.service.virtual
    return np.where(dice < virtual * by_phone, BY_TELEPHONE, np.where(dice < virtual, VIDEO, IN_PERSON))


def _with_outcome(clinic: Clinic, rows: Bookings) -> Bookings:
    """Draws cancellation, then attendance: the chance of a no-show rises with lead time and falls with a reminder."""
    dice, many = clinic.dice, len(rows)
    lead_class = np.searchsorted([high for _, high in rates.LEADS[:-1]], rows.lead)
    opens = clinic.midnight[rows.day] + LAST_CANCELLATION
    remind = clinic.midnight[np.maximum(rows.day - int(rates.REMINDER_LEAD / DAY), 0)] + rates.REMINDER_HOUR * HOUR
    stopped = clinic.world.plan.named("reminders_stopped", clinic.place.site_id)
    due = clinic.world.people.mobile[rows.patient] & (rows.booked < remind) & (rows.lead >= 2)
    if stopped:
        due &= (remind < stopped.begins) | (remind >= stopped.ends)
    draw = dice.random(many)
    patient = np.array(rates.CANCEL_PATIENT)[lead_class] * np.where(due, rates.REMINDER_CANCEL_RATIO, 1.0)
    provider = np.where(rows.lead > 0, rates.CANCEL_PROVIDER, 0.0)
    miss = np.array(rates.NO_SHOW)[lead_class] * clinic.service.missed * clinic.world.people.no_show_factor(rows.patient)
    miss = np.minimum(miss * np.where(due, rates.REMINDER_RISK_RATIO, 1.0), 0.9) * ~rows.walk_in
    outcome = np.where(dice.random(many) < miss, MISSED, ATTENDED)
    outcome = np.where(draw < patient, CANCELLED_BY_PATIENT, np.where(draw < patient + provider, CANCELLED_BY_PROVIDER, outcome))
    left = np.maximum(opens - rows.booked, 0) * dice.random(many) ** rates.CANCEL_SKEW
    cancelled = np.where(outcome >= CANCELLED_BY_PATIENT, opens - left, np.nan)
    reminded = np.where(due & ~(cancelled < remind), remind + dice.uniform(0, HOUR, many), np.nan)
    return replace(rows, outcome=outcome, cancelled=cancelled, reminded=reminded)


def _children(clinic: Clinic, rows: Bookings, first_number: int) -> Bookings:
    """Follow-ups of attended visits, and linked replacements of cancelled ones."""
    dice, many = clinic.dice, len(rows)
    chance = np.select(
        [rows.outcome == ATTENDED, rows.outcome == CANCELLED_BY_PATIENT, rows.outcome == CANCELLED_BY_PROVIDER],
        [clinic.service.follow_up, rates.RESCHEDULED_PATIENT, rates.RESCHEDULED_PROVIDER], 0.0)  # fmt: skip
    rows = rows.where(dice.random(many) < chance)
    many, moved = len(rows), rows.outcome != ATTENDED
    made = np.where(moved, rows.cancelled, clinic.midnight[rows.day] + dice.uniform(10, 18, many) * HOUR)
    made_day = np.searchsorted(clinic.midnight, made, side="right") - 1
    gap = np.where(moved, 2 + dice.exponential(rates.RESCHEDULED_DAYS, many),
                   dice.lognormal(np.log(clinic.service.follow_up_days), 0.35, many))  # fmt: skip
    target = np.where(moved, np.maximum(rows.day, made_day + 1), rows.day + 1)  # never before the one it replaces
    target = np.maximum(target, made_day + np.round(gap).astype(np.int64))
    day = clinic.next_open[np.minimum(target, clinic.days - 1)]
    children = replace(
        rows, day=day, lead=day - made_day, booked=made,
        requested=np.where(moved & np.isfinite(rows.requested), rows.requested, made), new=rows.new & moved,
        walk_in=np.zeros(many, bool), channel=np.where(moved, rows.channel, AT_DESK),
        provider=np.where(dice.random(many) < 0.8, rows.provider, dice.integers(0, clinic.providers, many)),
        modality=np.where(moved, rows.modality, _modality(clinic, many)), replaces=np.where(moved, rows.number, -1),
    )  # fmt: skip
    children = children.where((day < clinic.days) & (made <= clinic.world.now))
    return replace(children, number=first_number + np.arange(len(children)))
