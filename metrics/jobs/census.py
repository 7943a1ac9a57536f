"""Census: who is there at the end of a day, from when each came and went."""

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl

from metrics.clocks import with_local_day
from metrics.definitions.metric import Metric, Statistic
from metrics.definitions.polars_form import instant, predicate
from metrics.jobs.counts import MEASURES
from metrics.jobs.grains import STEP, period_start
from metrics.jobs.observations import observations
from metrics.jobs.places import Places
from metrics.jobs.timetable import Timetable
from metrics.jobs.waits import empty_quantiles

MOVES = {"metric": pl.String, "place": pl.UInt32, "day": pl.Date, "present": pl.Int64, "young": pl.Int64}


def census_moves(facts: pl.DataFrame, metrics: Sequence[Metric], calendar: Timetable) -> pl.DataFrame:
    """metric, place, day, present, young: by how many those there at the end of a day differ from the day before.

    facts: counted rows with `place`. Who comes and goes on one local day is there at the end of none, nor is one who goes before
    coming. young: of those present the ones no older than `within`, in days since the day they came (the day they came is 0); of a
    census with `met_until` those for whom that day has not come.
    They add up in any order: a metric's sum over all days up to one is who is there at its end.
    """
    parts = [_moves(facts, metric, calendar) for metric in metrics]
    return summed(pl.concat([pl.DataFrame(schema=MOVES), *parts]))


def summed(moves: pl.DataFrame) -> pl.DataFrame:
    """Moves added up by metric, place and day; days on which nothing changes are left out."""
    total = moves.group_by("metric", "place", "day").agg(pl.col("present", "young").sum())
    return total.filter((pl.col("present") != 0) | (pl.col("young") != 0)).select(list(MOVES))


def _moves(facts: pl.DataFrame, metric: Metric, calendar: Timetable) -> pl.DataFrame:
    assert metric.start is not None and metric.stop is not None
    rows = facts.filter(predicate(metric.where)).select(
        "place",
        "site_id",
        instant(metric.start).alias("came_at"),
        instant(metric.stop).alias("went_at"),
        instant(metric.met_until or "null").alias("met_at"),
    )
    for at, day in (("came_at", "came"), ("went_at", "went"), ("met_at", "met_to")):
        rows = with_local_day(rows, at, day, calendar.sites, calendar.default_zone)
    there = rows.filter(pl.col("came").is_not_null(), pl.col("went").is_null() | (pl.col("went") > pl.col("came")))
    one, none = pl.lit(1, pl.Int64), pl.lit(0, pl.Int64)
    steps = [
        there.select("place", pl.col("came").alias("day"), one.alias("present"), none.alias("young")),
        there.select("place", pl.col("went").alias("day"), (-one).alias("present"), none.alias("young")),
    ]
    if metric.within is not None or metric.met_until is not None:
        part = there.with_columns(_part_ends(metric).alias("ends")).filter(
            pl.col("ends").is_null() | (pl.col("ends") > pl.col("came"))
        )
        steps += [
            part.select("place", pl.col("came").alias("day"), none.alias("present"), one.alias("young")),
            part.select("place", pl.col("ends").alias("day"), none.alias("present"), (-one).alias("young")),
        ]
    moves = pl.concat(steps).drop_nulls("day").with_columns(pl.lit(metric.id).alias("metric"))
    return summed(moves.select(list(MOVES)).cast(MOVES))  # type: ignore[arg-type]


def _part_ends(metric: Metric) -> pl.Expr:
    """The first day at whose end one is not in the share: gone, older than the limit, or no longer met; null while it lasts."""
    if metric.met_until is not None:
        return pl.min_horizontal("went", "met_to")
    return pl.min_horizontal("went", pl.col("came").dt.offset_by(f"{metric.within_ticks + 1}d"))


def census_observations(
    moves: pl.DataFrame, metrics: Sequence[Metric], grain: str, places: Places, as_of: datetime, since: date | None = None
) -> pl.DataFrame:
    """The observations of one grain, at every place and total, of each period that begins on `since` or later.

    moves: of all days. A period counts who is there at the end of its last day; one that is not over, of the as-of day (UTC).
    Periods with nobody there are left out.
    """
    begun = moves.filter(pl.col("day") <= as_of.date())
    if begun.is_empty():
        return pl.DataFrame()
    if since is not None:  # what moved before is there, or not, from the first period's first day on
        begun = summed(begun.with_columns(pl.max_horizontal("day", period_start(pl.lit(since), grain))))
    stood = standing(places.with_totals(begun), grain, as_of.date())
    counted = {
        "count": {"numerator": "present", "completed": "present"},
        "within": {"numerator": "young", "denominator": "present", "completed": "present"},
        "share": {"numerator": "young", "denominator": "present", "completed": "present"},
    }
    parts = [_told(stood, measures, _only(metrics, statistic), grain, places) for statistic, measures in counted.items()]  # type: ignore[arg-type]
    return pl.concat([part for part in parts if not part.is_empty()] or parts[:1])


def standing(moves: pl.DataFrame, grain: str, last: date) -> pl.DataFrame:
    """metric, place, period, present, young: who is there at the end of every period from the first move to that of `last`."""
    by = ["metric", "place"]
    moved = moves.with_columns(period_start(pl.col("day"), grain).alias("period")).group_by(*by, "period").agg(
        pl.col("present", "young").sum()
    )  # fmt: skip
    periods = moved.group_by(by).agg(pl.col("period").min()).with_columns(
        pl.date_ranges("period", pl.lit(last), STEP[grain]).alias("period")
    )  # fmt: skip
    every = periods.explode("period").join(moved, on=[*by, "period"], how="left").sort(*by, "period")
    stood = every.with_columns(pl.col("present", "young").fill_null(0).cum_sum().over(by))
    return stood.filter(pl.col("present") > 0)


def _only(metrics: Sequence[Metric], statistic: Statistic) -> list[Metric]:
    """The metrics that have the statistic, with no other."""
    return [metric.model_copy(update={"statistics": (statistic,)}) for metric in metrics if statistic in metric.statistics]


def _told(stood: pl.DataFrame, measures: dict[str, str], metrics: Sequence[Metric], grain: str, places: Places) -> pl.DataFrame:
    none = pl.lit(0, pl.Int64)
    held = {measure: pl.col(measures[measure]) if measure in measures else none for measure in MEASURES}
    counted = stood.select("metric", "place", "period", *(value.alias(measure) for measure, value in held.items()))
    return observations(counted, empty_quantiles(), metrics, grain, places)
