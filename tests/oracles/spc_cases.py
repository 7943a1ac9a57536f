"""Control-chart cases with the answers that NHSRplotthedots 0.2.2 gave to them in R, asked of Timely by its public door."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from metrics.signals.judging import judged
from metrics.signals.profile import NHSR_0_2_2, Profile
from metrics.signals.schema import BASELINES

DIRECTIONS = {"increase": "higher", "decrease": "lower", "neutral": "neither"}
LABELS = {
    "Common Cause": None,
    "Above UCL": "above_limit", "Below LCL": "below_limit",
    "7 Point Trend (Increasing)": "trend_up", "7 Point Trend (Decreasing)": "trend_down",
    "2 in 3 Above CL": "two_in_three_above", "2 in 3 Below CL": "two_in_three_below",
    "7 Points Above CL": "shift_above", "7 Points Below CL": "shift_below",
}  # fmt: skip


@dataclass(frozen=True)
class Cases:
    """A folder of cases: what was asked and what R answered."""

    cases: pl.DataFrame
    points: pl.DataFrame
    expected_points: pl.DataFrame
    expected_cases: pl.DataFrame

    @staticmethod
    def read(folder: Path) -> "Cases":
        tables = {name: pl.read_csv(folder / f"{name}.csv", try_parse_dates=True) for name in ("points", "expected_points")}
        rows = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("cases", "expected_cases")}
        return Cases(
            cases=pl.DataFrame(rows["cases"], infer_schema_length=None, schema_overrides={"target": pl.Float64}),
            points=tables["points"], expected_points=tables["expected_points"],
            expected_cases=pl.DataFrame(rows["expected_cases"], infer_schema_length=None),
        )  # fmt: skip

    def answered(self) -> pl.DataFrame:
        """The cases that R answered; of the others it stopped on a missing value."""
        return self.cases.filter(pl.col("case_id").is_in(self.expected_points["case_id"].unique().to_list()))

    def judged(self, profile: Profile = NHSR_0_2_2) -> tuple[pl.DataFrame, pl.DataFrame]:
        """(points, signals) of all cases with their `case_id`: those that screen outliers by the profile, the others without
        screening."""
        both = [
            self._judged(self.cases.filter("screen_outliers" if screen else ~pl.col("screen_outliers")), profile, screen)
            for screen in (True, False)
        ]
        return pl.concat(points for points, _ in both), pl.concat(signals for _, signals in both)

    def _judged(self, cases: pl.DataFrame, profile: Profile, screen: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
        switched = Profile(**{**vars(profile), "screen": screen})
        observed = as_observations(self.points.join(cases.select("case_id"), on="case_id"))
        better = cases.select(
            pl.col("case_id").alias("metric"), pl.col("improvement_direction").replace_strict(DIRECTIONS).alias("better")
        )
        targets = cases.select(pl.col("case_id").alias("metric"), "target")
        found = judged(observed, decisions(cases, self.points), lambda rows: with_targets(rows, targets), better, switched)
        points, signals = (frame.rename({"metric": "case_id"}) for frame in found)
        return points, signals


def as_observations(points: pl.DataFrame) -> pl.DataFrame:
    """case_id, date, value as closed weeks of a metric named by the case."""
    return points.select(
        pl.col("case_id").alias("metric"), pl.lit("count").alias("statistic"), pl.lit("week").alias("grain"),
        pl.lit(None, pl.String).alias("site_id"), pl.lit(None, pl.String).alias("service_id"), pl.col("date").alias("period_start"),
        (pl.col("date") + pl.duration(days=6)).alias("period_end"), "value", pl.lit(100, pl.Int64).alias("n"),
        pl.lit(None, pl.Float64).alias("numerator"), pl.lit(None, pl.Float64).alias("denominator"), pl.lit(True).alias("mature"),
    )  # fmt: skip


def with_targets(rows: pl.LazyFrame, targets: pl.DataFrame) -> pl.LazyFrame:
    """The rows with their metric's one target, as the targets in force give them."""
    nothing = {"trajectory": pl.Float64, "stretch": pl.Float64, "target_kind": pl.String, "target_source": pl.String}
    joined = rows.join(targets.lazy(), on="metric", how="left")
    return joined.with_columns(pl.lit(None, kind).alias(name) for name, kind in nothing.items())


def decisions(cases: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """The re-bases and the fixed baselines of the cases, as people would have stored them."""
    rows = [
        row for case in cases.iter_rows(named=True) for row in _decisions(case, points.filter(pl.col("case_id") == case["case_id"]))
    ]
    return pl.DataFrame(rows, schema=BASELINES, orient="row")


def _decisions(case: dict[str, object], points: pl.DataFrame) -> list[tuple[object, ...]]:
    days: list[date] = sorted(points["date"].to_list())
    rebases: list[str] = case["rebase"]  # type: ignore[assignment]
    fixed: int | None = case["fix_after_n_points"]  # type: ignore[assignment]
    starts = sorted({date.fromisoformat(day) for day in rebases} | ({days[0]} if fixed else set()))
    return [(case["case_id"], "count", "week", None, None, day, None, _fixed_until(day, days, fixed), "as the case says", "R",
             datetime(2026, 1, 1)) for day in starts]  # fmt: skip


def _fixed_until(start: date, days: list[date], fixed: int | None) -> date | None:
    """The day of the segment's n-th row; past the segment's end that is another segment's day, which changes nothing."""
    inside = [day for day in days if day >= start]
    return inside[min(fixed, len(inside)) - 1] if fixed and inside else None
