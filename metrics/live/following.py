"""The present, to the second: the recent rows of the lake, with what the journal knows and the lake lacks laid over them.

What is shown is what the lake would hold if it had drained the journal this instant. Nothing waits for a drain or a refresh: new
messages are read by their number, the cases they speak of are folded again, and no others.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

import polars as pl

from metrics import lake
from metrics.events import TABLES
from metrics.home import Home
from metrics.journal import file_of, has_journal, opened, reading
from metrics.journal.reading import HEARD, Position
from metrics.lake import Head
from metrics.listen.draining import good_rows
from metrics.live.lake_rows import TABLES_SHOWN, is_shown, recent
from metrics.messages import BEGINNINGS
from metrics.messages.merging import Patients, Told, patients_of, rekeyed

TRIES = 5  # readings during each of which the lake moved, before the last is shown: a drain takes longer than a reading
START = Position()


@dataclass(frozen=True)
class Present:
    """rows: by event table, as the lake would hold them; the same frame until somebody speaks of the table, or the lake moves.

    told: those of them that the journal says. heard: as `reading.heard`.
    """

    head: Head
    today: int
    at: Position = START
    merges: Sequence[Told] = ()
    told: Mapping[str, pl.DataFrame] = field(default_factory=dict)
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
        self._patients = (0, Patients())

    def present(self, home: Home, today: int) -> Present:
        """today: the UTC day as its ordinal. Raises LakeError when the lake is damaged."""
        with self._lock:
            for _ in range(TRIES):
                at = lake.head(home.lake)
                found = self._found(home, at, today)
                if lake.head(home.lake).sequence == at.sequence:  # else a drain came in between: some rows would be in neither
                    break
            self._last = found
            return found

    def _found(self, home: Home, at: Head, today: int) -> Present:
        if has_journal(self.path) and self._file != (file := file_of(self.path)):  # there is one now, or it was put back
            self._base, self._file, self._last = opened(self.path).base(), file, None
        last = self._last if self._last and (self._last.head.sequence, self._last.today) == (at.sequence, today) else None
        if self._base is None:
            return last or Present(at, today, rows=standing(lake_rows(home, at, today)))
        with snapshot(self._base) as base:
            return self._read(home, base, last, at, today)

    def _read(self, home: Home, base: sqlite3.Connection, last: Present | None, at: Head, today: int) -> Present:
        position, heard = reading.position(base), reading.heard(base)
        if last and last.at == position:
            return Present(at, today, position, last.merges, last.told, last.rows, heard)
        rows = lake_rows(home, at, today)
        reader = Overlay(home, base, at, rows, self._patients_at(base, position.merge))
        if last and last.at.merge == position.merge and last.at.change <= position.change:
            merges, told = last.merges, reader.with_cases(last.told, reading.touched(base, last.at.change))
        else:
            waiting = reading.undrained(base, most=-1)
            merges, told = waiting.merges, reader.with_merges(reader.with_cases({}, waiting.keys), waiting.merges)
        same = {table: shown for table, shown in last.rows.items() if told.get(table) is last.told.get(table)} if last else {}
        changed = {table: frame for table, frame in rows.items() if table not in same}
        over = {table: frame for table, frame in told.items() if table in changed}
        return Present(at, today, position, merges, told, same | standing(laid_over(changed, over, today)), heard)

    def _patients_at(self, base: sqlite3.Connection, merge: int) -> Patients:
        if self._patients[0] != merge:
            self._patients = (merge, patients_of(reading.merge_pairs(base)))
        return self._patients[1]


@contextmanager
def snapshot(base: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Everything read in the block is of one moment of the journal."""
    base.execute("begin")
    try:
        yield base
    finally:
        base.execute("commit")


def lake_rows(home: Home, at: Head, today: int) -> dict[str, pl.DataFrame]:
    return {table: recent(home.lake, at, table, today) for table in TABLES_SHOWN}


