"""Phone calls: rung in by the hour, answered in order by the agents on shift; callers hang up, or ask to be called back."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.random import Generator

from metrics.simulate import rates
from metrics.simulate.days import DAY, HOUR
from metrics.simulate.people import hospital_numbers
from metrics.simulate.places import CONTACT_CENTRE, PHONE_QUEUES, site
from metrics.simulate.queues import Floats, Ints, Ragged, served_in_order
from metrics.simulate.world import World
from metrics.simulate.writing import utc

SOURCE, REPORT = "phone_system", "phone_report"
STAMPS = "%Y-%m-%dT%H:%M:%SZ"  # UTC with seconds
REPORT_STAMPS = "%Y-%m-%d"
QUEUE_CODES = {"phone_appointments": "APPT", "phone_billing": "BILL"}
TOPICS = {"phone_appointments": ("BOOK", "MOVE", "CANCEL", "RESULTS"), "phone_billing": ("BILL", "INSURANCE", "REFUND")}


@dataclass(frozen=True)
class Calls:
    """Calls of one queue, in order of entering it; UTC seconds, NaN where it did not happen."""

    day: Ints
    rang: Floats
    queued: Floats
    answered: Floats
    gave_up: Floats
    asked_back: Floats
    called_back: Floats
    ended: Floats

    def where(self, wanted: np.ndarray) -> "Calls":
        return Calls(*(column[wanted] for column in vars(self).values()))


def calls(world: World, service_id: str, team: int) -> Calls:
    """One team's calls over the whole window, already thinned."""
    dice, line = world.dice("phone", service_id, team), rates.LINES[service_id]
    midnight = world.midnights(site(CONTACT_CENTRE))
    day, queued = _entered(world, line, dice)
    talk = dice.lognormal(np.log(line.talk) - rates.TALK_SIGMA**2 / 2, rates.TALK_SIGMA, len(day))
    patience = dice.lognormal(np.log(rates.PHONE_PATIENCE[0]), rates.PHONE_PATIENCE[1], len(day))
    ragged = Ragged.of(day)
    on, off = _agents(world, service_id, midnight[day[ragged.first]])
    begins = ragged.flat(served_in_order(ragged.matrix(queued), ragged.matrix(talk), ragged.matrix(patience), on, off))
    kept = dice.random(len(day)) < world.thinning
    return _told(midnight, day[kept], queued[kept], begins[kept], talk[kept], patience[kept], dice)


def _entered(world: World, line: rates.Line, dice: Generator) -> tuple[Ints, Floats]:
    """Day and second of the day at which each call enters the queue, sorted."""
    weekday = world.weekdays()
    open_day = world.working(site(CONTACT_CENTRE)) | (weekday == 5)
    mean = line.calls * np.append(rates.PHONE_WEEKDAY, 0)[weekday] * np.where(weekday == 5, line.saturday, 1.0) * open_day
    day = np.repeat(np.arange(world.days), dice.poisson(mean * dice.lognormal(0, 0.06, world.days)))
    hours = np.array([hour for hour in rates.CALLS_BY_HOUR if line.opens <= hour < line.closes])
    share = np.array([rates.CALLS_BY_HOUR[int(hour)] for hour in hours])
    second = (dice.choice(hours, len(day), p=share / share.sum()) + dice.random(len(day))) * HOUR
    order = np.lexsort((second, day))
    return day, second[order]


def _agents(world: World, service_id: str, midnight: Floats) -> tuple[Floats, Floats]:
    """On and off of each agent, days x agents; Saturdays have the early shift; the planted weeks have fewer people."""
    line = rates.LINES[service_id]
    shifts = [(on, off) for on, off, many in line.shifts for _ in range(many)]
    on, off = (np.tile(np.array(side) * HOUR, (len(midnight), 1)) for side in zip(*shifts, strict=True))
    weekday = (np.floor(midnight / DAY + 0.5).astype(np.int64) + 3) % 7  # local midnight is within half a day of UTC's
    off[weekday == 5] = np.minimum(off[weekday == 5], 13 * HOUR)
    off = np.where(off >= line.closes * HOUR, off + HOUR / 2, off)  # the last callers are still served
    short = world.plan.named("short_staffed_line", CONTACT_CENTRE, service_id)
    if short:
        missing = np.arange(len(shifts)) % 5 >= round(5 * short.size)
        off[np.ix_((midnight >= short.begins) & (midnight < short.ends), missing)] = 0.0
    return on, off


