"""Signals of a generation: what the control charts say of its figures, judged once and stored for every reader.

An overlay judges only the series that may be judged otherwise than before (`judged_anew`): one of their figures moved, a period
closed with the clock, or what all are judged by is new. What a series is told never depends on the others (`signals.judging`).
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import duckdb
import polars as pl

from metrics.definitions.metric import Metric
from metrics.home import Home
from metrics.jobs.grains import Grain
from metrics.refresh.affected import fetched
from metrics.refresh.inputs import Inputs
from metrics.refresh.reason import words_fingerprints
from metrics.signals.judging import judged
from metrics.signals.schema import KEYS, SIGNAL_POINTS
from metrics.signals.targets import targets_in_force
from metrics.warehouse import Generation
from metrics.warehouse.overlay import Overlay
from metrics.warehouse.schema import REPLACED_BY, finish_overlay, in_arrow, in_base, insert, own, replaced, store

JUDGED: tuple[Grain, ...] = ("week", "month")  # grains: days are too few cases each, quarters and years too few periods
JUDGED_BY = ("targets", "baselines", "sites", "program")  # in the manifest: where any of it is new, all series are judged anew
_KEYS = ", ".join(KEYS)
_IN_JUDGED = f"stratum is null and grain in {JUDGED}"
SERIES = f"""
    with begun as (
        -- the first day of each metric at each site, and at all of them (site_id null)
        select metric, site_id, min(day) as first_day
        from day_counts
        group by grouping sets ((metric, site_id), (metric))
    )
    select
        o.metric, statistic, grain, period_start, period_end, o.site_id, service_id, numerator, denominator, value, n,
        mature, first_day
    from observations as o
    left join begun on begun.metric = o.metric and begun.site_id is not distinct from o.site_id
    where {_IN_JUDGED}
"""
ASKED = f"""
    select s.* from ({SERIES}) s semi join asked a on {" and ".join(f"a.{key} is not distinct from s.{key}" for key in KEYS)}
"""
OF_JUDGED = f"exists (select 1 from judged j where {' and '.join(f'j.{key} is not distinct from p.{key}' for key in KEYS)})"
POINTS_IN_BASE = f"select {', '.join(SIGNAL_POINTS)} from {in_base('signal_points')} p where {OF_JUDGED}"
# The series of every figure that this refresh took away, put in or changed; `mature` as the as-of instants before and now have it.
FIGURES = f"{_KEYS}, period_start, period_end, numerator, denominator, value, n"
BEFORE = f"""
    select {FIGURES}, mature from observations semi join touched using (metric, grain, period_start) where {_IN_JUDGED}
"""
NOW = f"select {FIGURES}, coalesce(matures_at <= $as_of, false) as mature from {own('observations')} where {_IN_JUDGED}"
MATURED = f"select distinct {_KEYS} from {{table}} where {_IN_JUDGED} and matures_at > $before and matures_at <= $as_of"
LATE = f"select distinct {_KEYS} from observations semi join late using (metric) where {_IN_JUDGED}"
# The series of every place where the first day on which a metric counts something may be another one now.
BEGUN = f"""
    with begun as (
        select metric, site_id, min(day) as first_day from day_counts group by grouping sets ((metric, site_id), (metric))
    )
    select {", ".join(f"s.{key}" for key in KEYS)}
    from signals s
    join touched t on t.metric = s.metric
    left join begun b on b.metric = s.metric and b.site_id is not distinct from s.site_id
    where coalesce(t.day <= b.first_day, true) -- nothing may have been counted yet where there were waits
"""


def store_signals(connection: duckdb.DuckDBPyConnection, inputs: Inputs, series: pl.DataFrame | None = None) -> None:
    """Fill `signals` and `signal_points` from the figures of the generation being built, as its readers will see them.

    series: of an overlay, the series to judge, as `judged_anew` announced them; of a full generation (null) all are. The series of
    queries and ratios, which are counted once the others' figures are in, are judged in both.
    """
    if series is None:
        points, signals = judged_in(connection.sql(SERIES).pl(), inputs)
        store(connection, "signal_points", points)
        store(connection, "signals", signals)
    else:
        asked = pl.concat([series, announced(connection, inputs, series)])
        observed = fetched(connection, ASKED, asked=asked)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading") as thread:
            base = thread.submit(fetched, connection.cursor(), POINTS_IN_BASE, judged=asked)
            points, signals = judged_in(observed, inputs)
        store_changed_points(connection, asked, points, base.result())
        insert(connection, own("signals"), signals)


def judged_in(observed: pl.DataFrame, inputs: Inputs) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(signal_points, signals) of the figures of SERIES."""
    return judged_by_home(whole_periods(observed, inputs.metrics), inputs.home, inputs.metrics, inputs.baselines)


def store_changed_points(
    connection: duckdb.DuckDBPyConnection, judged: pl.DataFrame, points: pl.DataFrame, base: pl.DataFrame
) -> None:
    """Store, of the points of the series judged in an overlay, those that are not what the base has; and which it has no longer.

    A new figure moves its own point, and the limits of those after it if any: of a hundred points nearly all stay.
    """
    changed, gone = unlike(points, base.cast(points.schema))  # type: ignore[arg-type]
    connection.register("judged", in_arrow(judged))
    for held in (own("signal_points"), replaced("signal_points")):  # what the overlay before said of them, carried over
        connection.execute(f"delete from {held} p where {OF_JUDGED}")
    connection.unregister("judged")
    Overlay(connection).replace("signal_points", pl.concat([changed.select(gone.columns), gone]), [changed])
    finish_overlay(connection, ("signals", "signal_points"))


