"""python -m tests.benchmarks.signals_speed: limits, rules and icons of many series, ours beside clinical-qikit and abspc in one
run.

All three get the same values, in memory, in one process. The others loop over series, so they are given fewer and all are told in
series a second. Before any time is told the XmR limits over all points are compared, screened as clinical-qikit does and unscreened
as abspc does, to the width that 2.66 and 3 / 1.128 are apart. Needs the extra `bench`.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from importlib.metadata import version
from statistics import median
from time import perf_counter

import abspc
import numpy as np
import polars as pl
import qikit

from metrics.signals import rules, verdicts, xmr
from metrics.signals.judging import judged
from metrics.signals.labels import point_type, with_labels
from metrics.signals.profile import DEFAULT, Profile
from metrics.signals.schema import BASELINES

SERIES, POINTS, OTHERS, REPEAT = 10_000, 104, 100, 5
TARGET = 55.0
METRICS = 40
AIM = 1.0  # seconds for SERIES series of POINTS points
APART = 2e-3  # of a limit: how far 2.66 and 3 / 1.128 put it, with room
SCREENED = replace(DEFAULT, baseline_points=None)

Work = Callable[[], object]


def main() -> int:
    asked = _asked()
    rng = np.random.default_rng(2026)
    values = rng.normal(50, 5, (asked.series, asked.points))
    few = values[: asked.others]
    wrong = _disagreements(few)
    if wrong:
        print("The limits differ; no time is compared.\n" + "\n".join(wrong))
        return 1
    points, observations = points_of(values), observations_of(values)
    timed = [
        ("Timely: limits, rules, icons", asked.series, _seconds(lambda: icons(points, DEFAULT), asked.repeat)),
        ("Timely: judged() whole", asked.series, _seconds(lambda: whole(observations), asked.repeat)),
        (f"clinical-qikit {version('clinical-qikit')}", asked.others, _seconds(lambda: by_qikit(few), 1)),
        (f"abspc {version('abspc')}", asked.others, _seconds(lambda: by_abspc(few), 1)),
    ]
    _tell(timed, asked)
    return 0


def points_of(values: np.ndarray) -> pl.DataFrame:
    """The values as points of charts, their baselines the first 24 as in the default profile."""
    series, periods = values.shape
    return pl.DataFrame({
        "series": np.repeat(np.arange(series, dtype=np.uint32), periods), "value": values.ravel(),
        "baseline": np.tile(np.arange(periods) < (DEFAULT.baseline_points or periods), series),
    }).with_columns(
        segment=pl.lit(0, pl.UInt32), closed=pl.lit(True), better=pl.lit("higher"), target=pl.lit(TARGET), trial=pl.lit(False)
    )  # fmt: skip


def icons(points: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """One row a series: the limits, every point having been judged by the four rules, and the two icons."""
    lined = rules.with_sides(xmr.with_limits(points.lazy(), profile))
    newest = with_labels(lined, profile).collect().filter(pl.col("series") != pl.col("series").shift(-1, fill_value=-1))
    told = newest.with_columns(point_type(pl.col("way"), pl.col("better")).alias("point_type"))
    return told.with_columns(
        verdicts.variation(pl.col("point_type"), pl.col("way")), verdicts.assurance(profile).alias("assurance")
    )


def observations_of(values: np.ndarray) -> pl.DataFrame:
    """The values as weekly observations of METRICS metrics at many sites."""
    series, periods = values.shape
    names = pl.DataFrame({"at": np.arange(series)}).select(
        metric=pl.format("metric_{}", pl.col("at") % METRICS), statistic=pl.lit("median"), grain=pl.lit("week"),
        site_id=pl.format("site_{}", pl.col("at") // METRICS), service_id=pl.lit(None, pl.String),
    )  # fmt: skip
    weeks = [date(2024, 1, 1) + timedelta(weeks=at) for at in range(periods)]
    rows = names.join(pl.DataFrame({"period_start": weeks}), how="cross")
    nothing = pl.lit(None, pl.Float64)
    return rows.with_columns(
        period_end=pl.col("period_start") + timedelta(days=6), value=pl.Series(values.ravel()), n=pl.lit(100, pl.Int64),
        numerator=nothing, denominator=nothing, mature=pl.lit(True),
    )  # fmt: skip


def whole(observations: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What a refresh does: missing periods, baselines, the fitting chart, Anhøj, targets, and both frames."""
    better = observations.select("metric", pl.lit("higher").alias("better")).unique()
    nothing = [pl.lit(None, pl.Float64).alias(name) for name in ("trajectory", "stretch")]
    words = [pl.lit(None, pl.String).alias(name) for name in ("target_kind", "target_source")]
    return judged(
        observations,
        pl.DataFrame(schema=BASELINES),
        lambda rows: rows.with_columns(pl.lit(TARGET).alias("target"), *nothing, *words),
        better,
    )


