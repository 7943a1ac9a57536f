"""The journal of a home: what was received, what it changes, what the lake still lacks."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import local
from typing import Any, Literal

import polars as pl

from metrics.journal import reading
from metrics.journal.forgetting import forgotten
from metrics.journal.reading import Undrained
from metrics.journal.tables import FILE, FOLDER, connection
from metrics.messages.change import Change, Parsed
from metrics.messages.folding import columns_of, microseconds
from metrics.messages.merging import Patients, patients_of

NOTHING = Parsed(None)


@dataclass(frozen=True)
class Letter:
    """A message to be kept. digest: of what it says, where the same may come in other bytes. keep: its raw text too, though it is
    good. once: one that has no control id and comes again is not kept again."""

    raw: bytes
    parsed: Parsed = NOTHING
    digest: str = ""
    keep: bool = True
    once: bool = False


def opened(path: Path) -> "Journal":
    """The journal of the home at `path`, made when it has none."""
    return Journal(path / FOLDER / FILE)


def has_journal(path: Path) -> bool:
    """Whether the home at `path` has one."""
    return (path / FOLDER / FILE).exists()


def file_of(path: Path) -> int:
    """The number of the journal's file on its disk: another once the journal was put back from a backup, or made anew."""
    return (path / FOLDER / FILE).stat().st_ino


class Journal:
    """Any thread and any process may use one; each thread has its own connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = local()
        self._patients = (0, Patients())
        self.base()

    def base(self) -> sqlite3.Connection:
        """This thread's connection, for what `reading` asks."""
        if not hasattr(self._threads, "connection"):
            self._threads.connection = connection(self.path)
        made: sqlite3.Connection = self._threads.connection
        return made

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when the block ends."""
        base = self.base()
        base.execute("begin immediate")
        try:
            yield base
        except BaseException:
            base.execute("rollback")
            raise
        base.execute("commit")

    def store(
        self, feed: str, format: str, raw: bytes, control_id: str | None, received_at: datetime, parsed: Parsed = NOTHING
    ) -> int:
        """Keep the message and what it says; durable on return. Its number.

        A control id that the feed has used changes nothing and gives the first message's number; if that one had other contents,
        this one is kept as bad, under a number of its own, because one of the two would be lost. received_at: UTC.
        """
        return self.store_all(feed, format, [Letter(raw, replace(parsed, control_id=control_id))], received_at)[0]

    def store_all(self, feed: str, format: str, letters: Sequence[Letter], received_at: datetime) -> list[int]:
        """As `store`, for several messages at once: all are on the disk on return, or none. Their numbers, in order."""
        return self.store_each([(feed, letter) for letter in letters], format, received_at)

    def store_each(self, letters: Sequence[tuple[str, Letter]], format: str, received_at: datetime) -> list[int]:
        """As `store_all`, of several feeds: one wait for the disk, however many there are."""
        with self._writing() as base:
            return [stored(base, feed, format, letter, microseconds(received_at)) for feed, letter in letters]

    def problem_of(self, number: int) -> str | None:
        """Why the message is bad; None when it is not."""
        found = self.base().execute("select problems from messages where number = ?", (number,)).fetchone()
        return found[0] if found else None

    def change_count(self) -> int:
        """How many changes there ever were: it never falls."""
        found = self.base().execute("select coalesce(sum(seq), 0) from sqlite_sequence where name in ('changes', 'merges')")
        return int(found.fetchone()[0])

    def rows(self, table: str) -> pl.DataFrame:
        """Rows of the event table, one a case, from every message of every case that is kept, drained or not."""
        keys = self.base().execute('select distinct key from changes where "table" = ?', (table,)).fetchall()
        return self.folded(table, [key for (key,) in keys])

    def folded(self, table: str, keys: Sequence[str], known: Sequence[Change] = ()) -> pl.DataFrame:
        """The rows of the cases named, see `reading.folded`."""
        return reading.folded(self.base(), table, keys, self.patients(), known)

    def patients(self) -> Patients:
        """Who is who after every merge; worked out again only when there are more."""
        last = reading.position(self.base()).merge
        known, patients = self._patients
        if known != last:
            patients = patients_of(reading.merge_pairs(self.base()))
            self._patients = (last, patients)
        return patients

    def undrained(self, most: int) -> Undrained:
        return reading.undrained(self.base(), most)

    def unasked(self, table: str, keys: Sequence[str]) -> list[str]:
        return reading.unasked(self.base(), table, keys)

    def held(self, table: str, keys: Sequence[str]) -> list[str]:
        return reading.held(self.base(), table, keys)

    def remember(self, table: str, keys: Sequence[str], known: Sequence[Change], now: datetime) -> None:
        """Note what the lake knew of the cases before their first message here: it comes before all that messages say."""
        with self._writing() as base:
            base.executemany('insert or ignore into cases ("table", key) values (?, ?)', [(table, key) for key in keys])
            say(base, None, known, microseconds(now), drained=1)

    def drained(self, done: Undrained) -> None:
        """The lake has what was undrained."""
        with self._writing() as base:
            base.execute("update changes set drained = 1 where drained = 0 and number <= ?", (done.upto,))
            base.execute("update merges set drained = 1 where drained = 0 and number <= ?", (done.merges_upto,))

    def forget(self, now: datetime, raw_kept: timedelta) -> None:
        """Delete what nobody needs any more, see `forgetting`; a batch a transaction, so that no message waits for it long."""
        left = True
        while left:
            with self._writing() as base:
                left = forgotten(base, now, raw_kept)

    def feeds(self) -> pl.DataFrame:
        return reading.feeds(self.base())

    def bad(self, limit: int = 100) -> pl.DataFrame:
        return reading.bad(self.base(), limit)


def stored(base: sqlite3.Connection, feed: str, format: str, letter: Letter, at: int) -> int:
    """The message's number; see `Journal.store`. A bad one that comes again, and can be read now, is good from then on."""
    control_id, problems = letter.parsed.control_id, letter.parsed.problems
    digest = letter.digest or sha256(letter.raw).hexdigest()
    before = first_of(base, feed, "control_id", control_id) if control_id is not None else None
    if before and before[1] != digest:
        problems = (*problems, f"Its control id is that of message {before[0]}, which said something else.")
    known = before if before and before[1] == digest else None
    if known is None and (before or letter.once):
        known = first_of(base, feed, "digest", digest)
    if known and (known[2] is None or problems):
        return int(known[0])
    if known:
        number = int(known[0])
        base.execute("update messages set problems = null, received_at = ? where number = ?", (at, number))
        base.execute("update feeds set bad = bad - 1, last_received_at = max(last_received_at, ?) where feed = ?", (at, feed))
    else:
        number = inserted(base, feed, format, replace(letter, digest=digest), None if before else control_id, problems, at)
    if not problems:
        say(base, number, letter.parsed.changes, at)
        note(base, feed, letter.parsed.changes, at)
        merges = [(number, one.old, one.new, microseconds(one.event_at)) for one in letter.parsed.merges]
        base.executemany("insert into merges (message, old, new, event_at) values (?, ?, ?, ?)", merges)
    return number


