"""The figures that a rule is about, held to the newest period that ought to be closed: an old figure is no figure of today."""

from collections.abc import Sequence

import polars as pl

from metrics.alerts.evidence import Evidence
from metrics.alerts.rule import EACH, FanOut, FigureRule, PlacedRule
from metrics.definitions import Metric
from metrics.definitions.metric import SHARES, Statistic
from metrics.jobs.feeds import is_stale
from metrics.jobs.grains import period_end, period_start
from metrics.signals.schema import KEYS
from metrics.signals.verdicts import better_of

LEADING: tuple[Statistic, ...] = (
    "within",
    "share",
    "mean",
    "ratio",
    "median",
    "count",
    "p90",
    "p95",
    "mean_wait",
    "km_median",
    "km_within",
    "km_p90",
)  # a metric's first figure, in this order


def figures(rule: FigureRule, evidence: Evidence) -> pl.LazyFrame:
    """A row for each place the rule fans out to: its columns of `signals`, with better, unit, late, unheard and the period that is
    due.

    better: lower, higher or neither, of the figure itself. late: the series has nothing closed in the period that is due;
    period_start and period_end are then of that period, and what was measured before is null. unheard: the feed of the place fell
    silent before the period was over; what came of the period until then is no figure of it, and null too.
    """
    due = due_periods(evidence, rule.grain)
    chosen = in_scope(rule, evidence.signals.lazy()).filter(grain=rule.grain)
    asked = chosen.join(asked_of(rule, list(evidence.metrics.values())).lazy(), on=["metric", "statistic"])
    counts = evidence.points.lazy().filter(grain=rule.grain).select(*KEYS, "period_start", "numerator", "denominator")
    counted = asked.join(counts, on=[*KEYS, "period_start"], how="left", nulls_equal=True)
    held = with_unheard(counted.join(due.lazy(), on="metric"), evidence).with_columns(
        (pl.col("period_end").is_null() | (pl.col("period_end") < pl.col("due_end"))).alias("late")
    )
    known = ~pl.col("late") & ~pl.col("unheard")
    measured = ("value", "n", "numerator", "denominator", "centre", "lower", "upper", "label", "rules", "variation", "assurance")
    return held.with_columns(
        pl.when(known).then(name).alias(name) for name in measured
    ).with_columns(
        pl.when("late").then(f"due_{end}").otherwise(f"period_{end}").alias(f"period_{end}") for end in ("start", "end")
    )  # fmt: skip


def with_unheard(rows: pl.LazyFrame, evidence: Evidence) -> pl.LazyFrame:
    """The rows with `unheard`: every feed of the metric's table is silent for too long, and was before period_end was over; of a
    metric of several tables, of any of them.

    A row of all sites looks at the feeds as a whole. False where nothing is known of feeds, as of a moment that is past.
    """
    tables = pl.LazyFrame(
        [(metric.id, table) for metric in evidence.metrics.values() if not metric.is_tally for table in metric.tables],
        schema={"metric": pl.String(), "table_name": pl.String()},
        orient="row",
    )
    silent = evidence.freshness.lazy().with_columns(is_stale(evidence.now, evidence.stale_after).alias("silent"))
    heard = silent.group_by("table_name", "site_id").agg(pl.col("recorded_at").max(), pl.col("silent").all())
    first = pl.col("recorded_at").filter("silent").min()  # the one that fell silent before the others
    fed = tables.join(heard, on="table_name").group_by("metric", "site_id").agg(first, pl.col("silent").any())
    known = rows.join(fed, on=["metric", "site_id"], how="left", nulls_equal=True)
    over = pl.col("period_end").dt.offset_by("1d").cast(pl.Datetime("us"))
    unheard = pl.col("silent") & (pl.col("recorded_at") < over)
    return known.with_columns(unheard.fill_null(False).alias("unheard")).drop("silent", "recorded_at")


