"""The table `quality_counts`: what the checks count in events, stored so that no reader has to go through the events again.

Stored, because judging the counts takes milliseconds and counting ten million events takes seconds, and because they add up
over rows: an incremental refresh counts the rows of the patients that changed, as they were and as they are, and keeps the rest.
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
from metrics.warehouse.asking import has_table

STORED = f"select {', '.join(COUNTS)} from quality_counts where table_name = $name"


def quality_counts(inputs: Inputs, since: Since | None = None) -> pl.DataFrame:
    """The counts of every counted table's newest months (columns of COUNTS). With `since`, only what changed."""
    counted = since if since and has_table(since.connection, "quality_counts") else None
    first = first_month(inputs.as_of)
    return pl.concat([COUNTS.to_frame(), *(counts_of(inputs, TABLES[name], first, counted) for name in COUNTED)])


def counts_of(inputs: Inputs, table: EventTable, first: str, since: Since | None) -> pl.DataFrame:
    held = {month: rows for month, rows in inputs.months(table).items() if month >= first}
    if since is None or since.previous.as_of > inputs.as_of:  # the clock was set back: months are due that were not
        return counted(inputs, table, held)
    changes = since.changes.filter(pl.col("table") == table.name)
    moved = {month for month in (*changes["month"], *changes["old_month"].drop_nulls()) if month >= first}
    stored = fetched(since.connection, STORED, {"name": table.name}).cast(COUNTS).filter(pl.col("month") >= first)  # type: ignore[arg-type]
    kept = stored.filter(~pl.col("month").is_in(sorted(moved)))
    if not moved:
        return kept
    told, again = counts_moved(inputs, table, moved, changes, stored, since)
    new = counted(inputs, table, {month: rows for month, rows in held.items() if month in again})
    return pl.concat([kept, told.filter(~pl.col("month").is_in(sorted(again))), new])


def counts_moved(
    inputs: Inputs, table: EventTable, moved: set[str], changes: pl.DataFrame, stored: pl.DataFrame, since: Since
) -> tuple[pl.DataFrame, set[str]]:
    """The counts of the months moved, by gains and losses; and those of the months that have to be counted again."""
    before = lake.OpenedLake(inputs.home.lake, lake.Head(versions=since.previous.manifest.get("lake", {})))
    if table.name not in before.head.versions or not before.holds(table.name, moved):
        return stored.clear(), moved
    states = {"before": before.standing(table.name), "now": inputs.events(table)}
    counts = counts_of_touched(states, table, moved, changes, inputs)
    told, again = counts_after(stored.filter(pl.col("month").is_in(sorted(moved))), counts["before"], counts["now"])
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
