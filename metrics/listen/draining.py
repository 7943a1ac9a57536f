"""Draining: what the journal has and the lake lacks becomes one commit of the lake."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from metrics import lake
from metrics.events import TABLES, Rule
from metrics.events.validation import judged
from metrics.home import Home
from metrics.journal import Journal
from metrics.journal.reading import Undrained, known_of
from metrics.lake import Writer, writing
from metrics.messages.merging import rekeyed

MOST = 5_000  # changes in one drain: a minute's messages at full rate take well under a second
RAW_KEPT = timedelta(days=7)  # how long a raw message, which holds names, is kept to look into what was wrong with it


@dataclass(frozen=True)
class Drained:
    """rows: of the lake that are new or changed, by table. rejected: rows that broke a rule. left: more waits."""

    rows: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    left: bool = False


def drain(home: Home, journal: Journal, now: datetime) -> Drained:
    """Put the cases of at most MOST waiting changes into the lake, in one commit, then mark them as drained.

    A crash in between drains the same cases again: the same rows, so that nothing changes. Raises LakeError, and nothing is marked,
    when the lake cannot be written. now: UTC.
    """
    waiting = journal.undrained(MOST)
    if waiting.nothing:
        journal.forget(now, RAW_KEPT)
        return Drained()
    rejected = 0
    with writing(home, now) as writer:
        moved = lake_rows_merged(home, writer, waiting)
        for table in sorted({*waiting.keys, *moved}):
            rows = moved.get(table, pl.DataFrame(schema=TABLES[table].schema))
            held = journal.held(table, rows[TABLES[table].key[0]].to_list())
            keys = list(dict.fromkeys([*waiting.keys.get(table, []), *held]))
            ask_lake(home, journal, table, keys, now)
            good, bad = good_rows(home, table, journal.folded(table, keys))
            writer.stage(table, good)
            others = rows.filter(~pl.col(TABLES[table].key[0]).is_in(held))
            writer.stage(table, rekeyed(others, waiting.merges, journal.patients()))
            rejected += bad
        rows_written = {table: outcome.accepted for table, outcome in writer.commit().items()}
    journal.drained(waiting)
    return Drained(rows_written, rejected, left=not journal.undrained(1).nothing)


def ask_lake(home: Home, journal: Journal, table: str, keys: list[str], now: datetime) -> None:
    """Note in the journal, once a case and before the lake is written, what the lake knew of it before its first message."""
    unasked, key = journal.unasked(table, keys), TABLES[table].key[0]
    if unasked:
        found = lake.scan(home.lake, table).filter(pl.col(key).is_in(unasked)).select(list(TABLES[table].schema)).collect()
        journal.remember(table, unasked, known_of(table, found), now)


def good_rows(home: Home, table: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The rows that keep every rule, and how many do not."""
    listed = home.sites["site_id"].to_list()
    unknown = rows["site_id"].drop_nulls().unique().filter(~rows["site_id"].drop_nulls().unique().is_in(listed)).sort()
    named = ", ".join("'" + site.replace("'", "''") + "'" for site in unknown)
    severity = home.settings.unknown_site
    more = (Rule("site_known", "The site is listed in sites.csv.", f"site_id in ({named})", "site_id", severity),) if named else ()
    judgement = judged(TABLES[table], rows.with_columns(line=pl.int_range(pl.len(), dtype=pl.Int64)), more=more)
    return judgement.good.select(list(TABLES[table].schema)), judgement.rejected


def lake_rows_merged(home: Home, writer: Writer, waiting: Undrained) -> dict[str, pl.DataFrame]:
    """The lake's rows of patients whose key goes by a merge that waits, by table. Of a case that messages spoke of, what they said
    is told again under the key that stays; any other row is moved as it is."""
    olds = [old for old, *_ in waiting.merges]
    names = [
        table.name for table in TABLES.values()
        if olds and "patient_key" in table.column and "patient_key" not in table.key and table.name in writer.head.versions
    ]  # fmt: skip
    found = {
        name: lake.scan(home.lake, name).filter(pl.col("patient_key").is_in(olds)).select(list(TABLES[name].schema)).collect()
        for name in names
    }
    return {name: rows for name, rows in found.items() if len(rows)}
