"""Draining: what the journal has and the lake lacks becomes one commit of the lake."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl

from metrics import lake
from metrics.events import TABLES
from metrics.events.validation import judged
from metrics.home import Home
from metrics.ingest.intake import unlisted
from metrics.ingest.tidying import tidied
from metrics.journal import Journal
from metrics.journal.reading import Undrained, known_of
from metrics.lake import REJECT_SCHEMA, Writer, writing
from metrics.messages import case_of
from metrics.messages.merging import rekeyed

LIVE = "live"  # the ingest of rejects that came by messages
MOST = 50_000  # changes in one drain: four minutes of 200 a second, in a second or two and in one version of the lake
RAW_KEPT = timedelta(days=7)  # how long a raw message, which holds names, is kept to look into what was wrong with it


@dataclass(frozen=True)
class Drained:
    """rows: of the lake that are new or changed, by table. rejected: rows that broke a rule. left: more waits."""

    rows: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    left: bool = False


def drains(home: Home, journal: Journal, now: datetime) -> Iterator[Drained]:
    """Drain after drain, until the lake has all that the journal had; see `drain`."""
    left = True
    while left:
        done = drain(home, journal, now)
        left = done.left
        yield done


def drain(home: Home, journal: Journal, now: datetime) -> Drained:
    """Put the cases of at most MOST waiting changes into the lake, in one commit, then mark them as drained.

    A crash in between drains the same cases again: the same rows, so that nothing changes. Raises LakeError, and nothing is marked,
    when the lake cannot be written. now: UTC.
    """
    waiting = journal.undrained(MOST)
    if waiting.nothing:
        journal.forget(now, RAW_KEPT)
        return Drained()
    wrong = [pl.DataFrame(schema=REJECT_SCHEMA)]
    with writing(home, now) as writer:
        moved = lake_rows_merged(home, writer, waiting)
        for table in sorted({*waiting.keys, *moved}):
            rows = moved.get(table, pl.DataFrame(schema=TABLES[table].schema))
            held = journal.held(table, rows.select(case_of(table)).to_series().to_list())
            keys = list(dict.fromkeys([*waiting.keys.get(table, []), *held]))
            ask_lake(home, journal, table, keys, now)
            good, found = good_rows(home, table, journal.folded(table, keys))
            writer.stage(table, good)
            others = rows.filter(~case_of(table).is_in(held))
            writer.stage(table, rekeyed(others, waiting.merges, journal.patients()))
            wrong.append(found)
        rejected = keep_rejects(writer, pl.concat(wrong))
        rows_written = {table: outcome.accepted for table, outcome in writer.commit().items()}
        tidied(home, writer.head)
    journal.drained(waiting)
    journal.forget(now, RAW_KEPT)  # also where messages never cease: else nothing would ever go
    return Drained(rows_written, rejected, left=not journal.undrained(1).nothing)


def ask_lake(home: Home, journal: Journal, table: str, keys: list[str], now: datetime) -> None:
    """Note in the journal, once a case and before the lake is written, what the lake knew of it before its first message."""
    unasked = journal.unasked(table, keys)
    if unasked:
        found = lake.scan(home.lake, table).filter(case_of(table).is_in(unasked)).select(list(TABLES[table].schema)).collect()
        journal.remember(table, unasked, known_of(table, found), now)


def good_rows(home: Home, table: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that keep every rule; and of all rows `source`, `file` (the case) and, for each rule broken, what is wrong.

    Cases stand among the lake's rejects as long as something is wrong with them, under their own name in place of a file's.
    """
    lined = rows.with_columns(line=pl.int_range(pl.len(), dtype=pl.Int64))
    judgement = judged(TABLES[table], lined, more=unlisted(home, lined))
    case = pl.concat_str([pl.lit(table), case_of(table)], separator="/")
    broken = judgement.rejects.filter(pl.col("severity") == "reject")
    found = lined.select("line", "source", file=case).join(broken, on="line", how="left", maintain_order="left")
    told = found.with_columns(table=pl.lit(table), ingest_id=pl.lit(LIVE), file_hash=pl.col("file"), line=pl.lit(0, pl.Int64))
    return judgement.good.select(list(TABLES[table].schema)), told.select(list(REJECT_SCHEMA))


def keep_rejects(writer: Writer, found: pl.DataFrame) -> int:
    """Put what is wrong with the cases now in place of what was wrong with them before. How many cases are bad."""
    for (source,), cases in found.group_by("source"):
        writer.reject(str(source), cases["file"].to_list(), cases.filter(pl.col("rule").is_not_null()))
    return found.filter(pl.col("rule").is_not_null())["file"].n_unique()


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
