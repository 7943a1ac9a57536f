"""A full refresh: every fact and every figure, from the lake's head."""

from collections.abc import Callable, Iterator, Mapping

import duckdb
import polars as pl

from metrics.definitions.derived import FOLLOWING, Following
from metrics.definitions.polars_form import predicate
from metrics.events import TABLES, EventTable
from metrics.jobs.counts import counted_rows
from metrics.jobs.facts import UNASSIGNED, facts
from metrics.jobs.places import Places
from metrics.jobs.returns import LAST, followed, next_rows, with_last_of_ties, with_next
from metrics.jobs.tallies import tally_facts, tally_observations
from metrics.refresh.census_figures import CensusFigures
from metrics.refresh.chunks import chunks_of
from metrics.refresh.inputs import Inputs
from metrics.refresh.quality import quality_counts
from metrics.refresh.storing import Storing, storing
from metrics.refresh.table_figures import TableFigures
from metrics.refresh.tables import Since, definition_rows, feed_tables
from metrics.warehouse.schema import create_full, store

Progress = Callable[[str, int, int | None], None]


def build_full(connection: duckdb.DuckDBPyConnection, inputs: Inputs, progress: Progress) -> None:
    """Fill an empty generation. Holds a month or so of one table's events at a time, and its waits as counts."""
    create_full(connection, {table.name: empty_facts(inputs, table).schema for table in dated_tables()})
    with storing(connection) as taken:
        for table in dated_tables():
            if table.name != "tallies":
                build_table(taken, inputs, table, progress)
    build_tallies(connection, inputs)
    store_tables(connection, small_tables(inputs) | {"quality_counts": quality_counts(inputs)})


def dated_tables() -> Iterator[EventTable]:
    return (table for table in TABLES.values() if table.anchor is not None)


def empty_facts(inputs: Inputs, table: EventTable) -> pl.DataFrame:
    """Facts without rows: what columns they have depends on the catalogue."""
    none = pl.DataFrame(schema=table.schema)
    if table.name == "tallies":
        return tally_facts(none, inputs.calendar)
    following = FOLLOWING.get(table.name)
    return _facts_of(followed(none, following) if following else none, inputs, table)


def build_table(taken: Storing, inputs: Inputs, table: EventTable, progress: Progress) -> None:
    """Store one event table's facts and figures, a few months at a time."""
    chunks = chunks_of(inputs.months(table))
    places = places_of(inputs, table)
    figures = TableFigures(table, inputs.of_table(table), places, inputs.strata, inputs.as_of)
    censuses = CensusFigures(table, inputs, places)
    following = FOLLOWING.get(table.name)
    found = following_rows(inputs, table, following) if following else pl.DataFrame()
    for done, months in enumerate(chunks):
        progress(f"computing {table.name}", done, len(chunks))
        within = pl.col("month").is_in(months)
        events = inputs.events(table).filter(within).drop("month").collect()
        if following:
            events = with_next(events, found.filter(within | pl.col(LAST).is_not_null()), following)
        made = _facts_of(events, inputs, table)
        taken.store(f"facts_{table.name}", made)
        figures.add_months(made)
        censuses.add_months(made)
    progress(f"computing {table.name}", len(chunks), len(chunks))
    store_figures(taken, figures)
    for frame in censuses.observations():
        taken.store("observations", frame)
    taken.store("census_moves", censuses.named_moves())


def _facts_of(events: pl.DataFrame, inputs: Inputs, table: EventTable) -> pl.DataFrame:
    return facts(events, table, inputs.of_table(table), inputs.calendar, inputs.as_of)


def places_of(inputs: Inputs, table: EventTable) -> Places:
    pairs = inputs.events(table).select("site_id", pl.col("service_id").fill_null(UNASSIGNED)).unique()
    return Places.of(pairs.collect())


def following_rows(inputs: Inputs, table: EventTable, following: Following) -> pl.DataFrame:
    """Every instant of every patient in the table, with the next one's and the lake month it is filed in.

    Rows at one instant may be filed in several months, where their sites' zones differ; the row stands in one of them.
    """
    among = inputs.events(table).filter(predicate(following.among))
    found = next_rows(among.select(*following.same, following.at, "month").collect(), following)
    return with_last_of_ties(found, among, following)


def store_figures(taken: Storing, figures: TableFigures) -> None:
    for frame in figures.all_observations():
        taken.store("observations", frame)
    taken.store("day_counts", figures.named_day_counts())
    taken.store("stratum_counts", figures.named_stratum_counts())
    taken.store("month_waits", figures.month_waits())
    taken.store("month_censored", figures.month_censored())
    taken.store("wait_bins", figures.binned_waits())


def build_tallies(connection: duckdb.DuckDBPyConnection, inputs: Inputs) -> None:
    tallies = inputs.events(TABLES["tallies"]).drop("month").collect()
    made = tally_facts(tallies, inputs.calendar)
    store(connection, "facts_tallies", made)
    store(connection, "observations", tally_observations(counted_rows(made, "period_start", inputs.as_of), inputs.tallied))


def small_tables(inputs: Inputs, patients: bool = True, since: Since | None = None) -> dict[str, pl.DataFrame]:
    """The tables that every generation holds whole; an overlay leaves `patients` to its base where none changed.

    since: the generation before, of whose feeds only what moved is counted anew, and whose calendars are left to it where
    they are the inputs'.
    """
    home = inputs.home
    whole = {
        "sites": home.sites,
        "targets": home.targets,
        "definitions": definition_rows(inputs.metrics, home.catalog),
        **feed_tables(inputs, since),
    }
    if since is None or not inputs.calendar_kept:
        whole |= {"opening_hours": inputs.calendar.hours, "working_days": inputs.calendar.days}
    if patients:
        whole["patients"] = inputs.patients.drop("month", strict=False)
    return whole


def store_tables(connection: duckdb.DuckDBPyConnection, whole: Mapping[str, pl.DataFrame]) -> None:
    for name, frame in whole.items():
        store(connection, name, frame)
