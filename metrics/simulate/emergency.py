"""Emergency attendances: arrivals by the hour, clinicians by shift, the sickest first; those who tire of waiting leave."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.random import Generator

from metrics.simulate import rates
from metrics.simulate.days import HOUR, MINUTE
from metrics.simulate.people import hospital_numbers, yes_no
from metrics.simulate.places import EMERGENCY, Site, department
from metrics.simulate.queues import Floats, Ints, Ragged, served_by_priority
from metrics.simulate.world import World
from metrics.simulate.writing import utc, with_offset
from metrics.simulate.wrong import with_wrong_rows

SOURCE = "ehr_visits"
STAMPS = "%Y-%m-%dT%H:%M:%S%:z"  # local with its offset
DAY_BEGINS = 7  # local hour at which a clinical day begins: the department is at its emptiest
NEVER = 1e8  # seconds of patience that no wait reaches
DISCHARGED, ADMITTED, TRANSFERRED, BEFORE_TRIAGE, UNSEEN, ADVICE, ELOPED, DIED, DOA = 1, 2, 3, 4, 5, 6, 7, 8, 9


@dataclass(frozen=True)
class Attendances:
    """One row an attendance; UTC seconds, NaN where it did not happen. `disposition` is the EHR's code."""

    day: Ints
    patient: Ints
    arrived: Floats
    acuity: Ints
    triaged: Floats
    roomed: Floats
    seen: Floats
    decided: Floats
    departed: Floats
    disposition: Ints

    def where(self, wanted: np.ndarray) -> "Attendances":
        return Attendances(*(column[wanted] for column in vars(self).values()))


def attendances(world: World, place: Site, team: int) -> Attendances:
    """One team's attendances over the whole window, already thinned."""
    dice = world.dice("emergency", place.site_id, team)
    midnight = world.midnights(place, before=1)
    day, after = _arrivals(world, place, dice)
    acuity = 1 + dice.choice(5, len(day), p=rates.ACUITY_SHARES)
    waited = _waits(world, place, day, after, acuity, dice, world.dice("leaving_soon", place.site_id, team))
    kept = dice.random(len(day)) < world.thinning
    day, acuity, waited = day[kept], acuity[kept], waited[kept]
    arrived = midnight[day] + DAY_BEGINS * HOUR + after[kept]
    return _journeys(world, place, day, arrived, acuity, waited, dice)


def _arrivals(world: World, place: Site, dice: Generator) -> tuple[Ints, Floats]:
    """Clinical day of each arrival, sorted, and seconds after its beginning (07:00). Day 0 began before the window."""
    days = world.days + 1
    mean = rates.ARRIVALS_A_DAY * place.weight * np.array(rates.ED_WEEKDAY)[world.weekdays(before=1)]
    mean = mean * (1 + rates.ED_WINTER * world.season(before=1)) * dice.lognormal(0, 0.05, days)
    hourly = np.roll(rates.HOURLY, -DAY_BEGINS) / np.sum(rates.HOURLY)
    day = np.repeat(np.arange(days), dice.poisson(mean))
    after = (dice.choice(24, len(day), p=hourly) + dice.random(len(day))) * HOUR
    order = np.lexsort((after, day))
    return day, after[order]


