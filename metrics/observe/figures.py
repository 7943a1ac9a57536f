"""The figures that answer a question."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from metrics.definitions import definition_version, sql_for
from metrics.definitions.metric import ESTIMATES, MEAN_WAIT, QUANTILES, Metric, QueryMetric, Statistic
from metrics.errors import UserError
from metrics.home import Home
from metrics.observe.asked import Slice, checked
from metrics.warehouse import Generation, current, run_query
from metrics.workbench.query_metrics import broken_in, checked_rows, known_metrics, metric_limits

COLUMNS = (
    "metric", "statistic", "grain", "period_start", "site_id", "service_id", "stratum", "numerator", "denominator", "value", "n",
    "lower", "upper", "still_open", "mature", "definition_version", "as_of",
)  # fmt: skip
COUNTED = pl.Schema({"numerator": pl.Float64, "denominator": pl.Float64, "n": pl.Int64, "still_open": pl.Int64})
STORED = (Path(__file__).parent / "stored.sql").read_text(encoding="utf-8")


def observe(home: Home, asked: Slice, generation: Generation | None = None) -> pl.DataFrame:
    """The slice's observations (columns: COLUMNS), ordered by statistic, period and place.

    Null site_id or service_id means all of them; null stratum means all patients. Raises UserError for a question that
    cannot be answered, and when no generation has been published. `generation`: None is the one in force.
    """
    metric = checked(asked, known_metrics(home.path))
    generation = generation or current(home.path)
    there = is_computed(generation, metric)
    if isinstance(metric, QueryMetric):
        refuse_uncounted(home, generation, metric, there)
    wanted = statistics_asked(asked, metric)
    kept = [statistic for statistic in wanted if is_kept(asked, statistic, metric)] if there else []
    made = computed(home, generation, asked, metric, [s for s in wanted if s not in kept])
    if not kept:
        return pl.concat(made)
    return pl.concat([stored(generation, asked, metric, kept), *made]).sort("statistic", maintain_order=True)


def refuse_uncounted(home: Home, generation: Generation, metric: QueryMetric, there: bool) -> None:
    """Raises UserError where a query's rows could not be counted by the refresh, or cannot be now where it is newer than that."""
    if problem := broken_in(generation).get(metric.id):
        raise UserError(f"{metric.id} has no figure in generation {generation.name}: {problem}")
    if not there:
        checked_rows(metric, run_query(generation, metric.sql, None, metric_limits(home)), generation.as_of.date())


def is_computed(generation: Generation, metric: Metric) -> bool:
    """Whether the refresh computed the metric; one that was left out is worked out from the facts."""
    there = run_query(generation, "select metric from definitions where metric = $metric", {"metric": metric.id}).frame
    return not there.is_empty()


def is_kept(asked: Slice, statistic: Statistic, metric: Metric) -> bool:
    """Whether the statistic is read from the stored observations: of a wait's quantiles and estimates by stratum none is stored,
    and of a census neither."""
    return asked.is_stored and not (
        asked.strata and (metric.kind in ("census", "ratio") or statistic in (*QUANTILES, MEAN_WAIT, *ESTIMATES))
    )


def statistics_asked(asked: Slice, metric: Metric) -> list[Statistic]:
    return [statistic for statistic in metric.statistics if asked.statistic in (None, statistic)]


def stored(generation: Generation, asked: Slice, metric: Metric, statistics: Sequence[Statistic]) -> pl.DataFrame:
    """The answer read from the stored observations."""
    params = {
        "metric": metric.id, "statistics": list(statistics), "grain": asked.grain,
        "by_site": "site" in asked.by or asked.site is not None, "by_service": "service" in asked.by or asked.service is not None,
        "dimension": asked.strata[0] if asked.strata else None,
        "site": asked.site, "service": asked.service, "since": asked.since, "until": asked.until,
    }  # fmt: skip
    return run_query(generation, STORED, params).frame.select(COLUMNS)


def computed(
    home: Home, generation: Generation, asked: Slice, metric: Metric, statistics: Sequence[Statistic]
) -> list[pl.DataFrame]:
    """The answer computed from facts by the metric's own SQL, a frame a statistic."""
    return [_of_statistic(home, generation, asked, metric, statistic) for statistic in statistics]


def _of_statistic(home: Home, generation: Generation, asked: Slice, metric: Metric, statistic: Statistic) -> pl.DataFrame:
    zone, limits = home.settings.default_time_zone, metric_limits(home) if isinstance(metric, QueryMetric) else None
    query = sql_for(metric, statistic, asked.by, asked.grain, asked.since, asked.until, asked.site, asked.service, zone)
    found = run_query(generation, query.sql, query.params, limits).frame
    labels = [pl.concat_str(pl.lit(f"{name}="), pl.col(name)) for name in asked.strata]
    stratum = pl.concat_str(labels, separator=" ") if labels else pl.lit(None, pl.String)
    place = [
        pl.col(f"{name}_id") if f"{name}_id" in found.columns else pl.lit(only, pl.String).alias(f"{name}_id")
        for name, only in (("site", asked.site), ("service", asked.service))
    ]
    said = {"metric": metric.id, "statistic": statistic, "grain": asked.grain, "definition_version": definition_version(metric)}
    labelled = found.with_columns(
        *(pl.lit(text).alias(name) for name, text in said.items()),
        *place,
        stratum.alias("stratum"),
        pl.lit(generation.as_of, pl.Datetime("us")).alias("as_of"),
    )
    return labelled.select(COLUMNS).cast(COUNTED)
