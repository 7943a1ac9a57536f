"""The table `quality_counts`: what the checks count in events, stored so that no reader has to go through the events again.

Stored, because judging the counts takes milliseconds and counting ten million events takes seconds, and because they add up
over months: an incremental refresh counts the months that changed and keeps the others.
"""

import polars as pl

from metrics.events import TABLES, EventTable
from metrics.quality.counts import COUNTED, COUNTS, first_month, month_counts
from metrics.refresh.affected import fetched
from metrics.refresh.chunks import chunks_of
from metrics.refresh.inputs import Inputs
from metrics.refresh.tables import Since
from metrics.warehouse.asking import has_table

STORED = f"select {', '.join(COUNTS)} from quality_counts where table_name = $name"


def quality_counts(inputs: Inputs, since: Since | None = None) -> pl.DataFrame:
    """The counts of every counted table's newest months (columns of COUNTS). With `since`, changed months are counted anew."""
    counted = since if since and has_table(since.connection, "quality_counts") else None
    first = first_month(inputs.as_of)
    return pl.concat([COUNTS.to_frame(), *(counts_of(inputs, TABLES[name], first, counted) for name in COUNTED)])


def counts_of(inputs: Inputs, table: EventTable, first: str, since: Since | None) -> pl.DataFrame:
    held = {month: rows for month, rows in inputs.months(table).items() if month >= first}
    if since is None:
        return counted(inputs, table, held)
    changed = since.changes.filter(pl.col("table") == table.name)
    moved = set(changed["month"]) | set(changed["old_month"].drop_nulls())
    if since.previous.as_of > inputs.as_of:  # the clock was set back: months are due that were not
        return counted(inputs, table, held)
    kept = fetched(since.connection, STORED, {"name": table.name}).filter(
        pl.col("month") >= first, ~pl.col("month").is_in(sorted(moved))
    )
    new = counted(inputs, table, {month: rows for month, rows in held.items() if month in moved})
    return pl.concat([kept.cast(COUNTS), new])  # type: ignore[arg-type]


def counted(inputs: Inputs, table: EventTable, months: dict[str, int]) -> pl.DataFrame:
    """Counted a few months at a time, so that no more than those are held."""
    parts = [
        month_counts(inputs.events(table).filter(pl.col("month").is_in(chunk)).collect(), table, inputs.calendar)
        for chunk in chunks_of(months)
    ]
    return pl.concat([COUNTS.to_frame(), *parts])
