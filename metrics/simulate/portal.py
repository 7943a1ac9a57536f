"""Portal messages: written at any hour, answered in working hours by pools that take them in order."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.random import Generator

from metrics.simulate import rates
from metrics.simulate.days import HOUR, WorkingTime
from metrics.simulate.people import hospital_numbers, yes_no
from metrics.simulate.places import CONTACT_CENTRE, PORTAL, site
from metrics.simulate.queues import Floats, Ints, worked_through
from metrics.simulate.world import World
from metrics.simulate.writing import utc

SOURCE = "portal_messages"
STAMPS = "%Y-%m-%dT%H:%M:%SZ"
AFTER = 30  # days past the window that the pools' working time is known


@dataclass(frozen=True)
class Messages:
    """One row a thread; UTC seconds, NaN where it did not happen. `pool` numbers rates.POOLS."""

    pool: Ints
    sent: Floats
    asks: np.ndarray
    answered: Floats
    closed: Floats

    def where(self, wanted: np.ndarray) -> "Messages":
        return Messages(*(column[wanted] for column in vars(self).values()))


def messages(world: World, team: int) -> Messages:
    """One team's threads over the whole window, already thinned, pool after pool."""
    dice = world.dice("portal", team)
    parts = [_of_pool(world, number, share, dice) for number, (_, share) in enumerate(rates.POOLS)]
    kept = [dice.random(len(part.sent)) < world.thinning for part in parts]
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return Messages(*(np.concatenate([c[k] for c, k in zip(column, kept, strict=True)]) for column in columns))


def _of_pool(world: World, pool: int, share: float, dice: Generator) -> Messages:
    sent = _sent(world, share, dice)
    many = len(sent)
    time = _working_time(world)
    opens, closes = rates.PORTAL_HOURS
    staffed = (closes - opens) * HOUR * world.working(site(CONTACT_CENTRE)).sum()
    pace = rates.PORTAL_LOAD * staffed / many  # working seconds a message takes, so that the load is as said
    ready = worked_through(time.at(sent), dice.exponential(pace, many))
    median, sigma = rates.PORTAL_OWN_DELAY
    answered = time.instant(ready + dice.lognormal(np.log(median * HOUR), sigma, many))
    asks = dice.random(many) < rates.REPLY_NEEDED
    lost = dice.random(many) < np.where(asks, rates.NEVER_ANSWERED, 0.7)  # thanks are mostly left as they are
    answered = np.where(lost, np.nan, answered)
    closed = answered + dice.exponential(6 * HOUR, many)
    return Messages(np.full(many, pool), sent, asks, answered, closed)


def _sent(world: World, share: float, dice: Generator) -> Floats:
    """When patients write, sorted; the portal never closes."""
    mean = rates.MESSAGES_A_DAY * share * np.array(rates.MESSAGE_WEEKDAY)[world.weekdays()]
    day = np.repeat(np.arange(world.days), dice.poisson(mean * dice.lognormal(0, 0.08, world.days)))
    hourly = np.array(rates.MESSAGE_HOURS) / np.sum(rates.MESSAGE_HOURS)
    hour = dice.choice(24, len(day), p=hourly) + dice.random(len(day))
    return np.sort(world.midnights(site(CONTACT_CENTRE))[day] + hour * HOUR)


def _working_time(world: World) -> WorkingTime:
    """The pools' working time; the planted change makes the team stronger from a day on."""
    place = site(CONTACT_CENTRE)
    midnight = world.midnights(place, before=0, after=AFTER)[world.working(place, before=0, after=AFTER)]
    grown = world.plan.named("portal_team_grown", CONTACT_CENTRE, PORTAL)
    strength = np.where(midnight >= grown.begins, grown.size, 1.0) if grown else np.ones(len(midnight))
    opens, closes = (midnight + hour * HOUR for hour in rates.PORTAL_HOURS)
    return WorkingTime.of(opens, closes, strength)


def write(world: World, rows: Messages, team: int) -> None:
    """Adds the threads known by now; the unanswered ones have no answer yet."""
    world.files.add_by_year(SOURCE, "threads", raw(world, rows.where(rows.sent <= world.now), team), STAMPS, "FIRST_MSG_AT")


def raw(world: World, rows: Messages, team: int) -> pl.DataFrame:
    """The threads as the portal has them at the data's now."""
    dice, many, now = world.dice("portal_raw", team), len(rows.sent), world.now
    answered, closed = (np.where(at <= now, at, np.nan) for at in (rows.answered, rows.closed))
    said = np.minimum(np.fmax.reduce([rows.sent, answered, closed]) + dice.uniform(1, 30, many), now)
    numbers = pl.DataFrame({"n": team * 10**8 + np.arange(many)})
    return pl.DataFrame({
        "THREAD_ID": numbers.select(id=pl.format("T{}", "n"))["id"],
        "PAT_ID": hospital_numbers(world.people.drawn(site(CONTACT_CENTRE), many, dice)),
        "POOL": pl.Series(rows.pool).replace_strict(dict(enumerate(name for name, _ in rates.POOLS)), return_dtype=pl.String),
        "MEDIUM": dice.choice(["MYC", "EML"], many, p=[0.94, 0.06]), "FIRST_MSG_AT": utc(rows.sent),
        "REPLY_REQ_YN": yes_no(rows.asks), "FIRST_STAFF_REPLY_AT": utc(answered), "CLOSED_AT": utc(closed),
        "STAFF_ID": pl.DataFrame({"n": dice.integers(1, 25, many)}).select(
            s=pl.when(pl.Series(np.isfinite(answered))).then(pl.format("ST{}", "n")))["s"],
        "SAVED_AT": utc(said),
    })  # fmt: skip