@dataclass(frozen=True)
class Overlay:
    """What a drain would put into the lake, of the tables shown. rows: the recent ones of the lake."""

    home: Home
    base: sqlite3.Connection
    at: Head
    rows: Mapping[str, pl.DataFrame]
    patients: Patients

    def with_cases(self, told: Mapping[str, pl.DataFrame], keys: Mapping[str, Sequence[str]]) -> dict[str, pl.DataFrame]:
        """`told` with the rows of the cases named made anew; a row that breaks a rule is left out, as a drain would reject it."""
        made = dict(told)
        for table in TABLES_SHOWN:
            if keys.get(table):
                known = reading.known_of(table, self.known(table, keys[table]))
                new = reading.folded(self.base, table, keys[table], self.patients, known)
                good, _ = good_rows(self.home, table, new)
                others = made.get(table, good.clear()).filter(~pl.col(TABLES[table].key[0]).is_in(list(keys[table])))
                made[table] = pl.concat([others, good])
        return made

    def with_merges(self, told: Mapping[str, pl.DataFrame], merges: Sequence[Told]) -> dict[str, pl.DataFrame]:
        """`told` and the rows of patients whose key goes by a merge that waits, as a drain would write them."""
        made, olds = dict(told), [old for old, *_ in merges]
        for table, rows in self.rows.items():
            key = TABLES[table].key[0]
            gone = rows.filter(pl.col("patient_key").is_in(olds)) if olds else rows.clear()
            if len(gone):
                held = reading.held(self.base, table, gone[key].to_list())
                made = self.with_cases(made, {table: held})
                others = rekeyed(gone.filter(~pl.col(key).is_in(held)), merges, self.patients)
                made[table] = pl.concat([made.get(table, others.clear()), others])
        return made

    def known(self, table: str, keys: Sequence[str]) -> pl.DataFrame:
        """What the lake knew of those cases of which it has not been asked yet, see `draining.ask_lake`.

        The lake is searched only for a case that messages moved into the days shown and did not begin: a booking of another week.
        One that a message begins, and that a file had on other days, is as the message tells it until the next drain, which knows
        the file's word, too: its recorded_at is then a microsecond later, and what the message left out is the file's.
        """
        key, rows = TABLES[table].key[0], self.rows[table]
        unasked = reading.unasked(self.base, table, keys)
        near = rows.filter(pl.col(key).is_in(unasked))
        begun = reading.begun(self.base, table, unasked, BEGINNINGS)
        far = sorted(set(unasked) - set(near[key]) - set(begun))
        if not far or table not in self.at.versions:
            return near
        moved = reading.folded(self.base, table, far, self.patients)[key].to_list()
        if not moved:
            return near
        found = lake.scan(self.home.lake, table, self.at).filter(pl.col(key).is_in(moved)).select(rows.columns)
        return pl.concat([near, found.collect()])


def laid_over(rows: Mapping[str, pl.DataFrame], told: Mapping[str, pl.DataFrame], today: int) -> dict[str, pl.DataFrame]:
    """The rows of the lake with those told in the place of older ones: the newest wins, ties by content, as in the lake itself."""
    said = {table: newest(TABLES[table].key[0], rows[table], over) for table, over in told.items() if len(over)}
    return {**rows, **{table: frame.filter(is_shown(table, today)) for table, frame in said.items()}}


def standing(rows: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The rows without what was entered in error: by then both its older and its newer words are there."""
    return {table: frame.filter(TABLES[table].stands) for table, frame in rows.items()}


def newest(key: str, under: pl.DataFrame, over: pl.DataFrame) -> pl.DataFrame:
    met = pl.concat([under.join(over.select(key), on=key, how="semi"), over])
    winners = met.sort("recorded_at", *met.columns, nulls_last=False).unique(key, keep="last", maintain_order=True)
    return pl.concat([under.join(over.select(key), on=key, how="anti"), winners])
