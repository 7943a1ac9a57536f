"""Observations from counts somebody else made: ratios re-added, waits read out of bins."""

from collections.abc import Sequence

import polars as pl

from metrics.clocks import with_local_day
from metrics.definitions.metric import Metric
from metrics.definitions.version import definition_version
from metrics.jobs.facts import UNASSIGNED
from metrics.jobs.grains import GRAINS, matures_at, period_end, period_start
from metrics.jobs.intervals import share, wilson_lower, wilson_upper
from metrics.jobs.observations import COLUMNS
from metrics.jobs.places import LEVELS
from metrics.jobs.timetable import Timetable
from metrics.jobs.waits import PROBABILITIES

GROUP = ["period_start", "site_id", "service_id"]


def tally_facts(tallies: pl.DataFrame, calendar: Timetable) -> pl.DataFrame:
    """Tallies with `day` and `last_day`: the local dates of their period's first and last instant."""
    frame = tallies.with_columns(
        pl.col("service_id").fill_null(UNASSIGNED), (pl.col("period_end") - pl.duration(microseconds=1)).alias("__last")
    )
    frame = with_local_day(frame, "period_start", "day", calendar.sites, calendar.default_zone)
    return with_local_day(frame, "__last", "last_day", calendar.sites, calendar.default_zone).drop("__last")


def tally_observations(facts: pl.DataFrame, metrics: Sequence[Metric]) -> pl.DataFrame:
    """Observations (columns: COLUMNS) of every metric that names a tally, at every grain and place.

    A tally counts in a period that holds it whole: a month's return in its month, quarter and year, in no week.
    """
    counted = set(facts["metric"].unique())
    parts = [
        _at(facts.filter(pl.col("metric") == metric.tally), metric, grain, level)
        for metric in metrics
        if metric.tally in counted
        for grain in GRAINS
        for level in LEVELS
    ]
    full = [part for part in parts if not part.is_empty()]
    return pl.concat(full) if full else pl.DataFrame()


def _at(tallies: pl.DataFrame, metric: Metric, grain: str, level: tuple[bool, bool]) -> pl.DataFrame:
    dropped = [name for name, kept in zip(("site_id", "service_id"), level, strict=True) if not kept]
    placed = tallies.with_columns(
        period_start(pl.col("day"), grain).alias("start"), *(pl.lit(None, pl.String).alias(name) for name in dropped)
    ).with_columns(period_end(pl.col("start"), grain).alias("end"))
    inside = placed.filter(pl.col("last_day") <= pl.col("end")).sort("tally_id")
    inside = inside.drop("period_start", "period_end").rename({"start": "period_start", "end": "period_end"})
    rows = _ratios(inside, metric) if metric.kind == "rate" else _binned(inside, metric)
    return _as_observations(rows, metric, grain)


def _ratios(tallies: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    sums = tallies.group_by(*GROUP, maintain_order=True).agg(pl.col("numerator").sum(), pl.col("denominator").sum())
    return sums.select(*GROUP, pl.lit("share").alias("statistic"), *_ratio_figures())


def _ratio_figures() -> list[pl.Expr]:
    top, bottom = pl.col("numerator"), pl.col("denominator")
    return [
        top, bottom, share(top, bottom).alias("value"), bottom.alias("n"),
        wilson_lower(top, bottom).alias("lower"), wilson_upper(top, bottom).alias("upper"),
    ]  # fmt: skip


def _binned(tallies: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    bins = (
        tallies.drop_nulls("bin_lower").group_by(*GROUP, "bin_lower", "bin_upper", maintain_order=True).agg(pl.col("count").sum())
    )
    closed = bins.sort(*GROUP, "bin_lower", "bin_upper", nulls_last=True)
    parts = [
        within_of_bins(bins, metric) if statistic == "within" else quantile_of_bins(closed, statistic, PROBABILITIES[statistic])
        for statistic in metric.statistics
    ]
    return pl.concat(parts)


def within_of_bins(bins: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Share of cases in bins that end at or below `within`: exact where it is a bin's edge. An open bin ends nowhere."""
    sums = bins.group_by(*GROUP, maintain_order=True).agg(
        pl.col("count").filter(pl.col("bin_upper") <= metric.within_units).sum().alias("numerator"),
        pl.col("count").sum().alias("denominator"),
    )
    return sums.select(*GROUP, pl.lit("within").alias("statistic"), *_ratio_figures())


def quantile_of_bins(bins: pl.DataFrame, statistic: str, q: float) -> pl.DataFrame:
    """The q-quantile by linear interpolation inside the bin that holds it, as NHS England does for waiting lists.

    Of one in an open last bin only this is known, that it is not below the bin's edge: value is null, and lower is the edge.
    bins: GROUP, bin_lower, bin_upper (null: open), count, sorted by both within groups, the open one last.
    """
    upto = pl.col("count").cum_sum().over(GROUP)
    wanted = pl.col("count").sum().over(GROUP) * q
    placed = bins.with_columns(upto.alias("upto"), wanted.alias("wanted"), pl.col("count").sum().over(GROUP).alias("n"))
    holding = (
        placed.filter((pl.col("upto") >= pl.col("wanted")) & (pl.col("count") > 0)).group_by(*GROUP, maintain_order=True).first()
    )
    into = (pl.col("wanted") - (pl.col("upto") - pl.col("count"))) / pl.col("count")
    value = pl.col("bin_lower") + into * (pl.col("bin_upper") - pl.col("bin_lower"))
    nothing = pl.lit(None, pl.Float64)
    edge = pl.when(pl.col("bin_upper").is_null()).then(pl.col("bin_lower"))
    return holding.select(
        *GROUP, pl.lit(statistic).alias("statistic"), nothing.alias("numerator"), nothing.alias("denominator"),
        value.alias("value"), "n", edge.cast(pl.Float64).alias("lower"), nothing.alias("upper"),
    )  # fmt: skip


def _as_observations(rows: pl.DataFrame, metric: Metric, grain: str) -> pl.DataFrame:
    end = period_end(pl.col("period_start"), grain)
    matures = pl.lit(int(metric.matures.total_seconds()), pl.Int64)
    return (
        rows.filter(pl.col("n") > 0)
        .with_columns(  # a tally of nothing says nothing, as everywhere
            pl.lit(metric.id).alias("metric"),
            pl.lit(grain).alias("grain"),
            end.alias("period_end"),
            pl.lit(None, pl.String).alias("stratum"),
            pl.col("n").round().cast(pl.Int64),
            pl.lit(0, pl.Int64).alias("still_open"),
            matures_at(end, matures).alias("matures_at"),
            pl.lit(definition_version(metric)).alias("definition_version"),
        )
        .select(COLUMNS)
    )
