"""Days and working time of the simulated sites, in UTC seconds since 1970."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
import numpy as np
from numpy.typing import NDArray

from metrics.simulate.queues import Floats, Ints

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


@lru_cache(maxsize=64)
def midnights(zone: str, first: int, days: int) -> Floats:
    """The UTC second at which each local day begins: `days` of them from day number `first`."""
    tz = ZoneInfo(zone)
    starts = (datetime.combine(EPOCH + timedelta(days=first + n), time(0), tzinfo=tz) for n in range(days))
    return np.array([start.astimezone(UTC).timestamp() for start in starts])


def weekdays(first: int, days: int) -> Ints:
    """0 is Monday."""
    return (np.arange(first, first + days) + 3) % 7


@lru_cache(maxsize=32)
def working(country: str, first: int, days: int) -> NDArray[np.bool_]:
    """Monday to Friday without the public holidays of a country (US) or part of one (GB-ENG)."""
    years = range((EPOCH + timedelta(days=first)).year, (EPOCH + timedelta(days=first + days)).year + 1)
    nation, _, part = country.partition("-")
    off = holidays.country_holidays(nation, subdiv=part or None, years=years)
    closed = np.array([EPOCH + timedelta(days=first + n) in off for n in range(days)])
    open_days: NDArray[np.bool_] = (weekdays(first, days) < 5) & ~closed
    return open_days


def season(first: int, days: int) -> Floats:
    """A winter peak: +1 in mid-January, -1 in mid-July."""
    tide: Floats = np.cos(2 * np.pi * ((np.arange(first, first + days) % 365.25) - 15) / 365.25)
    return tide


@dataclass(frozen=True)
class WorkingTime:
    """A team's working seconds as a function of UTC seconds, and back. `strength` is the team's speed on each day."""

    instants: Floats
    worked: Floats

    @classmethod
    def of(cls, opens: Floats, closes: Floats, strength: Floats) -> "WorkingTime":
        done = np.cumsum((closes - opens) * strength)
        before = np.r_[0.0, done[:-1]]
        return cls(np.column_stack([opens, closes]).ravel(), np.column_stack([before, done]).ravel())

    def at(self, instants: Floats) -> Floats:
        return np.interp(instants, self.instants, self.worked)

    def instant(self, worked: Floats) -> Floats:
        """When so much has been worked; infinite beyond the last day known."""
        return np.interp(worked, self.worked, self.instants, right=np.inf)
