"""Draining beside the look: however long a refresh takes, live messages reach the lake when they are due."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread

from metrics.errors import UserError
from metrics.home import current_home
from metrics.journal import has_journal, opened
from metrics.listen import drains

POLL = 0.2  # seconds between two looks at the clock
AGAIN = 5.0  # seconds until what failed is tried again: a full disk or a held lock passes, and meanwhile the lake falls behind


class Draining:
    """Puts what the journal has and the lake lacks into the lake, every so often, in a thread of its own.

    Each drain writes the months it touches again, and every version of the lake is kept: `every` bounds how much of the disk a
    day takes. The board does not wait for it.
    """

    def __init__(self, path: Path, every: timedelta, now: Callable[[], datetime]) -> None:
        """now: the home's clock (UTC)."""
        self.path, self.every, self.now = path, every, now
        self._stopped, self._lock = Event(), Lock()
        self._rows, self._problems = 0, list[str]()
        self._thread = Thread(target=self._run, name="draining", daemon=True)

    def __enter__(self) -> "Draining":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ends when the drain that runs is whole."""
        self._stopped.set()
        self._thread.join()

    def collected(self) -> tuple[int, list[str]]:
        """Rows that the lake took since this was asked last; what kept the last drain from it."""
        with self._lock:
            rows, self._rows = self._rows, 0
            return rows, list(self._problems)

    def _run(self) -> None:
        last: datetime | None = None
        while not self._stopped.is_set():
            pause = POLL
            try:
                at = self.now()
                if last is None or at - last >= self.every or at < last:
                    self._drained(at)
                    last = at
            except Exception as error:  # whatever it is, it is told: a thread that ended would leave the lake behind without a word
                pause = AGAIN
                self._told(0, list(error.problems) if isinstance(error, UserError) else [f"live messages wait: {error}"])
            self._stopped.wait(pause)

    def _drained(self, at: datetime) -> None:
        """A home that never listened has no journal. A crash in between drains the same again, which changes nothing."""
        self._told(0, [])
        if not has_journal(self.path):
            return
        for done in drains(current_home(self.path), opened(self.path), at):
            self._told(sum(done.rows.values()), [])
            if self._stopped.is_set():
                return

    def _told(self, rows: int, problems: list[str]) -> None:
        with self._lock:
            self._rows += rows
            self._problems = problems
