"""Complaints, billing inquiries, prior authorisations, records requests: opened any day, worked off in office hours."""

import numpy as np
import polars as pl
from numpy.random import Generator

from metrics.simulate import rates
from metrics.simulate.days import HOUR, WorkingTime
from metrics.simulate.people import hospital_numbers, yes_no
from metrics.simulate.places import PATIENT_SITES, Site
from metrics.simulate.queues import Floats, worked_through
from metrics.simulate.world import World
from metrics.simulate.writing import local, utc

SOURCE = "complaints_desk"
STAMPS = "%d/%m/%Y %H:%M"  # local, as the desk's own tool prints it
AFTER = 200  # days past the window that office hours are known
FEWEST = 6  # cases of a kind and site, at the smallest scale
OUTCOMES = {"complaint": ("UPHELD", "PARTLY", "NOT_UPHELD"), "billing": ("CORRECTED", "EXPLAINED", "WAIVED"),
            "records": ("SENT", "PART_SENT"), "prior_authorization": ("APPROVED", "DENIED")}  # fmt: skip


def write(world: World, place: Site) -> None:
    """Adds the cases of every kind at one site that are known by now."""
    kinds = [kind for kind in rates.DESKS if kind != "prior_authorization" or place.country == "US"]
    office = _office_hours(world, place)
    raw = pl.concat([_of_kind(world, place, kind, office) for kind in kinds]).sort("RECEIVED", "CASE_NO")
    world.files.add_by_year(SOURCE, "cases", raw, STAMPS, "RECEIVED")


def _office_hours(world: World, place: Site) -> WorkingTime:
    midnight = world.midnights(place, after=AFTER)[world.working(place, after=AFTER)]
    opens, closes = (midnight + hour * HOUR for hour in rates.OFFICE_HOURS)
    return WorkingTime.of(opens, closes, np.ones(len(midnight)))


def _of_kind(world: World, place: Site, kind: str, office: WorkingTime) -> pl.DataFrame:
    desk, dice = rates.DESKS[kind], world.dice("cases", place.site_id, kind)
    sites = 1 if kind == "prior_authorization" else sum(other.weight for other in PATIENT_SITES) / place.weight
    many = max(FEWEST, dice.poisson(desk.yearly / sites * world.days / 365.25 * world.scale))
    opened = np.sort(world.midnights(place)[dice.integers(0, world.days, many)] + dice.triangular(7, 11, 22, many) * HOUR)
    opened = opened[opened <= world.now]
    many = len(opened)
    acknowledged, resolved = _worked(desk, opened, office, dice)
    reopened = resolved + dice.exponential(12 * 24 * HOUR, many)
    reopened[dice.random(many) >= rates.REOPENED] = np.nan
    urgent = dice.random(many) < rates.URGENT
    if kind == "prior_authorization":
        resolved = np.where(urgent, opened + rates.EXPEDITED * (resolved - opened), resolved)
        acknowledged = np.fmin(acknowledged, resolved)
    return _raw(world, place, kind, opened, (acknowledged, resolved, reopened), urgent, dice)


def _worked(desk: rates.Desk, opened: Floats, office: WorkingTime, dice: Generator) -> tuple[Floats, Floats]:
    """Acknowledged and resolved: the post is opened in order, then each case takes its own working time."""
    many, day = len(opened), (rates.OFFICE_HOURS[1] - rates.OFFICE_HOURS[0]) * HOUR
    arrived = office.at(opened)
    pace = rates.DESK_LOAD * min(0.25 * day, arrived[-1] / many) if many else day
    read = worked_through(arrived, dice.exponential(pace * 0.2, many))
    own = [np.exp(dice.normal(np.log(median), sigma, many)) * day for median, sigma in (desk.acknowledged, desk.resolved)]
    acknowledged = office.instant(read + own[0])
    resolved = np.fmax(office.instant(read + own[1]), acknowledged)
    return acknowledged, resolved


def _raw(
    world: World, place: Site, kind: str, opened: Floats, ends: tuple[Floats, ...], urgent: np.ndarray, dice: Generator
) -> pl.DataFrame:
    many, desk = len(opened), rates.DESKS[kind]
    acknowledged, resolved, reopened = (np.where(at <= world.now, at, np.nan) for at in ends)
    said = np.minimum(np.fmax.reduce([opened, acknowledged, resolved, reopened]) + dice.uniform(60, 900, many), world.now)
    closed = np.isfinite(resolved)
    numbers = pl.DataFrame({"n": np.arange(many), "outcome": dice.choice(OUTCOMES[kind], many)})
    return numbers.select(
        CASE_NO=pl.format(f"{desk.code}-{place.site_id}-{{}}", "n"), CASE_TYPE=pl.lit(desk.code), SITE=pl.lit(place.site_id),
        PAT_ID=hospital_numbers(world.people.drawn(place, many, dice)), PRIORITY=pl.Series(np.where(urgent, "U", "R")),
        RECEIVED=local(opened, place.zone), ACK_SENT=local(acknowledged, place.zone), CLOSED=local(resolved, place.zone),
        REOPENED=local(reopened, place.zone), EXTENDED_YN=yes_no(closed & (dice.random(many) < rates.EXTENDED)),
        OUTCOME=pl.when(pl.Series(closed)).then("outcome"), CHANGED_UTC=utc(said),
    )  # fmt: skip
