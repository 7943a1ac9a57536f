"""An incremental refresh: only the figures that changed events and the clock can have moved.

Equal to a full refresh to the last digit: counts and exact value counts are added up in whole numbers, and every
figure is computed from them by the same functions as in a full refresh.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import duckdb
import polars as pl

from metrics.events import TABLES, EventTable
from metrics.jobs.counts import counted_rows
from metrics.jobs.strata import Strata
from metrics.jobs.tallies import tally_facts, tally_observations
from metrics.refresh.additive import Additive, places_known
from metrics.refresh.affected import Affected, Search, fetched, layers_of, with_key
from metrics.refresh.census_figures import add_censuses
from metrics.refresh.changed_figures import ChangedFigures
from metrics.refresh.changed_waits import ChangedWaits
from metrics.refresh.full import dated_tables, small_tables, store_tables
from metrics.refresh.inputs import Inputs
from metrics.refresh.quality import changed_counts
from metrics.refresh.query_figures import give_way
from metrics.refresh.signals import judged_anew
from metrics.refresh.table_changes import TableChanges
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
    tables = [table for table in dated_tables() if table.name != "tallies"]
    restratified = changes.filter(pl.col("table") == "patients").select("patient_key").unique()

    def since() -> Since:
        return Since(previous, before.cursor(), changes)  # a connection of its own: it is asked on another thread

    def search(table: EventTable) -> Search:
        of_table = changes.filter(pl.col("table") == table.name)
        return Search(before, inputs, table, of_table, restratified, previous.as_of, layers_of(previous, table))

    with ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="computing") as threads:
        searched = threads.map(lambda table: with_affected(overlay, search(table)), tables)
        # what no figure waits for is worked out where nothing else is
        quality = threads.submit(changed_counts, inputs, since())
        small = threads.submit(small_tables, inputs, patients=not restratified.is_empty(), since=since())
        apart = threads.submit(add_apart, overlay, before.cursor(), inputs)
        found: list[tuple[Search, Affected]] = []
        for done, one in enumerate(searched):
            progress("computing what changed", done, len(tables))
            found.append(one)
        add_figures(overlay, before, [one for one in found if one[1].some], previous, threads)
        apart.result()
        store_tables(overlay.connection, small.result())
        moved, counts = quality.result()
        overlay.replace("quality_counts", moved, [counts])
    series = judged_anew(overlay, before, previous, inputs)
    progress("computing what changed", len(tables), len(tables))
    return series


def add_apart(overlay: Overlay, before: duckdb.DuckDBPyConnection, inputs: Inputs) -> None:
    """What hangs on no event that changed: the tallies' figures, and those of queries, which are asked anew."""
    if inputs.months(TABLES["tallies"]):
        add_tallies(overlay, before, inputs)
    give_way(overlay, before)


def with_affected(overlay: Overlay, search: Search) -> tuple[Search, Affected]:
    """The search with what it finds; the facts that are rewritten, and the table's censuses, are put into the overlay."""
    affected = search.affected()
    add_censuses(overlay, search.connection, search.inputs, search.table, affected, search.as_of_before)
    if affected.some:
        overlay.replace(f"facts_{search.table.name}", affected.replaced, [affected.rewritten.drop("key")])
    return search, affected


def add_figures(
    overlay: Overlay,
    before: duckdb.DuckDBPyConnection,
    found: Sequence[tuple[Search, Affected]],
    previous: Generation,
    threads: ThreadPoolExecutor,
) -> None:
    """The figures that the affected facts of all tables change."""
    if not found:
        return
    inputs = found[0][0].inputs
    facts = [frame for _, affected in found for frame in (affected.before, affected.after)]
    places = places_known(before, [metric.id for search, _ in found for metric in inputs.of_table(search.table)], facts)
    strata = strata_of(before, found[0][0], facts)
    stored = Additive(before, places)

    def changed(one: tuple[Search, Affected]) -> ChangedWaits:
        search, affected = one
        waits = ChangedWaits(stored, TableChanges(inputs, search.table, affected, places, *strata, previous.as_of))
        assert waits.figures is not None  # worked out here, beside another table's
        return waits

    waits = list(threads.map(changed, found))
    figures = ChangedFigures(stored, [one.changes for one in waits], waits)
    if not figures.touched["month"].is_empty():
        put_figures(overlay, figures, threads)


def strata_of(before: duckdb.DuckDBPyConnection, search: Search, facts: Sequence[pl.DataFrame]) -> tuple[Strata, Strata]:
    """The strata before and after of the facts' patients: where nobody's changed, from the generation before, since making
    everybody's takes longer than the rest."""
    if not search.restratified.is_empty():
        return Strata.of(fetched(before, "select * from patients")), search.inputs.strata
    keys = [frame.select("patient_key") for frame in facts if "patient_key" in frame.columns]
    if not search.inputs.has_strata or not keys:
        none = Strata.of(pl.DataFrame(schema=TABLES["patients"].schema))
        return none, none
    theirs = pl.concat(keys).unique()
    held = Strata.of(fetched(before, "select * from patients semi join theirs using (patient_key)", theirs=theirs), some=True)
    return held, held


def put_figures(overlay: Overlay, figures: ChangedFigures, threads: ThreadPoolExecutor) -> None:
    days, months = figures.days.rename({"period": "day"}), figures.touched["month"].rename({"period": "month"})
    parts: list[tuple[str, pl.DataFrame, Callable[[], Iterable[pl.DataFrame]]]] = [
        ("observations", figures.replaced_observations(), figures.observations),
        ("wait_bins", days, partial(figures.of_waits, ChangedWaits.new_wait_bins)),
        ("month_waits", months, partial(figures.of_waits, ChangedWaits.new_month_waits)),
        ("month_censored", months, partial(figures.of_waits, ChangedWaits.new_month_censored)),
        ("day_counts", days, lambda: [figures.new_day_counts()]),
        ("stratum_counts", months, lambda: [figures.new_stratum_counts()]),
    ]
    list(threads.map(lambda part: overlay.replace(part[0], part[1], part[2]()), parts))


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
