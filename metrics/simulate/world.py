"""What every room of the simulation shares: the window, the scale, the patients, what is planted, and its own dice."""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng
from numpy.typing import NDArray

from metrics.simulate import days
from metrics.simulate.people import People
from metrics.simulate.places import Site
from metrics.simulate.planted import Plan
from metrics.simulate.queues import Floats, Ints
from metrics.simulate.writing import RawFiles

Say = Callable[[str], None]


@dataclass(frozen=True)
class World:
    """`first` and `days` are the window in day numbers; `now` is the data's now in UTC seconds: nothing is known after it."""

    seed: int
    scale: float
    first: int
    days: int
    now: float
    people: People
    plan: Plan
    files: RawFiles

    def dice(self, *what: str | int) -> Generator:
        """A random stream of its own for every room, site and part, so that one never shifts another."""
        return default_rng(SeedSequence([self.seed, *(crc32(str(word).encode()) for word in what)]))

    @property
    def teams(self) -> int:
        """How many independent copies of a queue of ordinary size the scale asks for; each is thinned by `thinning`."""
        return max(1, int(np.ceil(self.scale)))

    @property
    def thinning(self) -> float:
        """The share of a team's customers that is kept, so that small scales see the waits of a full-size queue."""
        return self.scale / self.teams

    def midnights(self, place: Site, before: int = 0, after: int = 0) -> Floats:
        """UTC seconds of local midnights from `before` days ahead of the window to `after` days past it."""
        return days.midnights(place.zone, self.first - before, before + self.days + after)

    def weekdays(self, before: int = 0, after: int = 0) -> Ints:
        return days.weekdays(self.first - before, before + self.days + after)

    def working(self, place: Site, before: int = 0, after: int = 0) -> NDArray[np.bool_]:
        return days.working(place.country, self.first - before, before + self.days + after)

    def season(self, before: int = 0, after: int = 0) -> Floats:
        return days.season(self.first - before, before + self.days + after)
