"""The present, to the second: the recent rows of the lake, with what the journal knows and the lake lacks laid over them.

What is shown is what the lake would hold if it had drained the journal this instant. Nothing waits for a drain or a refresh: new
messages are read by their number, the cases they speak of are folded again, and no others.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock

import polars as pl

from metrics import lake
from metrics.home import Home
from metrics.journal import file_of, has_journal, opened, reading
from metrics.journal.reading import HEARD, Position
from metrics.lake import Head
from metrics.live.lake_rows import TABLES_SHOWN, recent
from metrics.live.overlay import Overlay, Said, laid_over, standing
from metrics.messages.merging import Patients, patients_of

START = Position()


@dataclass(frozen=True)
class Present:
    """rows: by event table, as the lake would hold them; the same frame until somebody speaks of the table, or the lake has others.

    held: those that the lake has. said: those that the journal says. heard: as `reading.heard`.
    """

    head: Head
    today: int
    at: Position = START
    said: Said = field(default_factory=Said)
    held: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    rows: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    heard: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=HEARD))


@lru_cache(maxsize=8)  # homes
def follower(path: Path) -> "Follower":
    """The one follower of a home in this process: what one reader has read, the next one need not."""
    return Follower(path)


class Follower:
    """Keeps up the present of one home; any thread may ask, one at a time is answered."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._last: Present | None = None
        self._base: sqlite3.Connection | None = None
        self._file = -1  # the journal's, that the connection is to

    def present(self, home: Home, today: int) -> Present:
        """today: the UTC day as its ordinal. Raises LakeError when the lake is damaged."""
        with self._lock:
            self._last = self._found(home, today)
            return self._last

    def _found(self, home: Home, today: int) -> Present:
        if has_journal(self.path) and self._file != (file := file_of(self.path)):  # there is one now, or it was put back
            self._base, self._file, self._last = opened(self.path).base(), file, None
        if self._base is None:
            at, last = lake.head(home.lake), self._last
            same = last is not None and (last.head.sequence, last.today) == (at.sequence, today)
            return last if last and same else Present(at, today, rows=standing(lake_rows(home, at, today)))
        with one_moment(home, self._base) as at:
            return self._read(home, self._base, at, today)

    def _read(self, home: Home, base: sqlite3.Connection, at: Head, today: int) -> Present:
        last, position, heard = self._last, reading.position(base), reading.heard(base)
        moved = last is None or (last.head.sequence, last.today) != (at.sequence, today)
        if last and not moved and last.at == position:
            return replace(last, heard=heard)
        held = lake_rows(home, at, today)
        overlay = Overlay(home, base, at, held, self._patients_at(base, position.merge))
        if last is None or last.at.change > position.change:
            said = overlay.all_said()
        else:
            said = overlay.said_after(last.said, reading.touched(base, last.at.change), last.held if moved else None)
        same = {
            table: shown for table, shown in (last.rows if last else {}).items()
            if last and held[table] is last.held.get(table) and said.rows.get(table) is last.said.rows.get(table)
        }  # fmt: skip
        changed = {table: frame for table, frame in held.items() if table not in same}
        over = {table: frame for table, frame in said.rows.items() if table in changed}
        return Present(at, today, position, said, held, same | standing(laid_over(changed, over, today)), heard)

    def _patients_at(self, base: sqlite3.Connection, merge: int) -> Patients:
        last = self._last
        return last.said.patients if last and last.at.merge == merge else patients_of(reading.merge_pairs(base))


@contextmanager
def one_moment(home: Home, base: sqlite3.Connection) -> Iterator[Head]:
    """The lake's head; what is read of the journal in the block is of the same moment, whatever is drained meanwhile.

    A drain writes the lake, then marks what it drained: between two equal heads there was none, so no row is in neither. A commit
    takes far longer than two readings of the head: hardly ever is there a second try, and next to nothing is done twice.
    """
    at, now = None, lake.head(home.lake)
    while at is None or at.sequence != now.sequence:
        if base.in_transaction:
            base.execute("commit")
        base.execute("begin")
        base.execute("select 1 from changes limit 1").fetchone()  # what is seen from here on is fixed by the first reading
        at, now = now, lake.head(home.lake)
    try:
        yield at
    finally:
        base.execute("commit")


def lake_rows(home: Home, at: Head, today: int) -> dict[str, pl.DataFrame]:
    return {table: recent(home.lake, at, table, today) for table in TABLES_SHOWN}
