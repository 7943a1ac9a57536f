"""Referrals to the hospitals: those that led to a first appointment, those still waiting for one, those that ended without."""

import numpy as np
import polars as pl
from numpy.random import Generator

from metrics.simulate import rates
from metrics.simulate.appointments import Booked
from metrics.simulate.bookings import BY_REFERRAL, MISSED
from metrics.simulate.days import DAY, HOUR
from metrics.simulate.people import hospital_numbers, yes_no
from metrics.simulate.places import department
from metrics.simulate.queues import Floats, Ints
from metrics.simulate.writing import utc

SOURCE = "referral_office"
STAMPS = "%Y-%m-%dT%H:%M:%SZ"
STEPS = ("RECEIVED", "ACCEPTED", "APPT_BOOKED", "FIRST_SEEN", "LETTER_BACK", "CLOSED")
SEEN_CLOSED, MISSED_CLOSED, NEVER_CAME, REJECTED, ELSEWHERE = "DISCH", "DNA", "DECL", "REJ", "OON"


def write(booked: Booked) -> None:
    """Adds the referrals behind one hospital service's first appointments, and the ones that have none."""
    clinic, rows = booked.clinic, booked.rows
    world, place = clinic.world, clinic.place
    dice = world.dice("referrals", place.site_id, clinic.service_id)
    first = np.flatnonzero(rows.kept & (rows.channel == BY_REFERRAL) & (rows.replaces < 0) & rows.new)
    with_visit, why = _booked(booked, first, dice)
    without, why_not = _unbooked(booked, len(first), dice)
    patients = np.r_[rows.patient[first], world.people.drawn(place, len(why_not), dice)]
    stamps = [np.r_[a, b] for a, b in zip(with_visit, without, strict=True)]
    _add(booked, patients, stamps, [*why, *why_not], dice)


def _booked(booked: Booked, first: Ints, dice: Generator) -> tuple[list[Floats], list[str | None]]:
    """Sent, then each of STEPS; sent when the appointment was first asked for, seen at the last that replaced it."""
    rows, last, many = booked.rows.where(first), booked.where(_last(booked, first)), len(first)
    span = rows.booked - rows.requested
    received = rows.requested + span * dice.uniform(0.01, 0.1, many)
    accepted = received + span * dice.uniform(0.2, 0.6, many)
    seen, came = last.flow.seen, np.isfinite(last.flow.seen)
    median, sigma = rates.NOTE_DAYS
    wrote = came & (dice.random(many) < rates.NOTE_RETURNED)
    letter = np.where(wrote, last.flow.ended + dice.lognormal(np.log(median * DAY), sigma, many), np.nan)
    over = ~came | (dice.random(many) > booked.clinic.service.follow_up)  # those who need no second visit, and those who never came
    closed = np.where(over, np.fmax(last.flow.scheduled, last.flow.ended) + dice.exponential(3 * DAY, many), np.nan)
    reasons = np.select([came, last.rows.outcome == MISSED], [SEEN_CLOSED, MISSED_CLOSED], NEVER_CAME)
    return [rows.requested, received, accepted, rows.booked, seen, letter, closed], list(reasons)


def _last(booked: Booked, first: Ints) -> Ints:
    """Row of the last appointment in each chain of replacements that starts at the rows `first`."""
    numbers, replaces = booked.rows.number, booked.rows.replaces
    row_of = np.full(max(numbers.max(initial=0), replaces.max(initial=0)) + 1, -1)
    row_of[replaces[replaces >= 0]] = np.flatnonzero(replaces >= 0)  # by number: the row that replaced it
    last = first
    while (later := row_of[numbers[last]]).max(initial=-1) >= 0:
        last = np.where(later >= 0, later, last)
    return last


def _unbooked(booked: Booked, booked_ones: int, dice: Generator) -> tuple[list[Floats], list[str | None]]:
    """Referrals that were refused or went elsewhere, and the newest, which have not been booked yet."""
    world, place = booked.clinic.world, booked.clinic.place
    ended = max(4, dice.poisson(booked_ones * (rates.REJECTED + rates.OUT_OF_NETWORK)))
    waiting = max(3, dice.poisson(booked_ones / world.days * rates.UNBOOKED_DAYS))
    start = world.midnights(place)[0]
    sent = np.r_[dice.uniform(start, world.now, ended), world.now - dice.exponential(rates.UNBOOKED_DAYS * DAY, waiting)]
    sent, many = np.maximum(sent, start), ended + waiting
    received = sent + dice.lognormal(np.log(rates.RECEIVED[0] * HOUR), rates.RECEIVED[1], many)
    decided = received + dice.lognormal(np.log(rates.ACCEPTED[0] * DAY), rates.ACCEPTED[1], many)
    refused = np.arange(many) < ended
    nothing = np.full(many, np.nan)
    elsewhere = dice.random(many) < rates.OUT_OF_NETWORK / (rates.REJECTED + rates.OUT_OF_NETWORK)
    reasons = np.where(elsewhere, ELSEWHERE, REJECTED)
    accepted, closed = np.where(refused, np.nan, decided), np.where(refused, decided, np.nan)
    return [sent, received, accepted, nothing, nothing, nothing, closed], list(reasons)


def _add(booked: Booked, patient: np.ndarray, stamps: list[Floats], reasons: list[str | None], dice: Generator) -> None:
    world, place, many = booked.clinic.world, booked.clinic.place, len(patient)
    known = (stamps[0] <= world.now) & (stamps[0] >= world.midnights(place)[0])
    seen = [np.where(at <= world.now, at, np.nan) for at in stamps]
    said = np.minimum(np.fmax.reduce(seen) + dice.uniform(30, 600, many), world.now)
    dept = department(place.site_id, booked.clinic.service_id)
    closed = pl.Series(np.isfinite(seen[-1]))
    raw = pl.DataFrame({"n": dept * 10**8 + np.arange(many), "why": reasons}, schema_overrides={"why": pl.String}).select(
        REF_NO=pl.format("R{}", "n"), PAT_ID=hospital_numbers(patient), TO_DEPT=pl.lit(dept), SENT=utc(seen[0]),
        **{name: utc(at) for name, at in zip(STEPS, seen[1:], strict=True)},
        CLOSE_CD=pl.when(closed).then("why"), 
        IN_NETWORK_YN=yes_no(np.array(reasons) != ELSEWHERE), STAMP=utc(said),
    ).filter(pl.Series(known)).sort("SENT", "REF_NO")  # fmt: skip
    world.files.add_by_year(SOURCE, "referrals", raw, STAMPS, "SENT")
