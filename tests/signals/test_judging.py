"""Judging: the two frames, their columns, and what is said of a series at its edges."""

from datetime import date

import polars as pl
import pytest

from metrics.signals.judging import judged
from metrics.signals.schema import BASELINES, SIGNAL_POINTS, SIGNALS
from tests.signals.observed import ABSENT, Value, day_of, icon, judge, weeks

QUIET: list[Value] = [10, 12] * 13
BETTER = pl.DataFrame({"metric": ["m"], "better": ["higher"]})


def test_no_observation_gives_two_empty_frames_of_the_promised_columns() -> None:
    for frame, schema in zip(judge(weeks([1.0]).clear()), (SIGNAL_POINTS, SIGNALS), strict=True):
        assert frame.is_empty() and frame.schema == schema


def test_a_series_without_a_closed_period_is_not_assessed() -> None:
    points, signals = judge(weeks([1.0, 2.0], still_open=2), target=1.0)
    assert len(points) == 2
    assert signals.select("period_start", "value", "variation", "assurance", "points", "trial", "muted").rows() == [
        (None, None, "not_assessed", "none", 0, True, False)
    ]


def test_strata_are_not_judged() -> None:
    whole = weeks(QUIET)
    stratum = whole.with_columns(pl.lit("age:0-17").alias("stratum"), pl.col("value") + 100)
    assert judge(pl.concat([whole, stratum]))[0].equals(judge(whole)[0])


def test_open_periods_are_drawn_but_neither_judged_nor_judged_by() -> None:
    points, signals = judge(weeks([*QUIET, 90, 90], still_open=2))
    assert (
        points.tail(2).select("value", "closed", "label", "point_type", "baseline").rows() == [(90.0, False, None, None, False)] * 2
    )
    assert points["centre"].unique().to_list() == [11.0]
    assert signals["period_start"].to_list() == [day_of(25)]


def test_a_metric_without_a_direction_is_neutral() -> None:
    def no_target(rows: pl.LazyFrame) -> pl.LazyFrame:
        lines = [pl.lit(None, pl.Float64).alias(name) for name in ("target", "trajectory", "stretch")]
        return rows.with_columns(*lines, *(pl.lit(None, pl.String).alias(name) for name in ("target_kind", "target_source")))

    _, signals = judged(weeks([*QUIET, 30]), pl.DataFrame(schema=BASELINES), no_target, BETTER.clear())
    assert signals["variation"].to_list() == ["neutral_high"]


def test_the_target_of_each_period_is_its_own_whatever_the_order_it_comes_in() -> None:
    def stepped(rows: pl.LazyFrame) -> pl.LazyFrame:
        step = pl.when(pl.col("period_end") < day_of(10)).then(5.0).otherwise(15.0)
        lines = [pl.lit(None, pl.Float64).alias(name) for name in ("trajectory", "stretch")]
        told = rows.with_columns(step.alias("target"), *lines, target_kind=pl.lit("floor"), target_source=pl.lit("board"))
        return told.sort("period_end", descending=True)

    points, signals = judged(weeks(QUIET), pl.DataFrame(schema=BASELINES), stepped, BETTER)
    assert points["target"].to_list() == [5.0] * 10 + [15.0] * 16
    assert signals.select("target", "target_kind", "target_source", "assurance").rows() == [
        (15.0, "floor", "board", "inconsistent")
    ]


def test_since_is_the_first_of_the_unbroken_run_flagged_the_same_way() -> None:
    values = [*QUIET, 30, 11, 30, 2, 30, 30]
    points, signals = judge(weeks(values))
    assert signals.select("since", "label").rows() == [(day_of(30), "above_limit")]
    assert points.filter(pl.col("label").is_not_null())["period_start"].to_list() == [day_of(at) for at in (26, 28, 29, 30, 31)]
    assert judge(weeks([*values, 11]))[1]["since"].to_list() == [None]


GAPS = [  # grain, periods that have a row, the missing ones: (start, end)
    ("day", [date(2024, 2, 28), date(2024, 3, 1)], [(date(2024, 2, 29), date(2024, 2, 29))]),
    ("week", [date(2024, 3, 25), date(2024, 4, 8)], [(date(2024, 4, 1), date(2024, 4, 7))]),
    (
        "month",
        [date(2023, 11, 1), date(2024, 2, 1)],
        [(date(2023, 12, 1), date(2023, 12, 31)), (date(2024, 1, 1), date(2024, 1, 31))],
    ),
    ("quarter", [date(2023, 7, 1), date(2024, 1, 1)], [(date(2023, 10, 1), date(2023, 12, 31))]),
    ("year", [date(2022, 1, 1), date(2024, 1, 1)], [(date(2023, 1, 1), date(2023, 12, 31))]),
    ("month", [date(2024, 1, 1), date(2024, 2, 1)], []),
]


@pytest.mark.parametrize(("grain", "there", "missing"), GAPS)
def test_missing_periods_follow_the_calendar(grain: str, there: list[date], missing: list[tuple[date, date]]) -> None:
    frame = weeks([1.0] * len(there)).with_columns(grain=pl.lit(grain), period_start=pl.Series(there), period_end=pl.Series(there))
    points, signals = judge(frame)
    assert points.filter(pl.col("value").is_null()).select("period_start", "period_end").rows() == missing
    assert signals.select("points", "missing").rows() == [(len(there), len(missing))]


def test_a_week_skipped_before_an_open_one_is_not_missing() -> None:
    points, signals = judge(weeks([*QUIET, ABSENT, 90], still_open=1))
    assert len(points) == 27
    assert signals["missing"].to_list() == [0]


def test_the_label_of_a_rule_is_told_in_the_direction_that_is_good() -> None:
    shifted = [*QUIET, *[12.5, 12.0] * 4]
    assert icon(shifted, "higher")[0] == "improvement_high"
    assert icon(shifted, "lower")[0] == "concern_high"


def test_an_anhoej_signal_is_told_beside_the_four_rules() -> None:
    assert judge(weeks(QUIET))[1]["runs_signal"].to_list() == [False]
    assert judge(weeks([*QUIET, *[12.5, 12.2] * 6]))[1]["runs_signal"].to_list() == [True]
    assert judge(weeks(QUIET[:12]))[1]["runs_signal"].to_list() == [None]
