"""Running a query for a person: guarded, in turn, on an engine of its own, stoppable, and written to the ledger's query log."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from json import dumps
from threading import Event, Thread, get_native_id
from time import perf_counter
from typing import Any

import duckdb

from metrics.errors import UserError
from metrics.home import Home
from metrics.ledger import open_ledger
from metrics.ledger.query_log import log_query
from metrics.priority import as_it_takes_long, own_clock, stand_back
from metrics.warehouse import Generation, Limits, Result, run_alone
from metrics.workbench.guard import LONGEST, refusal
from metrics.workbench.query import check_params, limits_of
from metrics.workbench.turns import THREADS, TURNS, Turn, Turns

POLITE, SLOWER, SLOW = 5, 10, 19  # how far a query stands back for the pages (Unix niceness), the longer it takes the farther
SLOWER_AFTER, SLOW_AFTER = 0.5, 2.0
"""Seconds of processor, not of the clock: on a busy machine a small question would else be left without an answer. Of the shipped
questions all take less than the first beside a million events."""

AGAIN = 0.05  # seconds between attempts to stop a query that may not have begun to run


class UnansweredError(UserError):
    """A query that gave no answer. `outcome`: refused, failed, stopped (its limits), cancelled (its person) or busy."""

    def __init__(self, outcome: str, *problems: str) -> None:
        self.outcome = outcome
        super().__init__(*problems)


@dataclass
class Running:
    """One query of one person. `start` it, look whether it is `done`, `cancel` it from any thread, take its `result`."""

    home: Home
    generation: Generation
    sql: str
    params: Mapping[str, Any]
    person: str
    name: str | None = None
    door: str = "page"
    verified: bool = False
    limits: Limits | None = None
    turns: Turns = field(default_factory=lambda: TURNS)

    def __post_init__(self) -> None:
        self._cancelled, self._done = Event(), Event()
        self._interrupt: Callable[[], None] | None = None
        self._result: Result | None = None
        self._problem: BaseException | None = None

    def start(self) -> "Running":
        Thread(target=self._answer, name=f"query of {self.person}", daemon=True).start()
        return self

    @property
    def done(self) -> bool:
        return self._done.is_set()

    def cancel(self) -> None:
        """Stop it, also while it waits for its turn. Returns at once; what is done stays done."""
        if not self._cancelled.is_set():
            self._cancelled.set()
            Thread(target=self._keep_stopping, daemon=True).start()

    def result(self, seconds: float | None = None) -> Result:
        """The answer, waited for. Raises UnansweredError, or UserError where the ledger could not be written; TimeoutError when
        `seconds` have passed and it still runs."""
        if not self._done.wait(seconds):
            raise TimeoutError
        if self._problem is not None:
            raise self._problem
        assert self._result is not None
        return self._result

    def _answer(self) -> None:
        at, begun = datetime.now(UTC).replace(tzinfo=None), perf_counter()
        try:
            try:
                self._result = self._run()
            except UnansweredError as problem:
                self._problem = problem
            self._log(at, perf_counter() - begun)
        except BaseException as problem:  # whoever asks for the result gets it
            self._problem = problem
        finally:
            self._done.set()

    def _run(self) -> Result:
        why = refusal(self.sql)
        if why:
            raise UnansweredError("refused", why)
        try:
            check_params(self.sql, dict(self.params))
        except UserError as problem:
            raise UnansweredError("failed", *problem.problems) from problem
        with self.turns.of(self.person, self._cancelled.is_set) as turn:
            if self._cancelled.is_set():
                raise UnansweredError("cancelled", "cancelled before it began")
            if turn.why_not:
                raise UnansweredError("busy", turn.why_not)
            return self._on_its_engine(turn)

    def _on_its_engine(self, turn: Turn) -> Result:
        begun = perf_counter()
        ended, thread = Event(), get_native_id()
        stand_back(thread, POLITE)
        acts = ((SLOWER_AFTER, partial(self._slower, thread, turn)), (SLOW_AFTER, partial(stand_back, thread, SLOW)))
        Thread(target=as_it_takes_long, args=(own_clock(), ended, acts), daemon=True).start()
        try:
            return run_alone(self.generation, self.sql, self.params, self.limits or people_s(limits_of(self.home)), self._began)
        except UserError as problem:
            if self._cancelled.is_set() and isinstance(problem.__cause__, duckdb.InterruptException):
                raise UnansweredError("cancelled", f"cancelled after {perf_counter() - begun:.1f} seconds") from problem
            stopped = isinstance(problem.__cause__, duckdb.InterruptException | duckdb.OutOfMemoryException)
            raise UnansweredError("stopped" if stopped else "failed", *problem.problems) from problem
        finally:
            self._interrupt = None
            ended.set()

    def _slower(self, thread: int, turn: Turn) -> None:
        stand_back(thread, SLOWER)
        self.turns.slowed(turn)

    def _began(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt

    def _keep_stopping(self) -> None:
        """Ask again until it has stopped: DuckDB forgets a request that came before the query began."""
        while not self._done.wait(AGAIN):
            if interrupt := self._interrupt:
                with suppress(duckdb.ConnectionException):  # it ended by itself a moment ago
                    interrupt()

    def _log(self, at: datetime, seconds: float) -> None:
        problem = self._problem if isinstance(self._problem, UnansweredError) else None
        log_query(
            open_ledger(self.home),
            person=self.person,
            verified=self.verified,
            door=self.door,
            name=self.name,
            sql=plain(self.sql[:LONGEST]),
            params=plain(dumps(dict(self.params), default=str, sort_keys=True)),
            generation=self.generation.name,
            started_at=at,
            seconds=seconds,
            rows=self._result.frame.height if self._result else None,
            truncated=bool(self._result and self._result.truncated),
            outcome=problem.outcome if problem else "answered",
            problem=plain(str(problem)) if problem else None,
        )


def run(
    home: Home,
    generation: Generation,
    sql: str,
    params: Mapping[str, Any] | None = None,
    person: str = "nobody",
    **more: Any,
) -> Result:
    """The answer of one person's query. `more`: name, door, verified, limits, turns, as of `Running`.

    Raises UnansweredError with a sentence a problem. Stopping the program while it waits cancels the query.
    """
    running = Running(home, generation, sql, params or {}, person, **more).start()
    try:
        return running.result()
    except KeyboardInterrupt:
        running.cancel()
        raise


def people_s(limits: Limits) -> Limits:
    """The home's limits with the threads that one person's query may use."""
    return Limits(limits.seconds, limits.rows, limits.memory_mb, THREADS)


def plain(text: str) -> str:
    """The text as every database holds it: without null characters and halves of characters, which show as '?'."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode()
