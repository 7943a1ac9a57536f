"""What the journal holds, asked of one connection. Instants that come out as numbers are microseconds since 1970, UTC."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from json import dumps

import polars as pl

from metrics.events import TABLES
from metrics.events.declaration import ENTERED_IN_ERROR
from metrics.messages import WITHDRAWN, Change
from metrics.messages.folding import CHANGES, case_of, folded_frame, frame_of
from metrics.messages.merging import Patients, Told, with_merged

FEEDS = {
    "feed": pl.String(), "format": pl.String(), "received": pl.Int64(), "bad": pl.Int64(), "depth": pl.Int64(),
    "last_received_at": pl.Datetime("us"), "last_event_at": pl.Datetime("us"), "last_error": pl.String(),
    "last_error_at": pl.Datetime("us"),
}  # fmt: skip
BAD = {
    "number": pl.Int64(), "feed": pl.String(), "received_at": pl.Datetime("us"), "reason": pl.String(), "raw": pl.Binary(),
}  # fmt: skip
HEARD = {
    "table": pl.String(), "site_id": pl.String(), "feed": pl.String(), "event_at": pl.Datetime("us"),
    "received_at": pl.Datetime("us"), "heard_at": pl.Datetime("us"),
}  # fmt: skip


@dataclass(frozen=True)
class Position:
    """How far a reader is: the last numbers of changes and of merges that it knows."""

    change: int = 0
    merge: int = 0


@dataclass(frozen=True)
class Undrained:
    """What the lake lacks. upto, merges_upto: the last numbers of changes and merges; keys: the cases by table; merges: the keys
    of patients, old and new, in order."""

    upto: int
    keys: dict[str, list[str]]
    merges_upto: int
    merges: list[Told]

    @property
    def nothing(self) -> bool:
        return not self.keys and not self.merges


def position(base: sqlite3.Connection) -> Position:
    found = base.execute("select coalesce(max(number), 0), (select coalesce(max(number), 0) from merges) from changes")
    return Position(*found.fetchone())


def undrained(base: sqlite3.Connection, most: int) -> Undrained:
    """What the lake lacks, of the first `most` changes that wait (-1: of all); every merge that waits."""
    waiting = 'select number, "table", key from changes where drained = 0 order by number limit ?'
    found = base.execute(waiting, (most,)).fetchall()
    merges = base.execute("select number, old, new, event_at from merges where drained = 0 order by event_at, number").fetchall()
    return Undrained(
        found[-1][0] if found else 0, by_table((table, key) for _, table, key in found),
        max((one[0] for one in merges), default=0), [one[1:] for one in merges],
    )  # fmt: skip


def touched(base: sqlite3.Connection, after: int) -> dict[str, list[str]]:
    """The cases of every change after that number, by table."""
    return by_table(base.execute('select distinct "table", key from changes where number > ?', (after,)))


def by_table(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    keys: dict[str, dict[str, None]] = {}
    for table, key in pairs:
        keys.setdefault(table, {})[key] = None
    return {table: list(of) for table, of in keys.items()}


def merge_pairs(base: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every merge, (old, new), in the order in which they happened."""
    return base.execute("select old, new from merges order by event_at, number").fetchall()


def unasked(base: sqlite3.Connection, table: str, keys: Sequence[str]) -> list[str]:
    """Those of the cases of which the lake has not been asked what it knew before their first message here."""
    asked = 'select value from json_each(?) asked where not exists (select 1 from cases where "table" = ? and key = asked.value)'
    return [key for (key,) in base.execute(asked, (dumps(list(keys)), table))]


def held(base: sqlite3.Connection, table: str, keys: Sequence[str]) -> list[str]:
    """Those of the cases that messages spoke of, as far as they are kept."""
    asked = 'select value from json_each(?) asked where exists (select 1 from changes where "table" = ? and key = asked.value)'
    return [key for (key,) in base.execute(asked, (dumps(list(keys)), table))]


def begun(base: sqlite3.Connection, table: str, keys: Sequence[str], kinds: Iterable[str]) -> list[str]:
    """Those of the cases of which a change of one of the kinds was told."""
    asked = (
        'select value from json_each(?) asked where exists (select 1 from changes where "table" = ? and key = asked.value'
        " and kind in (select value from json_each(?)))"
    )
    return [key for (key,) in base.execute(asked, (dumps(list(keys)), table, dumps(list(kinds))))]


def folded(
    base: sqlite3.Connection, table: str, keys: Sequence[str], patients: Patients, known: Sequence[Change] = ()
) -> pl.DataFrame:
    """The rows of the cases named, patients that were merged under their key in force. known: what the lake knew of cases before
    their first message, where the journal has not noted it; it counts as if it were noted now."""
    found = base.execute(
        "select number, changes.key, event_at, kind, undoes, told, cleared from json_each(?) asked"
        ' join changes on "table" = ? and changes.key = asked.value order by number',
        (dumps(list(keys)), table),
    ).fetchall()
    changes = pl.DataFrame(found, schema=CHANGES, orient="row")
    if known:
        after = (found[-1][0] if found else 0) + 1
        changes = pl.concat([changes, frame_of(known).with_columns(pl.col("number") + after)])
    return with_merged(folded_frame(table, changes), patients)


def known_of(table: str, rows: pl.DataFrame) -> list[Change]:
    """Rows of the lake as what it knew of their cases before messages spoke of them."""
    keys = rows.select(case_of(table)).to_series().to_list()
    told = zip(keys, rows.select(list(TABLES[table].schema)).iter_rows(named=True), strict=True)
    return [
        Change(
            table, key, row["recorded_at"], WITHDRAWN if row.get(ENTERED_IN_ERROR) else "known",
            {name: value for name, value in row.items() if value is not None and name != ENTERED_IN_ERROR},
        )
        for key, row in told
    ]  # fmt: skip


def feeds(base: sqlite3.Connection) -> pl.DataFrame:
    """Each feed, columns as in FEEDS; depth: messages not yet in the lake."""
    found = base.execute(
        "with waiting as (select distinct message from changes where drained = 0),"
        " depths as (select feed, count(*) as depth from waiting join messages on number = message group by feed)"
        " select feed, format, received, bad, coalesce(depth, 0), last_received_at, last_event_at, last_error, last_error_at"
        " from feeds left join depths using (feed) order by feed"
    ).fetchall()
    return instants(found, FEEDS)


def heard(base: sqlite3.Connection) -> pl.DataFrame:
    """By event table, site ('' where none was named) and feed, columns as in HEARD: the newest change's event_at and received_at.

    heard_at: when the feed last sent anything, also a message that changes nothing: it is not silent.
    """
    found = base.execute(
        'select "table", site_id, feed, event_at, received_at, last_received_at from spoken join feeds using (feed)'
        ' order by "table", site_id, feed'
    ).fetchall()
    return instants(found, HEARD)


def bad(base: sqlite3.Connection, limit: int) -> pl.DataFrame:
    """The newest bad messages, columns as in BAD; raw is null when its days are over."""
    found = base.execute(
        "select number, feed, received_at, problems, raw from messages where problems is not null order by number desc limit ?",
        (limit,),
    ).fetchall()
    return instants(found, BAD)


def instants(rows: Sequence[tuple[object, ...]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    whole = {name: pl.Int64() if isinstance(kind, pl.Datetime) else kind for name, kind in schema.items()}
    return pl.DataFrame(rows, schema=whole, orient="row").cast(schema)  # type: ignore[arg-type]