def _waits(world: World, place: Site, day: Ints, after: Floats, acuity: Ints, dice: Generator, soon: Generator) -> Floats:
    """Seconds from arrival until a clinician comes; minus the patience for those who left first.

    soon: draws who gives up within minutes, and after how many; apart, so that nobody else's draws depend on it.
    """
    many, ragged = len(day), Ragged.of(day)
    sigma = rates.CLINICIAN_SIGMA
    mean = np.array(rates.CLINICIAN_MINUTES)[acuity - 1] * MINUTE / (place.weight * rates.ED_PACE[place.site_id])
    hands_on = dice.lognormal(np.log(mean) - sigma**2 / 2, sigma, many)
    median, spread = rates.PATIENCE
    patience = np.where(acuity <= 2, NEVER, dice.lognormal(np.log(median * MINUTE), spread, many))
    briefly = _lognormal(soon, rates.SOON, many)
    patience = np.where((soon.random(many) < rates.LEAVES_SOON) & (acuity > 2), np.minimum(patience, briefly), patience)
    on, off = _shifts(world, place, ragged)
    arrival, lasts, until, rank = (ragged.matrix(column) for column in (after, hands_on, patience, acuity.astype(float)))
    begins = served_by_priority(arrival, lasts, until, rank, on, off)
    waited = ragged.flat(begins) - after
    return np.where(np.isnan(waited), -np.minimum(patience, 14 * HOUR), waited)


def _shifts(world: World, place: Site, ragged: Ragged) -> tuple[Floats, Floats]:
    """On and off of each clinician, days x clinicians; the planted change takes evening clinicians away."""
    on = [HOUR * begins for begins, _, many in rates.SHIFTS for _ in range(many)]
    off = [HOUR * ends for _, ends, many in rates.SHIFTS for _ in range(many)]
    starts, stops = np.tile(on, (ragged.shape[0], 1)), np.tile(off, (ragged.shape[0], 1))
    worse = world.plan.named("worse_emergency", place.site_id, EMERGENCY)
    if worse:
        opened = world.midnights(place, before=1)
        evening = np.flatnonzero((np.array(on) >= 7 * HOUR) & (np.array(on) < 15 * HOUR))[: int(-worse.size)]
        bad = np.flatnonzero((opened >= worse.begins) & (opened < worse.ends))
        stops[np.ix_(bad, evening)] = 0.0
    return starts, stops


def _journeys(world: World, place: Site, day: Ints, arrived: Floats, acuity: Ints, waited: Floats, dice: Generator) -> Attendances:
    """The stamps that follow from the wait: triage, room, treatment, decision, a bed, the door."""
    many, left = len(day), waited < 0
    triaged = arrived + _lognormal(dice, rates.TRIAGE, many) * np.where(acuity <= 2, 0.3, 1.0)
    pick_up = _lognormal(dice, rates.PICK_UP, many) * rates.PICK_UP_BY_SITE[place.site_id] * (acuity > 2)
    seen = np.where(left, np.nan, np.maximum(arrived + waited, triaged + MINUTE) + pick_up)
    roomed = np.maximum(seen - _lognormal(dice, rates.ROOM_BEFORE_SEEN, many), triaged)
    median, sigma = np.array(rates.TREATMENT)[acuity - 1].T
    treatment = dice.lognormal(np.log(median * MINUTE), sigma)
    disposition = _dispositions(acuity, dice)
    admitted = disposition == ADMITTED
    decided = np.where(admitted & ~left, seen + treatment * rates.DECISION_SHARE, np.nan)
    pressure = rates.BOARDING_BY_SITE[place.site_id] * np.exp(
        rates.BOARDING_WINTER * world.season(before=1) + dice.normal(0, rates.BOARDING_DAY_SIGMA, world.days + 1)
    )
    boarding = np.where(admitted, _lognormal(dice, rates.BOARDING, many) * pressure[day], 0.0)
    gone = arrived - waited
    disposition = np.where(left, np.where(gone < triaged, BEFORE_TRIAGE, UNSEEN), disposition)
    departed = np.where(left, gone, np.where(admitted, decided + boarding, seen + treatment))
    dead = disposition == DOA
    patient = world.people.drawn(place, many, dice)
    triaged = np.where(disposition == BEFORE_TRIAGE, np.nan, triaged)
    return Attendances(day, patient, arrived, acuity, triaged, roomed,
                       seen, decided, np.where(dead, seen + 20 * MINUTE, departed), disposition)  # fmt: skip