def in_scope(rule: PlacedRule, rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows (site_id, service_id) of the places that the rule fans out to."""
    placed = rows.filter(
        pl.col("site_id").is_null() != has_sites(rule.fan_out), pl.col("service_id").is_null() != has_services(rule.fan_out)
    )
    if rule.sites:
        placed = placed.filter(pl.col("site_id").is_in(rule.sites))
    return placed.filter(pl.col("service_id").is_in(rule.services)) if rule.services else placed


def has_sites(fan_out: FanOut) -> bool:
    return fan_out in ("site", "site_service")


def has_services(fan_out: FanOut) -> bool:
    return fan_out in ("service", "site_service")


def asked_of(rule: FigureRule, metrics: Sequence[Metric]) -> pl.DataFrame:
    """metric, statistic, better (of the figure), unit: the figures that the rule asks of."""
    rows = [
        (metric.id, statistic, metric.better, metric.unit)
        for metric in metrics if rule.asks_about(metric)
        for statistic in statistics_of(rule, metric)
    ]  # fmt: skip
    named = pl.DataFrame(rows, schema=dict.fromkeys(("metric", "statistic", "better", "unit"), pl.String()), orient="row")
    return named.with_columns(better_of(pl.col("statistic"), pl.col("better")).alias("better"))


def statistics_of(rule: FigureRule, metric: Metric) -> tuple[Statistic, ...]:
    """The metric's figures that the rule means."""
    if rule.statistic == EACH:
        return metric.statistics
    if rule.statistic is None:
        return tuple(name for name in LEADING if name in metric.statistics)[:1]
    return tuple(name for name in metric.statistics if name == rule.statistic)


def due_periods(evidence: Evidence, grain: str) -> pl.DataFrame:
    """metric, due_start, due_end: the newest period of each metric that should have a closed figure by `as_of`.

    That is what the calendar and the metric's own maturing say; of a tally, which comes when its maker sends it, the newest period
    that any place has.
    """
    settled = [(metric.id, None if metric.is_tally else evidence.as_of - metric.matures) for metric in evidence.metrics.values()]
    days = pl.DataFrame(settled, schema={"metric": pl.String(), "settled": pl.Datetime("us")}, orient="row")
    before = period_start(pl.col("settled").dt.date(), grain).dt.offset_by("-1d")  # the last day that is whole and settled
    newest = evidence.signals.filter(grain=grain).group_by("metric").agg(pl.col("period_start").max().alias("newest"))
    due = days.join(newest, on="metric", how="left").select(
        "metric", pl.when(pl.col("settled").is_null()).then("newest").otherwise(period_start(before, grain)).alias("due_start")
    )
    return due.with_columns(period_end(pl.col("due_start"), grain).alias("due_end"))


def spoken(column: str) -> pl.Expr:
    """A figure as people say it: '71.3 %', '34.5 minutes', '38 days', '12'; 'nothing' for null. Wants statistic and unit."""
    value = pl.col(column)
    said = (
        pl.when(pl.col("statistic").is_in(SHARES)).then(pl.format("{} %", (value * 100).round(1)))
        .when(pl.col("statistic") == "count").then(value.round(1).cast(pl.String).str.strip_suffix(".0"))
        .otherwise(pl.format("{} {}", value.round(1).cast(pl.String).str.strip_suffix(".0"), pl.col("unit")))
    )  # fmt: skip
    return said.fill_null("nothing")


def spoken_of_n() -> pl.Expr:
    """The value and how many it is of: '71.3 % of 213', '34.5 minutes (n 213)'; of a count itself: '12'."""
    n, statistic = pl.col("n"), pl.col("statistic")
    return (
        pl.when(statistic.is_in(SHARES)).then(pl.format("{} of {}", spoken("value"), n))
        .when(statistic == "count").then(spoken("value"))
        .otherwise(pl.format("{} (n {})", spoken("value"), n))
    )  # fmt: skip