def unlike(points: pl.DataFrame, base: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(the points that are not among those of the base, the keys of the base's points that are no longer there).

    Where both have the same periods in the same order, as between two instants of a day, row is held against row.
    """
    keys = list(REPLACED_BY["signal_points"])
    if points.select(keys).equals(base.select(keys)):
        differs = [points[name].ne_missing(base[name]) for name in points.columns if name not in keys]
        return points.filter(pl.any_horizontal(differs)), base.select(keys).clear()
    changed = points.join(base, on=points.columns, how="anti", nulls_equal=True)
    return changed, base.select(keys).join(points, on=keys, how="anti", nulls_equal=True)


def whole_periods(observed: pl.DataFrame, metrics: Mapping[str, Metric]) -> pl.DataFrame:
    """The figures without `first_day`; `mature` only where the data reach as far back as the figure looks.

    A period in the middle of which the data begin is no whole one, and a panel of 18 months only seems to grow while the data are
    younger: both are drawn, but make no limits and raise no alert. Who is there on a day is counted by no day: there the series'
    own first period is where the data begin.
    """
    history = {metric.id: metric.history for metric in metrics.values() if metric.history}
    needed = pl.col("metric").replace_strict(history, default=timedelta(0), return_dtype=pl.Duration("us"))
    seen = pl.col("first_day").is_null() | (pl.col("period_start") >= pl.col("first_day"))
    begun = pl.coalesce("first_day", pl.col("period_end").min().over(KEYS)).cast(pl.Datetime("us"))
    long_enough = (needed == timedelta(0)) | (pl.col("period_start").cast(pl.Datetime("us")) >= begun + needed)
    return observed.with_columns(pl.col("mature") & seen & long_enough).drop("first_day")


def announced(connection: duckdb.DuckDBPyConnection, inputs: Inputs, series: pl.DataFrame) -> pl.DataFrame:
    """The series that queries and ratios have besides, announced to the overlay."""
    more = fetched(connection, LATE, late=late(inputs)).join(series, on=KEYS, how="anti", nulls_equal=True)
    if not more.is_empty():
        Overlay(connection).replace("signals", more, [])
        finish_overlay(connection, ("signals",))
    return more


def late(inputs: Inputs) -> pl.DataFrame:
    """metric: those whose figures follow from the others', and are counted after them."""
    return pl.DataFrame({"metric": [metric.id for metric in (*inputs.queries, *inputs.ratios)]}, schema={"metric": pl.String})


def judged_anew(overlay: Overlay, before: duckdb.DuckDBPyConnection, previous: Generation, inputs: Inputs) -> pl.DataFrame:
    """The series (KEYS) that an overlay has to judge, announced to it. Ask once its figures are in, before any is carried over."""
    now = words_fingerprints(inputs)
    if all(previous.manifest.get(name) == now[name] for name in JUDGED_BY):
        found = [changed_series(overlay, before, inputs), matured_series(before, previous, inputs), begun_series(overlay, before)]
    else:
        known = fetched(overlay.connection, f"select {_KEYS} from ({NOW})", {"as_of": inputs.as_of})
        found = [fetched(before, f"select {_KEYS} from signals"), known]
    found.append(fetched(before, f"select {_KEYS} from signals semi join late using (metric)", late=late(inputs)))
    series = pl.concat(found).unique()
    overlay.replace("signals", series, [])
    return series


def changed_series(overlay: Overlay, before: duckdb.DuckDBPyConnection, inputs: Inputs) -> pl.DataFrame:
    """The series with a figure that is not what it was; a figure computed again to the same digits is none."""
    touched = fetched(overlay.connection, f"select * from {replaced('observations')} where grain in {JUDGED}")
    were = fetched(before, BEFORE, touched=touched)
    are = fetched(overlay.connection, NOW, {"as_of": inputs.as_of}).cast(were.schema)  # type: ignore[arg-type]
    only = [one.join(other, on=were.columns, how="anti", nulls_equal=True) for one, other in ((were, are), (are, were))]
    return pl.concat(only).select(KEYS)


def matured_series(before: duckdb.DuckDBPyConnection, previous: Generation, inputs: Inputs) -> pl.DataFrame:
    """The series of which a period closed since the generation before by the clock alone."""
    tables = [own("observations"), *([in_base("observations")] if previous.base_path else [])]
    instants: dict[str, object] = {"before": previous.as_of, "as_of": inputs.as_of}
    return pl.concat(fetched(before, MATURED.format(table=table), instants) for table in tables)


def begun_series(overlay: Overlay, before: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The series of places whose first days were touched: which periods are whole ones may have changed."""
    touched = fetched(overlay.connection, f"select metric, min(day) as day from {replaced('day_counts')} group by metric")
    return fetched(before, BEGUN, touched=touched)


def judged_by_home(
    observed: pl.DataFrame, home: Home, metrics: Mapping[str, Metric], baselines: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(signal_points, signals) of the figures (columns of SERIES), by the home's targets and people's baselines."""
    better = pl.DataFrame(
        [(metric.id, metric.better) for metric in metrics.values()], schema={"metric": pl.String, "better": pl.String}, orient="row"
    )

    def in_force(series: pl.LazyFrame) -> pl.LazyFrame:
        return targets_in_force(series, home.targets, home.sites)

    return judged(observed, baselines, in_force, better)