def by_qikit(values: np.ndarray) -> list[tuple[float, float]]:
    """(lower, upper) a series; its run rules and summary are worked out by the same call. It has no icons."""
    days = list(range(values.shape[1]))
    told = [qikit.qic(days, list(row), chart="i").data for row in values]
    return [(float(data["lcl"].iloc[-1]), float(data["ucl"].iloc[-1])) for data in told]


def by_abspc(values: np.ndarray) -> list[tuple[float, float]]:
    """(lower, upper) a series, its rules and both icons having been worked out."""
    return [_abspc(row) for row in values]


def _abspc(row: np.ndarray) -> tuple[float, float]:
    import pandas as pd

    limits = abspc.calculate_control_limits(pd.DataFrame({"value": row}), "XmR")
    found = abspc.detect_special_causes(limits)
    abspc.determine_variation_type(found, improvement_direction="high")
    abspc.determine_assurance_type(found, TARGET, "high")
    return float(limits["lcl"].iloc[-1]), float(limits["ucl"].iloc[-1])


def _disagreements(values: np.ndarray) -> list[str]:
    """What is wrong with the limits of the others, or with ours."""
    every = points_of(values).with_columns(baseline=pl.lit(True))
    found = {"clinical-qikit": (by_qikit(values), SCREENED), "abspc": (by_abspc(values), replace(SCREENED, screen=False))}
    return [
        f"{name}: limits differ by up to {apart:.1e} of their size"
        for name, (theirs, profile) in found.items()
        if (apart := _apart(icons(every, profile).select("lower", "upper").to_numpy(), np.array(theirs))) > APART
    ]


def _apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The most that a limit is off, as a part of ours."""
    return float(np.max(np.abs(theirs - ours) / np.abs(ours)))


def _seconds(work: Work, repeat: int) -> float:
    """Of one run, the median after a first that warms up (for one asked run, that one)."""
    runs = []
    for _ in range(repeat + (repeat > 1)):
        begun = perf_counter()
        work()
        runs.append(perf_counter() - begun)
    return median(runs[1:] or runs)


def _tell(timed: list[tuple[str, int, float]], asked: argparse.Namespace) -> None:
    print(f"Python {platform.python_version()}, polars {pl.__version__}, {os.cpu_count()} cores; {asked.points} points a series\n")
    print(f"{'':32}{'series':>8}{'seconds':>10}{'series/s':>12}{'slower':>10}")
    fastest = timed[0][1] / timed[0][2]
    for name, series, seconds in timed:
        print(f"{name:32}{series:>8,}{seconds:>10.3f}{series / seconds:>12,.0f}{fastest / (series / seconds):>9,.1f}x")
    scaled = timed[0][2] * SERIES * POINTS / (asked.series * asked.points)
    print(f"\nAim: {SERIES:,} series of {POINTS} points, limits, rules and icons, under {AIM:g} s: {scaled:.2f} s")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=SERIES, help="for Timely")
    parser.add_argument("--points", type=int, default=POINTS)
    parser.add_argument("--others", type=int, default=OTHERS, help="series for the others, which loop over them")
    parser.add_argument("--repeat", type=int, default=REPEAT)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
