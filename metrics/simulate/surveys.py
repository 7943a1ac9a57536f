"""Surveys after a visit: a share is asked, fewer answer, and those who waited long are less pleased."""

import numpy as np
import polars as pl
from numpy.random import Generator

from metrics.simulate import rates
from metrics.simulate.appointments import Booked
from metrics.simulate.days import DAY, HOUR
from metrics.simulate.emergency import Attendances
from metrics.simulate.people import hospital_numbers
from metrics.simulate.places import EMERGENCY, Site
from metrics.simulate.queues import Floats, Ints
from metrics.simulate.world import World
from metrics.simulate.writing import utc

SOURCE = "survey_vendor"
STAMPS = "%Y-%m-%dT%H:%M:%SZ"
LONG_WAIT = {"OP": 30.0, "ED": 150.0}  # minutes from arrival to being seen past which the score falls


def after_appointments(booked: Booked) -> None:
    """Asks a share of those who were seen."""
    clinic = booked.clinic
    seen = booked.where(booked.rows.kept & np.isfinite(booked.flow.seen))
    waited = np.nan_to_num(seen.flow.seen - seen.flow.arrived)
    _ask(clinic.world, clinic.place, clinic.service_id, "OP", seen.flow.ended, waited, seen.rows.patient, 0)


def after_attendances(world: World, place: Site, rows: Attendances, team: int) -> None:
    """Asks a share of those who were seen."""
    seen = np.isfinite(rows.seen)
    _ask(world, place, EMERGENCY, "ED", rows.departed[seen], (rows.seen - rows.arrived)[seen], rows.patient[seen], team)


def _ask(
    world: World, place: Site, service_id: str, touch: str, ended: Floats, waited: Floats, patient: Ints, team: int
) -> None:  # fmt: skip
    dice = world.dice("surveys", place.site_id, service_id, team)
    sent = ended + dice.uniform(2, 30, len(ended)) * HOUR
    asked = (dice.random(len(ended)) < rates.SURVEYED) & (sent <= world.now) & (ended <= world.now)
    sent, patient, waited = sent[asked], patient[asked], waited[asked]
    many = len(sent)
    answered = np.where(dice.random(many) < rates.RESPONDS, sent + dice.exponential(1.5 * DAY, many), np.nan)
    answered = np.where(answered <= world.now, answered, np.nan)
    overall = _score(waited / 60 / LONG_WAIT[touch], dice)
    recommend = np.clip(overall * 2 + dice.integers(-1, 2, many), 0, 10)
    items = pl.DataFrame({
        "n": np.tile(np.arange(many), 2), "QUESTION": np.repeat(["OVERALL", "RECOMMEND"], many),
        "score": np.r_[overall, recommend], "known": np.tile(np.isfinite(answered), 2),
    })  # fmt: skip
    raw = items.select(
        SURVEY_ID=pl.format(f"Q-{place.site_id}-{service_id}-{team}-{{}}", "n"), PAT_ID=hospital_numbers(np.tile(patient, 2)),
        UNIT=pl.lit(f"{place.site_id}/{service_id}"), TOUCHPOINT=pl.lit(touch), QUESTION="QUESTION",
        SENT=utc(np.tile(sent, 2)), ANSWERED=utc(np.tile(answered, 2)), SCORE=pl.when("known").then("score"),
        EXPORTED=utc(np.minimum(np.tile(np.fmax(sent, answered), 2) + HOUR, world.now)),
    )  # fmt: skip
    world.files.add_by_year(SOURCE, "answers", raw, STAMPS, "SENT")


def _score(length: Floats, dice: Generator) -> Ints:
    """1 (very poor) to 5 (very good); a wait past the long one costs a point for each time it fits in again."""
    base = 1 + dice.choice(5, len(length), p=rates.SURVEY_SCORES)
    return np.clip(base - (dice.random(len(length)) < length - 1) * np.ceil(np.maximum(length - 1, 0)), 1, 5).astype(np.int64)