def _dispositions(acuity: Ints, dice: Generator) -> Ints:
    """How the attendance ends for those who are seen."""
    many = len(acuity)
    rare = np.cumsum([rates.AGAINST_ADVICE, rates.ELOPED, rates.TRANSFERRED, rates.DIED, rates.DEAD_ON_ARRIVAL])
    draw = dice.random(many)
    usual = np.where(dice.random(many) < np.array(rates.ADMITTED)[acuity - 1], ADMITTED, DISCHARGED)
    codes = np.array([ADVICE, ELOPED, TRANSFERRED, DIED, DOA, 0])
    rarely = codes[np.searchsorted(rare, draw)]
    rarely = np.where((rarely >= DIED) & (acuity > 2), 0, rarely)
    return np.where(rarely > 0, rarely, usual)


def _lognormal(dice: Generator, shape: tuple[float, float], many: int) -> Floats:
    median, sigma = shape
    return dice.lognormal(np.log(median * MINUTE), sigma, many)


def write(world: World, place: Site, rows: Attendances, team: int) -> None:
    """Adds what the department has recorded by now: those still there have no departure."""
    dice = world.dice("emergency_raw", place.site_id, team)
    rows = rows.where((rows.arrived <= world.now) & (rows.arrived >= world.midnights(place)[0]))
    before = dict.fromkeys(("TRIAGE_TM", "BED_TM", "MD_TM", "ADMIT_ORDER_TM", "DEPART_TM", "ESI", "DISP_CD"))
    spoilt = with_wrong_rows(
        raw(world, place, rows, dice, team), dice, early="TRIAGE_TM", late="DEPART_TM", empty="BED_TM", status="DISP_CD",
        before=before | {"UPDATED_UTC": pl.col("_said")},
    )  # fmt: skip
    world.files.add_by_year(SOURCE, f"ed_{place.site_id}", spoilt.drop("_said"), STAMPS, "ARRIVE_TM")


def raw(world: World, place: Site, rows: Attendances, dice: Generator, team: int) -> pl.DataFrame:
    """The rows as the department's extract has them at the data's now."""
    many, now = len(rows.arrived), world.now
    stamps = {"TRIAGE_TM": rows.triaged, "BED_TM": rows.roomed, "MD_TM": rows.seen, "ADMIT_ORDER_TM": rows.decided,
              "DEPART_TM": rows.departed}  # fmt: skip
    stamps = {name: np.where(at <= now, at, np.nan) for name, at in stamps.items()}
    last = np.fmax.reduce([rows.arrived, *stamps.values()])
    said = np.minimum(last + dice.uniform(5, 120, many), now)
    triaged = np.isfinite(stamps["TRIAGE_TM"])
    modes = dice.choice(list(rates.ARRIVAL_MODES), many, p=list(rates.ARRIVAL_MODES.values()))
    numbers = pl.DataFrame({"n": (department(place.site_id, EMERGENCY) * 1000 + team) * 10**7 + np.arange(many)})
    return pl.DataFrame({
        "VISIT_NO": numbers.select(id=pl.format("V{}", "n"))["id"],
        "PAT_ID": hospital_numbers(rows.patient),
        "DEPT_ID": np.full(many, department(place.site_id, EMERGENCY)), "ARR_MODE": modes,
        "ESI": pl.Series(np.where(triaged, rows.acuity, 0)).replace({0: None}),
        "ARRIVE_TM": with_offset(rows.arrived, place.zone),
        **{name: with_offset(at, place.zone) for name, at in stamps.items()},
        "DISP_CD": pl.Series(np.where(np.isfinite(stamps["DEPART_TM"]), rows.disposition, 0)).replace({0: None}),
        "OBS_YN": yes_no(dice.random(many) < rates.OBSERVATION), "MH_YN": yes_no(dice.random(many) < rates.MENTAL_HEALTH),
        "UPDATED_UTC": utc(said).dt.replace_time_zone("UTC"),
        "_said": utc(np.minimum(rows.arrived + 30, said)).dt.replace_time_zone("UTC"),
    })  # fmt: skip
