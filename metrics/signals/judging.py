"""Judging: every series at once, from observations to the points of its chart and the verdict on its newest closed period."""

from collections.abc import Callable

import polars as pl

from metrics.signals import autocorrelation, rules, runs, verdicts
from metrics.signals.baselines import undecided, with_baseline, with_segments
from metrics.signals.charts import with_chart, with_lines
from metrics.signals.labels import point_type, with_labels
from metrics.signals.lines import GROUP, LINES
from metrics.signals.profile import DEFAULT, Profile
from metrics.signals.schema import KEYS, SIGNAL_POINTS, SIGNALS
from metrics.signals.season import with_weekday, without_weekday
from metrics.signals.segments import segments_of
from metrics.signals.series import in_order, numbered, series_of, with_missing_periods

TargetsInForce = Callable[[pl.LazyFrame], pl.LazyFrame]

FIGURES = ("period_start", "period_end", "value", "n", "numerator", "denominator")
TARGETS = ("target", "trajectory", "stretch", "target_kind", "target_source")

REBASE_RUNS = 2
"""Runs on one side, each long enough for a shift, after which a new baseline is suggested: a shift that has come to stay."""


def judged(
    observations: pl.DataFrame, baselines: pl.DataFrame, targets_in_force: TargetsInForce, better: pl.DataFrame,
    profile: Profile = DEFAULT,
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """(signal_points, signals): columns SIGNAL_POINTS and SIGNALS, sorted by the names of the series and period_start.

    observations: KEYS, FIGURES and mature (bool: the period is closed); of rows with a `stratum`, only those of all patients are
    judged. baselines: the columns BASELINES. targets_in_force: adds TARGETS to each row (KEYS, period_end, row) it is given, in any
    order. better: metric, better (lower, higher or neither); a metric that is not there is neither. No row gives no row; a series
    without a closed period is a row of nulls, not assessed. The same whatever the order of the rows and whichever series are judged
    with it.
    """
    whole = observations.filter(pl.col("stratum").is_null()) if "stratum" in observations.columns else observations
    if whole.is_empty():
        return pl.DataFrame(schema=SIGNAL_POINTS), pl.DataFrame(schema=SIGNALS)
    series = series_of(whole)
    points = divided(placed(whole, series, better, profile), numbered(baselines, series), profile)
    segments = segments_of(points.lazy(), profile).collect()
    drawn = charted(points, segments, profile)
    told = series.join(run_signals(drawn, profile), on="series", how="left", maintain_order="left")
    shown = with_targets(with_runs(drawn, profile), series, targets_in_force)
    return _signal_points(shown), _signals(shown, told, segments, profile)


def placed(observations: pl.DataFrame, series: pl.DataFrame, better: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """The observations as points of numbered series in order of time: series, FIGURES, closed, statistic, daily, better."""
    points = in_order(numbered(observations, series).select("series", *FIGURES, pl.col("mature").alias("closed")))
    if profile.gaps == "kept":
        points = with_missing_periods(points, series)
    own = series.join(better, on="metric", how="left", maintain_order="left").select(
        "statistic",
        daily=pl.col("grain") == "day",
        better=verdicts.better_of(pl.col("statistic"), pl.col("better").fill_null("neither")),
    )
    return points.with_columns(pl.lit(own[name]).gather(pl.col("series")).alias(name) for name in own.columns)


def divided(points: pl.DataFrame, baselines: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """The points with segments and their baselines; daily figures without their weekday's effect."""
    begun = undecided(points.lazy()) if baselines.is_empty() else with_segments(points.lazy(), baselines.lazy(), profile)
    return without_weekday(with_baseline(begun, profile), bool(points["daily"].any())).collect()


def charted(points: pl.DataFrame, segments: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """The points with chart, lines, labels and point_type; on a trial without limits and labels."""
    known = points.join(segments.select(*GROUP, "trial", "skewness", "least"), on=GROUP, how="left", maintain_order="left")
    lined = with_lines(with_chart(known, profile), profile).lazy()
    limits = [pl.when(~pl.col("trial")).then(pl.col(line)).alias(line) for line in LINES if line != "centre"]
    sided = rules.with_sides(lined.with_columns(limits), pl.col("middle"))
    return _told(with_labels(sided, profile), profile).collect()


def _told(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with point_type, and nothing said of those that are not judged: on a trial, not closed, or without a value."""
    seen = ~pl.col("trial") & (pl.col("closed") if profile.gaps == "closed" else pl.col("judged").is_not_null())
    said = points.with_columns(pl.when(seen).then(pl.col(name)).alias(name) for name in ("label", "rules", "way"))
    return said.with_columns(point_type(pl.col("way"), pl.col("better")).alias("point_type"))


def with_runs(points: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """The points with `since` and `rebase_suggested`, and the weekday's effect put back.

    since: first period of the unbroken run of points flagged the same way that the point is in. rebase_suggested: first period of
    the run on one side that the point is in, when the run is REBASE_RUNS times as long as a shift.
    """
    start, way = pl.col("period_start"), pl.col("way")
    lasting = (rules.run_length(rules.SIDE) >= REBASE_RUNS * profile.run_points) & (rules.SIDE != 0) & ~pl.col("trial")
    found = points.with_columns(
        pl.when(way != 0).then(start.gather(rules.run_start(way))).alias("since"),
        pl.when(lasting).then(start.gather(rules.run_start(rules.SIDE))).alias("rebase_suggested"),
    )
    return with_weekday(found.lazy()).collect()


def run_signals(points: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """series, runs_signal: whether the run chart of each series' newest segment says that it does not hang together (Anhøj)."""
    newest = points.filter("closed").group_by("series").agg(pl.col("segment").max())
    held = points.select(*GROUP, "value", "closed", "baseline").join(newest, on=GROUP, how="semi", maintain_order="left")
    return runs.run_tests(runs.with_limits(held.lazy(), profile)).select("series", "runs_signal").collect()


def with_targets(points: pl.DataFrame, series: pl.DataFrame, targets_in_force: TargetsInForce) -> pl.DataFrame:
    """The points with the KEYS and the TARGETS in force at each period's end."""
    named = points.with_columns(pl.lit(series[key]).gather(pl.col("series")).alias(key) for key in KEYS)
    asked = named.lazy().select(*KEYS, "period_end").with_row_index("row")
    found = targets_in_force(asked).select("row", *TARGETS).collect()
    return named.hstack((found if found["row"].is_sorted() else found.sort("row")).drop("row"))


def _signal_points(points: pl.DataFrame) -> pl.DataFrame:
    return points.select(pl.col(name).cast(kind) for name, kind in SIGNAL_POINTS.items())


def _signals(points: pl.DataFrame, series: pl.DataFrame, segments: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """One row a series: what its newest closed point says, and what is known of its segment."""
    counted = points.with_columns(verdicts.last_six()) if profile.assurance == "last6" else points
    newest = counted.filter("closed").group_by("series").agg(pl.col("period_start").max())
    last = counted.join(newest, on=["series", "period_start"], how="semi").drop(*KEYS, "trial", "skewness", "least")
    known = series.join(last, on="series", how="left", maintain_order="left").join(
        segments, on=GROUP, how="left", maintain_order="left"
    )
    told = known.with_columns(
        pl.lit(profile.name).alias("profile"), pl.when(~pl.col("trial")).then(pl.col("runs_signal")).alias("runs_signal"),
        pl.col("trial").fill_null(True), pl.col("points", "missing").fill_null(0),
        autocorrelation.muted(pl.col("lag1")).alias("muted"),
        verdicts.variation(pl.col("point_type"), pl.col("way")).alias("variation"), verdicts.assurance(profile).alias("assurance"),
    )  # fmt: skip
    return told.select(pl.col(name).cast(kind) for name, kind in SIGNALS.items())