def _told(midnight: Floats, day: Ints, queued: Floats, begins: Floats, talk: Floats, patience: Floats, dice: Generator) -> Calls:
    many, start = len(day), midnight[day]
    lost = np.isnan(begins)
    gave_up = np.where(lost, start + queued + np.minimum(patience, 2 * HOUR), np.nan)
    back = lost & (patience > rates.CALL_BACK_AFTER) & (dice.random(many) < rates.CALL_BACK)
    asked = np.where(back, gave_up, np.nan)
    median, sigma = rates.CALL_BACK_MINUTES
    called = asked + dice.lognormal(np.log(median * 60), sigma, many)
    answered = start + begins
    ended = np.where(lost, np.where(back, called + talk, gave_up), answered + talk * 0.85)  # the rest is work after the call
    menu = dice.uniform(*rates.MENU_SECONDS, many)
    return Calls(day, start + queued - menu, start + queued, answered, np.where(back, np.nan, gave_up), asked, called, ended)


def write(world: World, service_id: str, rows: Calls, team: int) -> None:
    """Adds the calls known by now to the phone system's yearly files."""
    world.files.add_by_year(SOURCE, "calls", raw(world, service_id, rows.where(rows.rang <= world.now), team), STAMPS, "RANG")


def raw(world: World, service_id: str, rows: Calls, team: int) -> pl.DataFrame:
    """The calls as the phone system has them at the data's now."""
    dice, now, many = world.dice("phone_raw", service_id, team), world.now, len(rows.rang)
    stamps = {"QUEUED": rows.queued, "ANSWERED": rows.answered, "ABANDONED": rows.gave_up, "CB_REQUESTED": rows.asked_back,
              "CB_MADE": rows.called_back, "ENDED": rows.ended}  # fmt: skip
    stamps = {name: np.where(at <= now, at, np.nan) for name, at in stamps.items()}
    said = np.minimum(np.fmax.reduce([rows.rang, *stamps.values()]) + 2, now)
    answered = np.isfinite(stamps["ANSWERED"])
    agents = dice.integers(1, 1 + sum(many for *_, many in rates.LINES[service_id].shifts), many)
    numbers = pl.DataFrame({"n": (PHONE_QUEUES.index(service_id) * 1000 + team) * 10**7 + np.arange(many), "agent": agents})
    patient = hospital_numbers(world.people.drawn(site(CONTACT_CENTRE), many, dice))
    return pl.DataFrame({
        "CALL_ID": numbers.select(id=pl.format("C{}", "n"))["id"], "QUEUE": np.full(many, QUEUE_CODES[service_id]),
        "REASON": dice.choice(TOPICS[service_id], many), "RANG": utc(rows.rang), **{k: utc(v) for k, v in stamps.items()},
        "AGENT": numbers.select(a=pl.when(pl.Series(answered)).then(pl.format("AG{}", "agent")))["a"],
        "XFER": np.where(answered & (dice.random(many) < rates.TRANSFERRED_CALLS), 1, 0),
        "CALLER_REF": pl.DataFrame({"p": patient, "k": dice.random(many) < rates.IDENTIFIED}).select(
            p=pl.when("k").then("p"))["p"],
        "WRITTEN": utc(said),
    })  # fmt: skip


REPORT_COUNTS = ("CALLSOFFERED", "ACDCALLS", "ABNCALLS", "ACCEPTABLE", "ANSTIME")


def daily_counts(world: World, rows: Calls) -> Ints:
    """The phone system's own counts, days x REPORT_COUNTS: offered, answered, abandoned, answered in time, seconds to answer."""
    speed = np.where(rows.answered <= world.now, rows.answered - rows.queued, np.nan)
    answered, in_time = np.isfinite(speed), speed <= rates.SERVICE_LEVEL_SECONDS
    lost = np.isfinite(rows.gave_up)
    weights = (np.ones(len(speed)), answered, lost, in_time, np.nan_to_num(speed))
    return np.column_stack([np.bincount(rows.day, weight, world.days) for weight in weights]).round().astype(np.int64)


def write_report(world: World, service_id: str, counts: Ints) -> None:
    """Adds the daily report of one queue over all its teams; a day is reported once it is over."""
    midnight = world.midnights(site(CONTACT_CENTRE))
    over = (midnight + DAY <= world.now - HOUR) & (counts[:, 0] > 0)
    dates = pl.from_epoch(pl.Series((world.first + np.flatnonzero(over)) * int(DAY)), time_unit="s")
    report = pl.DataFrame({"ROW_DATE": dates, "SPLIT": np.full(over.sum(), QUEUE_CODES[service_id]),
                           **dict(zip(REPORT_COUNTS, counts[over].T, strict=True))})  # fmt: skip
    world.files.add_by_year(REPORT, "daily", report, REPORT_STAMPS, "ROW_DATE")
