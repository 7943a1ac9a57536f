"""The journal of a home: what was received, what it changes, what the lake still lacks."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import local

import polars as pl

from metrics.journal.tables import FILE, FOLDER, connection
from metrics.messages.change import Change, Parsed
from metrics.messages.folding import CHANGES, columns_of, folded_frame, microseconds

KEPT = timedelta(days=3)  # a case stays here so long after its last message: the board looks back two days
FEEDS = {
    "feed": pl.String(), "format": pl.String(), "received": pl.Int64(), "bad": pl.Int64(), "depth": pl.Int64(),
    "last_received_at": pl.Datetime("us"), "last_event_at": pl.Datetime("us"), "last_error": pl.String(),
    "last_error_at": pl.Datetime("us"),
}  # fmt: skip
BAD = {
    "number": pl.Int64(), "feed": pl.String(), "received_at": pl.Datetime("us"), "reason": pl.String(), "raw": pl.Binary(),
}  # fmt: skip
NOTHING = Parsed(None)


@dataclass(frozen=True)
class Undrained:
    """What the lake lacks. upto, merges_upto: the last numbers of changes and merges; keys: the cases by table; merges: the keys
    of patients, old and new, in order."""

    upto: int
    keys: dict[str, list[str]]
    merges_upto: int
    merges: list[tuple[str, str, int]]

    @property
    def nothing(self) -> bool:
        return not self.keys and not self.merges


def opened(path: Path) -> "Journal":
    """The journal of the home at `path`, made when it has none."""
    return Journal(path / FOLDER / FILE)


def has_journal(path: Path) -> bool:
    """Whether the home at `path` has one."""
    return (path / FOLDER / FILE).exists()


class Journal:
    """Any thread and any process may use one; each thread has its own connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = local()
        self._folded: dict[str, tuple[int, tuple[int, ...], pl.DataFrame]] = {}
        self._open()

    def _open(self) -> sqlite3.Connection:
        if not hasattr(self._threads, "connection"):
            self._threads.connection = connection(self.path)
        made: sqlite3.Connection = self._threads.connection
        return made

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when the block ends."""
        base = self._open()
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
        digest, problems = sha256(raw).hexdigest(), parsed.problems
        with self._writing() as base:
            asked = "select number, digest from messages where feed = ? and control_id = ?"
            before = base.execute(asked, (feed, control_id)).fetchone() if control_id is not None else None
            if before and before[1] == digest:
                return int(before[0])
            if before:
                problems = (f"Its control id is that of message {before[0]}, which said something else.",)
                again = base.execute("select number from messages where feed = ? and digest = ?", (feed, digest)).fetchone()
                if again:
                    return int(again[0])
            at, named = microseconds(received_at), None if before else control_id
            happened = max((microseconds(one.event_at) for one in parsed.changes), default=None)
            made = base.execute(
                "insert into messages (feed, format, control_id, digest, received_at, event_at, problems, raw)"
                " values (?, ?, ?, ?, ?, ?, ?, ?)",
                (feed, format, named, digest, at, happened, "\n".join(problems) or None, raw),
            )
            number = int(made.lastrowid or 0)
            if not problems:
                say(base, number, parsed.changes, at)
                base.executemany(
                    "insert into merges (message, old, new, event_at) values (?, ?, ?, ?)",
                    [(number, one.old, one.new, microseconds(one.event_at)) for one in parsed.merges],
                )
        return number

    def problem_of(self, number: int) -> str | None:
        """Why the message is bad; None when it is not."""
        found = self._open().execute("select problems from messages where number = ?", (number,)).fetchone()
        return found[0] if found else None

    def change_count(self) -> int:
        """How many changes there ever were: it never falls."""
        found = self._open().execute("select coalesce(sum(seq), 0) from sqlite_sequence where name in ('changes', 'merges')")
        return int(found.fetchone()[0])

    def rows(self, table: str, since: datetime | None = None) -> pl.DataFrame:
        """Rows of the event table, one a case, from every message of the case that is kept, drained or not.

        A case is kept for KEPT after its last message. since (UTC): only cases of which a message was received since then.
        """
        base = self._open()
        last, *edges = base.execute(
            "select coalesce(max(number), 0), coalesce(min(number), 0), (select count(*) from merges)"
            ' from changes where "table" = ?',
            (table,),
        ).fetchone()
        seen, known, frame = self._folded.get(table, (0, (0, 0), folded_frame(table, pl.DataFrame(schema=CHANGES))))
        if known != tuple(edges):  # something went away, or two patients became one: from the start
            seen, frame = 0, frame.clear()
        if last > seen:
            asked = 'select distinct key from changes where "table" = ? and number > ?'
            keys = [key for (key,) in base.execute(asked, (table, seen))]
            new = self.folded(table, keys)
            frame = pl.concat([frame.filter(~pl.col(frame.columns[0]).is_in(keys)), new])
            self._folded[table] = (last, tuple(edges), frame)
        if since is None:
            return frame
        recent = base.execute(
            'select distinct key from changes where "table" = ? and received_at >= ?', (table, microseconds(since))
        ).fetchall()
        return frame.filter(pl.col(frame.columns[0]).is_in([key for (key,) in recent]))

    def folded(self, table: str, keys: Sequence[str]) -> pl.DataFrame:
        """The rows of the cases named, patients that were merged under their new key."""
        base = self._open()
        base.execute("create temp table if not exists asked (key text primary key)")
        base.execute("delete from asked")
        base.executemany("insert or ignore into asked values (?)", [(key,) for key in keys])
        found = base.execute(
            "select number, changes.key, event_at, kind, undoes, told, cleared from changes join asked using (key)"
            ' where "table" = ? order by number',
            (table,),
        ).fetchall()
        rows = folded_frame(table, pl.DataFrame(found, schema=CHANGES, orient="row"))
        return with_merged(rows, self.aliases()) if "patient_key" in rows.columns else rows

    def aliases(self) -> dict[str, str]:
        """The key in force of every patient's key that was merged into another, through all its merges."""
        pairs = self._open().execute("select old, new from merges order by event_at, number").fetchall()
        known: dict[str, str] = {}
        for old, new in pairs:
            known = {one: new if held == old else held for one, held in known.items()} | {old: new}
            known.pop(new, None)
        return known

    def undrained(self, most: int) -> Undrained:
        """What the lake lacks, of the first `most` changes that wait."""
        base = self._open()
        waiting = 'select number, "table", key from changes where drained = 0 order by number limit ?'
        found = base.execute(waiting, (most,)).fetchall()
        keys: dict[str, dict[str, None]] = {}
        for _, table, key in found:
            keys.setdefault(table, {})[key] = None
        merges = base.execute(
            "select number, old, new, event_at from merges where drained = 0 order by event_at, number"
        ).fetchall()
        return Undrained(
            found[-1][0] if found else 0, {table: list(of) for table, of in keys.items()},
            max((one[0] for one in merges), default=0), [one[1:] for one in merges],
        )  # fmt: skip

    def unasked(self, table: str, keys: Sequence[str]) -> list[str]:
        """Those of the cases of which the lake has not been asked what it knew before their first message here."""
        asked = {key for (key,) in self._open().execute('select key from cases where "table" = ?', (table,))}
        return [key for key in keys if key not in asked]

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
        """Delete raw messages older than `raw_kept`, and the changes of cases that the lake has and nobody spoke of for KEPT."""
        with self._writing() as base:
            base.execute(
                "update messages set raw = null where raw is not null and received_at < ?", (microseconds(now - raw_kept),)
            )
            old = 'select "table", key from changes group by "table", key having max(received_at) < ? and min(drained) = 1'
            base.execute(f'delete from cases where ("table", key) in ({old})', (microseconds(now - KEPT),))
            base.execute(f'delete from changes where ("table", key) in ({old})', (microseconds(now - KEPT),))

    def feeds(self) -> pl.DataFrame:
        """Each feed: feed, format, received, bad, depth (messages not yet in the lake), last_received_at, last_event_at,
        last_error, last_error_at; instants UTC."""
        found = (
            self._open()
            .execute(
                "with waiting as (select distinct message from changes where drained = 0),"
                " errors as (select feed, max(number) as number from messages where problems is not null group by feed)"
                " select m.feed, max(m.format), count(*), count(m.problems), count(w.message), max(m.received_at), max(m.event_at),"
                " (select problems from messages where number = e.number),"
                " (select received_at from messages where number = e.number)"
                " from messages m left join waiting w on w.message = m.number left join errors e on e.feed = m.feed"
                " group by m.feed order by m.feed"
            )
            .fetchall()
        )
        whole = {name: pl.Int64() if isinstance(kind, pl.Datetime) else kind for name, kind in FEEDS.items()}
        return pl.DataFrame(found, schema=whole, orient="row").cast(FEEDS)  # type: ignore[arg-type]

    def bad(self, limit: int = 100) -> pl.DataFrame:
        """The newest bad messages: number, feed, received_at (UTC), reason, raw (null when its days are over)."""
        found = (
            self._open()
            .execute(
                "select number, feed, received_at, problems, raw from messages where problems is not null"
                " order by number desc limit ?",
                (limit,),
            )
            .fetchall()
        )
        return pl.DataFrame(found, schema=BAD | {"received_at": pl.Int64()}, orient="row").cast({"received_at": pl.Datetime("us")})


def say(base: sqlite3.Connection, message: int | None, changes: Sequence[Change], at: int, drained: int = 0) -> None:
    base.executemany(
        'insert into changes (message, "table", key, event_at, kind, undoes, told, cleared, received_at, drained)'
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(message, one.table, *columns_of(one), at, drained) for one in changes],
    )


def with_merged(rows: pl.DataFrame, aliases: dict[str, str]) -> pl.DataFrame:
    return rows.with_columns(pl.col("patient_key").replace(aliases)) if aliases else rows
