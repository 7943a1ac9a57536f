"""Whose turn it is: so many queries of one person at once, so many of everybody; who comes later waits, and then is told."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from time import monotonic

THREADS = max(1, (os.cpu_count() or 1) // 4)  # of one query: four people can run at once before they share a core
AT_ONCE = 2  # queries of one person: one that is looked at while another still runs
ALL_AT_ONCE = 8  # queries of everybody: each may take the home's memory_mb
QUICK_AT_ONCE = max(1, (os.cpu_count() or 1) // THREADS)
"""Queries that are not known to be slow: as many as keep every core busy. More would end no sooner, and a page that is drawn beside
them would have to share the processor, and Python, with each."""

LONGEST_WAIT = 15.0  # seconds: half of what a query may run by default; then a person would rather know
LOOK = 0.1  # seconds between looks at whether the one who waits has gone away


@dataclass(eq=False)
class Turn:
    """One person's turn to run a query, from waiting for it to its end. `why_not`: the sentence, where it never came."""

    person: str
    why_not: str | None = None
    slow: bool = False


@dataclass
class Turns:
    """The queries that run in this process, and those that wait, in the order in which they came."""

    each: int = AT_ONCE
    all: int = ALL_AT_ONCE
    quick: int = QUICK_AT_ONCE
    wait: float = LONGEST_WAIT
    running: list[Turn] = field(default_factory=list)
    waiting: list[Turn] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    @contextmanager
    def of(self, person: str, gone: Callable[[], bool] = lambda: False) -> Iterator[Turn]:
        """The person's turn, waited for up to `wait` seconds or until `gone()`; where it did not come, one that says why not."""
        turn = Turn(person)
        if not self._came(turn, gone):
            turn.why_not = self._why(person)
        try:
            yield turn
        finally:
            if turn.why_not is None:
                with self.changed:
                    self.running.remove(turn)
                    self.changed.notify_all()

    def slowed(self, turn: Turn) -> None:
        """It goes on, but holds up no quick one any more."""
        with self.changed:
            turn.slow = True
            self.changed.notify_all()

    def _came(self, turn: Turn, gone: Callable[[], bool]) -> bool:
        until = monotonic() + self.wait
        with self.changed:
            self.waiting.append(turn)
            try:
                while self._next() is not turn:
                    if gone() or monotonic() >= until:
                        return False
                    self.changed.wait(LOOK)
                self.running.append(turn)
                return True
            finally:
                self.waiting.remove(turn)
                self.changed.notify_all()

    def _next(self) -> Turn | None:
        """Who came first of those whose person may run one more; None while enough run already."""
        if len(self.running) >= self.all or sum(not turn.slow for turn in self.running) >= self.quick:
            return None
        return next((turn for turn in self.waiting if self._of(turn.person) < self.each), None)

    def _of(self, person: str) -> int:
        return sum(turn.person == person for turn in self.running)

    def _why(self, person: str) -> str:
        with self.changed:
            own, running = self._of(person), len(self.running)
        if own >= self.each:
            return f"{self.each} of your queries are still running; wait for one of them, or cancel it, and run this one again"
        return f"{running} queries are running already; run this one again in a moment"


TURNS = Turns()
