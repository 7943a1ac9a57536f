"""Lag-1 autocorrelation and what it mutes."""

from itertools import pairwise

import pytest

from tests.signals.observed import Value, judge, weeks


def r(values: list[Value]) -> float | None:
    found: float | None = judge(weeks(values))[1]["lag1"].item()
    return found


def by_hand(values: list[float]) -> float:
    mean = sum(values) / len(values)
    apart = [value - mean for value in values]
    return sum(a * b for a, b in pairwise(apart)) / sum(a * a for a in apart)


def test_it_is_that_of_the_textbook() -> None:
    values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0, 8.0, 9.0]
    assert r([*values]) == pytest.approx(by_hand(values), rel=1e-12)


def test_a_missing_period_takes_its_products_with_it() -> None:
    values: list[Value] = [3.0, 1.0, 4.0, None, 5.0, 9.0]
    mean = 22 / 5
    products = (3 - mean) * (1 - mean) + (1 - mean) * (4 - mean) + (5 - mean) * (9 - mean)
    squares = sum((value - mean) ** 2 for value in (3, 1, 4, 5, 9))
    assert r(values) == pytest.approx(products / squares, rel=1e-12)


def test_a_series_that_does_not_move_has_none_and_is_not_muted() -> None:
    signals = judge(weeks([0.1] * 20))[1]
    assert signals.select("lag1", "muted").rows() == [(None, False)]


def test_a_slow_wave_is_muted_and_a_saw_is_not() -> None:
    wave: list[Value] = [10, 11, 12, 13, 12, 11] * 4
    saw: list[Value] = [10, 12] * 12
    assert [judge(weeks(values))[1]["muted"].item() for values in (wave, saw)] == [True, False]


def test_a_change_after_the_baseline_mutes_nothing() -> None:
    saw: list[Value] = [10, 12] * 12
    quiet, changed = judge(weeks(saw))[1], judge(weeks([*saw, *[value + 20 for value in (10, 12) * 12]]))[1]
    assert quiet["lag1"].item() == changed["lag1"].item()
    assert changed["muted"].item() is False
