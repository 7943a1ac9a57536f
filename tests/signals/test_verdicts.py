"""Assurance and variation at their edges, drawn as tables."""

from dataclasses import replace

import polars as pl
import pytest

from metrics.signals.profile import DEFAULT
from metrics.signals.verdicts import better_of
from tests.signals.observed import Value, icon, judge, weeks

SPREAD: list[Value] = [10, 12] * 7  # mean 11, every range 2: limits 11 ± 5.32
UPPER, LOWER = 16.32, 5.68
LAST_SIX = replace(DEFAULT, assurance="last6")

ASSURANCE = [  # better, target, verdict
    ("higher", UPPER + 0.01, "consistent_fail"),
    ("higher", UPPER - 0.01, "inconsistent"),
    ("higher", 11.0, "inconsistent"),
    ("higher", LOWER + 0.01, "inconsistent"),
    ("higher", LOWER - 0.01, "consistent_pass"),
    ("lower", UPPER + 0.01, "consistent_pass"),
    ("lower", 11.0, "inconsistent"),
    ("lower", LOWER - 0.01, "consistent_fail"),
    ("neither", LOWER - 0.01, "none"),
    ("higher", None, "none"),
]


@pytest.mark.parametrize(("better", "target", "verdict"), ASSURANCE)
def test_assurance_by_limits(better: str, target: float | None, verdict: str) -> None:
    assert icon(SPREAD, better, target) == ("common_cause", verdict)


@pytest.mark.parametrize(("target", "verdict"), [(10.0, "consistent_pass"), (10.5, "inconsistent"), (12.5, "consistent_fail")])
def test_assurance_by_the_last_six_points(target: float, verdict: str) -> None:
    assert icon(SPREAD, "higher", target, LAST_SIX)[1] == verdict


def test_of_the_last_six_one_without_a_value_settles_nothing() -> None:
    assert icon([*SPREAD, None, 12, 10], "higher", 5.0, LAST_SIX)[1] == "inconsistent"
    assert icon([*SPREAD, None, *[12, 10] * 3], "higher", 5.0, LAST_SIX)[1] == "consistent_pass"


VARIATION = [  # better, newest value, icon
    ("higher", 17, "improvement_high"), ("higher", 5, "concern_low"), ("lower", 17, "concern_high"),
    ("lower", 5, "improvement_low"),
    ("neither", 17, "neutral_high"), ("neither", 5, "neutral_low"), ("higher", 11, "common_cause"),
]  # fmt: skip


@pytest.mark.parametrize(("better", "newest", "expected"), VARIATION)
def test_variation_is_that_of_the_newest_closed_point(better: str, newest: float, expected: str) -> None:
    values = [*SPREAD, *SPREAD[:10]]
    assert icon([*values, newest], better)[0] == expected
    assert judge(weeks([*values, newest, 40], still_open=1), better)[1]["variation"].to_list() == [expected]
    assert icon([*values, 40, newest], better)[0] == expected


def test_of_a_wait_that_should_be_lower_the_share_within_its_limit_should_be_higher() -> None:
    told = {
        ("median", "lower"): "lower", ("within", "lower"): "higher", ("within", "higher"): "lower",
        ("within", "neither"): "neither",
        ("share", "lower"): "lower",
    }  # fmt: skip
    frame = pl.DataFrame(list(told), schema=["statistic", "better"], orient="row")
    assert frame.select(better_of(pl.col("statistic"), pl.col("better"))).to_series().to_list() == list(told.values())