def first_of(base: sqlite3.Connection, feed: str, column: Literal["control_id", "digest"], value: str) -> tuple[Any, ...] | None:
    """number, digest, problems of the feed's first message with that control id or digest."""
    asked = {
        "control_id": "select number, digest, problems from messages where feed = ? and control_id = ?",
        "digest": "select number, digest, problems from messages where feed = ? and digest = ?",
    }
    found: tuple[Any, ...] | None = base.execute(asked[column], (feed, value)).fetchone()
    return found


def inserted(
    base: sqlite3.Connection, feed: str, format: str, letter: Letter, named: str | None, problems: Sequence[str], at: int
) -> int:
    """The number of the message, which is new. The raw text of a good one is kept where the letter says so."""
    happened = max((microseconds(one.event_at) for one in letter.parsed.changes), default=None)
    reason = "\n".join(problems) or None
    made = base.execute(
        "insert into messages (feed, format, control_id, digest, received_at, event_at, problems, raw)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        (feed, format, named, letter.digest, at, happened, reason,
         letter.raw if problems or letter.keep else None),
    )  # fmt: skip
    count(base, feed, format, at, happened, reason)
    return int(made.lastrowid or 0)


def say(base: sqlite3.Connection, message: int | None, changes: Sequence[Change], at: int, drained: int = 0) -> None:
    base.executemany(
        'insert into changes (message, "table", key, event_at, kind, undoes, told, cleared, received_at, drained)'
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(message, one.table, *columns_of(one), at, drained) for one in changes],
    )


def count(base: sqlite3.Connection, feed: str, format: str, at: int, happened: int | None, reason: str | None) -> None:
    """One message more of the feed."""
    base.execute(
        "insert into feeds values (?, ?, 1, ?, ?, ?, ?, ?) on conflict (feed) do update set received = received + 1,"
        " format = excluded.format, bad = bad + excluded.bad, last_received_at = max(last_received_at, excluded.last_received_at),"
        " last_event_at = max(coalesce(last_event_at, excluded.last_event_at), coalesce(excluded.last_event_at, last_event_at)),"
        " last_error = coalesce(excluded.last_error, last_error), last_error_at = coalesce(excluded.last_error_at, last_error_at)",
        (feed, format, int(reason is not None), at, happened, reason, at if reason else None),
    )


def note(base: sqlite3.Connection, feed: str, changes: Sequence[Change], at: int) -> None:
    """The newest change that the feed told of each table and site."""
    base.executemany(
        "insert into spoken values (?, ?, ?, ?, ?) on conflict do update set event_at = max(event_at, excluded.event_at),"
        " received_at = max(received_at, excluded.received_at)",
        [(one.table, str(one.values.get("site_id") or ""), feed, microseconds(one.event_at), at) for one in changes],
    )
