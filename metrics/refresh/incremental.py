"""An incremental refresh: only the figures that changed events and the clock can have moved.

Equal to a full refresh to the last digit: counts and exact value counts are added up in whole numbers, and every
figure is computed from them by the same functions as in a full refresh.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import duckdb
import polars as pl

from metrics.events import TABLES, EventTable
from metrics.jobs.counts import counted_rows
from metrics.jobs.strata import Strata
from metrics.jobs.tallies import tally_facts, tally_observations
from metrics.refresh.additive import places_known
from metrics.refresh.affected import Affected, Search, fetched, layers_of, with_key
from metrics.refresh.census_figures import add_censuses
from metrics.refresh.changed_figures import ChangedFigures
from metrics.refresh.full import dated_tables, store_small_tables
from metrics.refresh.inputs import Inputs
from metrics.refresh.query_figures import give_way
from metrics.refresh.signals import judged_anew
from metrics.refresh.tables import Since
from metrics.warehouse import Generation
from metrics.warehouse.overlay import Overlay

Progress = Callable[[str, int, int | None], None]
WORKERS = 2  # tables computed at a time: most steps are too small for the engines to share out


def build_incremental(
    overlay: Overlay,
    before: duckdb.DuckDBPyConnection,
    previous: Generation,
    inputs: Inputs,
    changes: pl.DataFrame,
    progress: Progress,
) -> pl.DataFrame:
    """Fill the overlay: this refresh's new rows over those of the generation before. Returns the series left to be judged.

    before: a reading connection to the generation before; changes: the lake's changes since it was made.
    """
    restratified = changes.filter(pl.col("table") == "patients").select("patient_key").unique()
    strata_before = None if restratified.is_empty() else Strata.of(fetched(before, "select * from patients"))
    tables = [table for table in dated_tables() if table.name != "tallies"]

    def added(table: EventTable) -> None:
        of_table = changes.filter(pl.col("table") == table.name)
        search = Search(before, inputs, table, of_table, restratified, previous.as_of, layers_of(previous, table))
        add_table(overlay, before, search, strata_before)

    with ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="computing") as threads:
        for done, _ in enumerate(threads.map(added, tables)):
            progress("computing what changed", done, len(tables))
    if inputs.months(TABLES["tallies"]):
        add_tallies(overlay, before, inputs)
    give_way(overlay, before)
    since = Since(previous, before, changes)
    store_small_tables(overlay.connection, inputs, patients=not restratified.is_empty(), since=since)
    series = judged_anew(overlay, before, previous, inputs)
    progress("computing what changed", len(tables), len(tables))
    return series


def add_table(overlay: Overlay, before: duckdb.DuckDBPyConnection, search: Search, strata_before: Strata | None) -> None:
    """One event table's rewritten facts and the figures that they change. strata_before: null where nobody's strata changed."""
    affected = search.affected()
    add_censuses(overlay, before, search.inputs, search.table, affected, search.as_of_before)
    if affected.before.is_empty() and affected.after.is_empty():
        return
    unchanged = strata_of(before, search.inputs, affected) if strata_before is None else None
    strata = (unchanged, unchanged) if unchanged else (strata_before or search.inputs.strata, search.inputs.strata)
    metrics = search.inputs.of_table(search.table)
    places = places_known(before, [metric.id for metric in metrics], affected.before, affected.after)
    figures = ChangedFigures(before, search.inputs, search.table, affected, places, *strata, search.as_of_before)
    overlay.replace(f"facts_{search.table.name}", affected.replaced, [affected.rewritten.drop("key")])
    if not figures.touched("month").is_empty():
        add_figures(overlay, figures)


def strata_of(before: duckdb.DuckDBPyConnection, inputs: Inputs, affected: Affected) -> Strata:
    """The strata of the affected facts' patients, from the generation before: making everybody's takes longer than the rest."""
    facts = [frame for frame in (affected.before, affected.after) if "patient_key" in frame.columns]
    if not inputs.has_strata or not facts:
        return Strata.of(pl.DataFrame(schema=TABLES["patients"].schema))
    theirs = pl.concat(frame.select("patient_key") for frame in facts).unique()
    return Strata.of(fetched(before, "select * from patients semi join theirs using (patient_key)", theirs=theirs), some=True)


def add_figures(overlay: Overlay, figures: ChangedFigures) -> None:
    days, months = figures.days.rename({"period": "day"}), figures.touched("month").rename({"period": "month"})
    overlay.replace("observations", figures.replaced_observations(), figures.observations())
    overlay.replace("day_counts", days, [figures.new_day_counts()])
    overlay.replace("stratum_counts", months, [figures.new_stratum_counts()])
    overlay.replace("month_waits", months, figures.new_month_waits())
    overlay.replace("month_censored", months, figures.new_month_censored())
    overlay.replace("wait_bins", days, figures.new_wait_bins())


def add_tallies(overlay: Overlay, before: duckdb.DuckDBPyConnection, inputs: Inputs) -> None:
    """Tallies are few: all of their figures are made anew."""
    table = TABLES["tallies"]
    after = with_key(tally_facts(inputs.events(table).drop("month").collect(), inputs.calendar), table)
    stored = with_key(fetched(before, "select * from facts_tallies"), table).select(after.columns).cast(after.schema)  # type: ignore[arg-type]
    rewritten = Affected(stored, after).rewritten
    overlay.replace("facts_tallies", rewritten.select("key"), [rewritten.drop("key")])
    made = tally_observations(counted_rows(after.drop("key"), "period_start", inputs.as_of), inputs.tallied)
    were = fetched(
        before, "select distinct metric, grain, period_start from observations semi join tallied using (metric)",
        tallied=pl.DataFrame({"metric": [metric.id for metric in inputs.tallied]}, schema={"metric": pl.String}),
    )  # fmt: skip
    keys = pl.concat([were, made.select(were.columns)]).unique() if not made.is_empty() else were
    overlay.replace("observations", keys, [made])
