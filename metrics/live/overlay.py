"""What the journal says and the lake lacks, as the rows that a drain would put into the lake.

Folding thousands of cases takes seconds, so a case is folded again only when there is another word of it: a message, a merge of its
patient, or a row of the lake that the journal has not noted. When the lake moves, which it does with every drain, the rest stays.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from metrics import lake
from metrics.events import TABLES
from metrics.home import Home
from metrics.journal import reading
from metrics.lake import Head
from metrics.listen.draining import good_rows
from metrics.live.lake_rows import TABLES_SHOWN, is_shown
from metrics.messages import BEGINNINGS
from metrics.messages.merging import Patients, Told, regrouped, rekeyed

Keys = Mapping[str, Iterable[str]]
"""Cases by event table."""


@dataclass(frozen=True)
class Said:
    """rows: by event table, what the journal says; some of them the lake may have by now. patients, merges: who is who by then, and
    the merges that the lake lacks."""

    rows: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    patients: Patients = field(default_factory=Patients)
    merges: Sequence[Told] = ()


@dataclass(frozen=True)
class Overlay:
    """What a drain would put into the lake, of the tables shown. rows: the recent ones of the lake."""

    home: Home
    base: sqlite3.Connection
    at: Head
    rows: Mapping[str, pl.DataFrame]
    patients: Patients

    def all_said(self) -> Said:
        """Everything that the lake lacks, each of its cases folded."""
        waiting = reading.undrained(self.base, most=-1)
        return self.said(self.with_cases({}, waiting.keys), waiting.merges)

    def said_after(self, before: Said, touched: Keys, held_before: Mapping[str, pl.DataFrame] | None) -> Said:
        """As `all_said`, from what was said at an earlier reading, and from the cases that messages touched since.

        held_before: the rows of the lake by then, where the lake or the day is another now; None where both are the same.
        """
        regrouped_by_then = regrouped(before.patients, self.patients)
        if held_before is None and not regrouped_by_then:
            return Said(self.with_cases(before.rows, touched), self.patients, before.merges)
        waiting, rows = reading.undrained(self.base, most=-1), before.rows
        if held_before is not None:
            rows = {table: with_key_in(table, frame, waiting.keys.get(table, [])) for table, frame in rows.items()}
            touched = self.doubtful(rows, waiting.keys, touched, held_before)
        of_others = {
            table: frame.filter(pl.col("patient_key").is_in(regrouped_by_then))[TABLES[table].key[0]].to_list()
            for table, frame in rows.items()
        }
        again = {table: {*touched.get(table, ()), *of_others.get(table, ())} for table in TABLES_SHOWN}
        return self.said(self.with_cases(rows, again), waiting.merges)

    def doubtful(
        self, rows: Mapping[str, pl.DataFrame], waiting: Keys, touched: Keys, held_before: Mapping[str, pl.DataFrame]
    ) -> dict[str, set[str]]:
        """Those of the cases that wait whose rows may be others than they were: touched, not folded before, or not asked about yet
        while the lake may know something else of them now. (What the lake knew of one that was asked about stands in the journal.)
        """
        found: dict[str, set[str]] = {}
        for table in waiting.keys() & set(TABLES_SHOWN):
            key, wait = TABLES[table].key[0], set(waiting[table])
            folded = set(rows[table][key]) if table in rows else set()
            unasked = reading.unasked(self.base, table, [*wait & folded])
            before, now = (frame.filter(pl.col(key).is_in(unasked)) for frame in (held_before[table], self.rows[table]))
            begun = reading.begun(self.base, table, unasked, BEGINNINGS)
            elsewhere = set(unasked) - set(now[key]) - set(begun)  # see `known`
            found[table] = wait - folded | wait & set(touched.get(table, ())) | different(key, before, now) | elsewhere
        return found

    def said(self, rows: Mapping[str, pl.DataFrame], merges: Sequence[Told]) -> Said:
        return Said(self.with_merges(rows, merges), self.patients, merges)

    def with_cases(self, told: Mapping[str, pl.DataFrame], keys: Keys) -> dict[str, pl.DataFrame]:
        """`told` with the rows of the cases named made anew; a row that breaks a rule is left out, as a drain would reject it."""
        made = dict(told)
        for table in TABLES_SHOWN:
            if cases := sorted(keys.get(table, ())):
                known = reading.known_of(table, self.known(table, cases))
                good, _ = good_rows(self.home, table, reading.folded(self.base, table, cases, self.patients, known))
                made[table] = in_place(TABLES[table].key[0], made.get(table, good.clear()), cases, good)
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
                made[table] = in_place(key, made.get(table, others.clear()), others[key].to_list(), others)
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


def in_place(key: str, rows: pl.DataFrame, keys: Sequence[str], new: pl.DataFrame) -> pl.DataFrame:
    """The rows with the new ones instead of those of the keys."""
    return pl.concat([rows.filter(~pl.col(key).is_in(keys)), new])


def with_key_in(table: str, rows: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The rows of those cases; the same frame where they all are."""
    there = rows.filter(pl.col(TABLES[table].key[0]).is_in(keys))
    return rows if len(there) == len(rows) else there


def different(key: str, before: pl.DataFrame, now: pl.DataFrame) -> set[str]:
    """The keys of rows that are in one of the two alone."""
    gone, come = (one.join(other, on=one.columns, how="anti", nulls_equal=True) for one, other in ((before, now), (now, before)))
    return {*gone[key], *come[key]}


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
