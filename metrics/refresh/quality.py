"""The table `quality_counts`: what the checks count in events, stored so that no reader has to go through the events again.

Stored, because judging the counts takes milliseconds and counting ten million events takes seconds, and because they add up
over rows: an incremental refresh counts the rows of the patients that changed, as they were and as they are, and stores the months
that they moved.
"""

from collections.abc import Mapping

import polars as pl

from metrics import lake
from metrics.events import TABLES, EventTable
from metrics.quality.changed_counts import counts_after
from metrics.quality.counts import COUNTED, COUNTS, first_month, month_counts
from metrics.refresh.affected import SEPARATOR, fetched
from metrics.refresh.chunks import chunks_of
from metrics.refresh.inputs import Inputs
from metrics.refresh.tables import Since

STORED = f"select {', '.join(COUNTS)} from quality_counts semi join moved using (table_name, month)"
OUTGROWN = "select distinct table_name, month from quality_counts where month < $first"
MONTH = pl.Schema({"table_name": pl.String(), "month": pl.String()})  # what the counts of an overlay are replaced by


def quality_counts(inputs: Inputs) -> pl.DataFrame:
    """The counts of every counted table's newest months (columns of COUNTS)."""
    first = first_month(inputs.as_of)
    held = {name: {m: n for m, n in inputs.months(TABLES[name]).items() if m >= first} for name in COUNTED}
    return pl.concat(counted(inputs, TABLES[name], months) for name, months in held.items())


def changed_counts(inputs: Inputs, since: Since) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(table_name and month of the counts in the generation before that no longer hold, the counts in their place)."""
    first = first_month(inputs.as_of)
    moved = months_moved(since.changes, first)
    stored = fetched(since.connection, STORED, moved=moved).cast(COUNTS)  # type: ignore[arg-type]
    outgrown = fetched(since.connection, OUTGROWN, {"first": first}).cast(MONTH)  # type: ignore[arg-type]
    counts = (
        counts_of(inputs, TABLES[name], set(of_table["month"]), stored.filter(pl.col("table_name") == name), since)
        for name in COUNTED
        if not (of_table := moved.filter(pl.col("table_name") == name)).is_empty()
    )
    return pl.concat([moved, outgrown]), pl.concat([COUNTS.to_frame(), *counts])


def months_moved(changes: pl.DataFrame, first: str) -> pl.DataFrame:
    """MONTH of every counted table's months, from the first on, in which a row changed, or from which one went."""
    months = pl.concat([changes.select("table", "month"), changes.select("table", month="old_month")]).drop_nulls().unique()
    counted = pl.col("table").is_in(COUNTED) & (pl.col("month") >= first)
    return months.filter(counted).rename({"table": "table_name"}).cast(MONTH)  # type: ignore[arg-type]


def counts_of(inputs: Inputs, table: EventTable, moved: set[str], stored: pl.DataFrame, since: Since) -> pl.DataFrame:
    """The counts of one table's months moved: by gains and losses where these can tell them, else counted again."""
    told, again = counts_moved(inputs, table, moved, stored, since)
    new = counted(inputs, table, {month: rows for month, rows in inputs.months(table).items() if month in again})
    return pl.concat([told.filter(~pl.col("month").is_in(sorted(again))), new])


def counts_moved(
    inputs: Inputs, table: EventTable, moved: set[str], stored: pl.DataFrame, since: Since
) -> tuple[pl.DataFrame, set[str]]:
    """The counts of the months moved, by gains and losses; and those of the months that have to be counted again."""
    before = lake.OpenedLake(inputs.home.lake, lake.Head(versions=since.previous.manifest.get("lake", {})))
    if table.name not in before.head.versions or not before.holds(table.name, moved):
        return stored.clear(), moved
    states = {"before": before.standing(table.name), "now": inputs.events(table)}
    changes = since.changes.filter(pl.col("table") == table.name)
    counts = counts_of_touched(states, table, moved, changes, inputs)
    told, again = counts_after(stored, counts["before"], counts["now"])
    return told, set(again)


def counts_of_touched(
    states: Mapping[str, pl.LazyFrame], table: EventTable, moved: set[str], changes: pl.DataFrame, inputs: Inputs
) -> dict[str, pl.DataFrame]:
    """The counts of the months' rows that changed, or are of a patient of one that did, in each state of the table.

    All states are counted at once, each month of each as a month of its own: of few rows, counting costs more than they do.
    """
    # of a key of more columns, all rows that are alike in the first are touched
    first_of_key = changes["key"].str.split(SEPARATOR).list.first().unique()
    patients = pl.concat([changes["patient_key"], changes["old_patient_key"]]).drop_nulls().unique()
    touched = pl.col(table.key[0]).is_in(first_of_key.implode()) | pl.col("patient_key").is_in(patients.implode())
    rows = [
        frame.filter(pl.col("month").is_in(sorted(moved)), touched.fill_null(False)).with_columns(
            month=pl.lit(f"{state} ") + pl.col("month")
        )
        for state, frame in states.items()
    ]
    both = month_counts(pl.concat(pl.collect_all(rows)), table, inputs.calendar)
    state, month = (pl.col("month").str.split(" ").list.get(place) for place in (0, 1))
    return {name: both.filter(state == name).with_columns(month.alias("month")) for name in states}


def counted(inputs: Inputs, table: EventTable, months: dict[str, int]) -> pl.DataFrame:
    """Counted a few months at a time, so that no more than those are held."""
    parts = [
        month_counts(inputs.events(table).filter(pl.col("month").is_in(chunk)).collect(), table, inputs.calendar)
        for chunk in chunks_of(months)
    ]
    return pl.concat([COUNTS.to_frame(), *parts])
