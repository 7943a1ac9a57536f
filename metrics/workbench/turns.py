"""Whose turn it is: so many queries of one person at once, so many of everybody; who comes later waits, and then is told."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from time import monotonic

AT_ONCE = 2  # queries of one person: one that is looked at while another still runs
ALL_AT_ONCE = 8  # queries of everybody: each may take the home's memory_mb
LONGEST_WAIT = 15.0  # seconds: half of what a query may run by default; then a person would rather know
LOOK = 0.1  # seconds between looks at whether the one who waits has gone away


@dataclass
class Turns:
    """The queries that run in this process, counted by person."""

    each: int = AT_ONCE
    all: int = ALL_AT_ONCE
    wait: float = LONGEST_WAIT
    running: Counter[str] = field(default_factory=Counter)
    changed: Condition = field(default_factory=Condition)

    @contextmanager
    def of(self, person: str, gone: Callable[[], bool] = lambda: False) -> Iterator[str | None]:
        """None while it is the person's turn; else, without a turn, the sentence that says why not.

        Waits up to `wait` seconds for one, or until `gone()`.
        """
        taken = self._taken(person, gone)
        try:
            yield None if taken else self._why(person)
        finally:
            if taken:
                with self.changed:
                    self.running[person] -= 1
                    self.changed.notify_all()

    def _taken(self, person: str, gone: Callable[[], bool]) -> bool:
        until = monotonic() + self.wait
        with self.changed:
            while self.running[person] >= self.each or self.running.total() >= self.all:
                if gone() or monotonic() >= until:
                    return False
                self.changed.wait(LOOK)
            self.running[person] += 1
            return True

    def _why(self, person: str) -> str:
        with self.changed:
            own = self.running[person] >= self.each
        if own:
            return f"{self.each} of your queries are still running; wait for one of them, or cancel it, and run this one again"
        return f"{self.all} queries are running already; run this one again in a moment"


TURNS = Turns()
