"""Run charts and Anhøj's two tests."""

from math import comb

import polars as pl
import pytest

from metrics.signals.profile import DEFAULT
from metrics.signals.runs import run_tests, with_limits
from tests.signals.chart_points import points_of


def verdict(values: list[float | None], **more: object) -> dict[str, object]:
    found = run_tests(points_of(values, centre=0.0, **more).lazy()).collect()
    assert found.height == 1
    return found.row(0, named=True)


def test_the_centre_is_the_median_of_the_baseline() -> None:
    found = with_limits(points_of([1, 3, 100, 7], baseline=3).lazy(), DEFAULT).collect()
    assert found["centre"].to_list() == [3.0] * 4
    assert found["upper"].null_count() == 4


# values around a centre of 0: useful, longest run, crossings
RUNS = [
    ([1, 1, -1, 1], 4, 2, 2),
    ([1, 0, 1, None, 1, -1], 4, 3, 1),  # a point on the centre, and a missing one, are passed over
    ([-1] * 5, 5, 5, 0),
    ([0, 0, None], None, None, None),
    ([], None, None, None),
]


@pytest.mark.parametrize(("values", "useful", "longest", "crossings"), RUNS[:4])
def test_runs_and_crossings(values, useful, longest, crossings) -> None:
    row = verdict(values)
    assert (row["useful"], row["longest_run"], row["crossings"]) == (useful, longest, crossings)


def test_no_point_gives_no_row() -> None:
    assert run_tests(points_of([], centre=[]).lazy()).collect().is_empty()


def test_how_long_a_run_may_be_grows_with_the_series() -> None:
    """round(log2 n) + 3: 7 of 12, 9 of 60; one more is a signal. Crossings are kept plentiful."""
    for length, allowed in ((12, 7), (60, 9)):
        rest = [1.0 if place % 2 else -1.0 for place in range(length - allowed)]
        within, beyond = [*rest[::-1], *[1.0] * allowed], [*rest[: length - allowed - 1], *[1.0] * (allowed + 1)]
        for values, signal in ((within, False), (beyond, True)):
            row = verdict(values)
            assert row["longest_allowed"] == allowed
            assert (row["longest_run"] > row["longest_allowed"]) is signal
            assert row["runs_signal"] is signal or row["crossings"] < row["fewest_allowed"]


def test_too_few_crossings_are_a_signal_though_no_run_is_long() -> None:
    row = verdict(([1.0] * 5 + [-1.0] * 5) * 3)
    assert row["longest_run"] <= row["longest_allowed"]
    assert (row["crossings"], row["fewest_allowed"], row["runs_signal"]) == (5, 10, True)


def test_the_fewest_crossings_are_the_exact_quantile_of_a_fair_coin() -> None:
    lengths = list(range(1, 260))
    frames = [points_of([1.0] * n, series=n, centre=0.0) for n in lengths]
    found = run_tests(pl.concat(frames).lazy()).collect()["fewest_allowed"].to_list()
    for n, fewest in zip(lengths, found, strict=True):
        below = sum(comb(n - 1, k) for k in range(fewest))
        assert 20 * below < 2 ** (n - 1) <= 20 * (below + comb(n - 1, fewest))


def test_open_points_take_no_part_and_segments_do_not_touch() -> None:
    row = verdict([1, 1, 1, -1], closed=[True, True, False, False])
    assert (row["useful"], row["crossings"]) == (2, 0)
    two = run_tests(points_of([1, 1, 1, -1], segments=[0, 0, 1, 1], centre=0.0).lazy()).collect()
    assert two.select("longest_run", "crossings").rows() == [(2, 0), (1, 1)]
