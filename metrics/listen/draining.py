"""Draining: what the journal has and the lake lacks becomes one commit of the lake."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from metrics import lake
from metrics.events import TABLES, Rule
from metrics.events.validation import judged
from metrics.home import Home
from metrics.journal import Journal
from metrics.lake import Writer, writing
from metrics.messages import Change

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
        for table, keys in waiting.keys.items():
            ask_lake(home, journal, table, keys, now)
            good, bad = good_rows(home, table, journal.folded(table, keys))
            writer.stage(table, good)
            rejected += bad
        stage_merged(home, writer, waiting.merges, journal.aliases())
        rows = {table: outcome.accepted for table, outcome in writer.commit().items()}
    journal.drained(waiting)
    return Drained(rows, rejected, left=not journal.undrained(1).nothing)


def ask_lake(home: Home, journal: Journal, table: str, keys: list[str], now: datetime) -> None:
    """Note in the journal, once a case and before the lake is written, what the lake knew of it before its first message."""
    unasked, key = journal.unasked(table, keys), TABLES[table].key[0]
    if unasked:
        found = lake.scan(home.lake, table).filter(pl.col(key).is_in(unasked)).select(list(TABLES[table].schema)).collect()
        known = [
            Change(table, row[key], row["recorded_at"], "known", {name: value for name, value in row.items() if value is not None})
            for row in found.iter_rows(named=True)
        ]
        journal.remember(table, unasked, known, now)


def good_rows(home: Home, table: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The rows that keep every rule, and how many do not."""
    listed = home.sites["site_id"].to_list()
    unknown = rows["site_id"].drop_nulls().unique().filter(~rows["site_id"].drop_nulls().unique().is_in(listed)).sort()
    named = ", ".join("'" + site.replace("'", "''") + "'" for site in unknown)
    severity = home.settings.unknown_site
    more = (Rule("site_known", "The site is listed in sites.csv.", f"site_id in ({named})", "site_id", severity),) if named else ()
    judgement = judged(TABLES[table], rows.with_columns(line=pl.int_range(pl.len(), dtype=pl.Int64)), more=more)
    return judgement.good.select(list(TABLES[table].schema)), judgement.rejected


def stage_merged(home: Home, writer: Writer, merges: list[tuple[str, str, int]], aliases: dict[str, str]) -> None:
    """Rows that the lake has of a patient's old key, under the one in force."""
    for old, new, at in merges:
        said = pl.lit(at, pl.Int64).cast(pl.Datetime("us"))
        for table in TABLES.values():
            if table.name in writer.head.versions and "patient_key" in table.column and "patient_key" not in table.key:
                rows = lake.scan(home.lake, table.name).filter(pl.col("patient_key") == old).select(list(table.schema)).collect()
                newer = pl.max_horizontal(pl.col("recorded_at") + pl.duration(microseconds=1), said)
                writer.stage(table.name, rows.with_columns(patient_key=pl.lit(aliases.get(new, new)), recorded_at=newer))
