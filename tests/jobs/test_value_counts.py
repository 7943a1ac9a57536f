"""Quantiles read from value counts: exact, and the same however the counts were put together."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.jobs.value_counts import packing_of, quantiles, value_counts

SCHEMA = {"place": pl.UInt32, "period": pl.Int32, "wait": pl.Int64}
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 80_000), st.integers(0, 5_000)), min_size=1, max_size=200)


def frame_of(rows: list[tuple[int, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_quantiles_equal_those_of_the_waits_themselves(rows: list[tuple[int, int, int]]) -> None:
    found = quantiles(value_counts(frame_of(rows)), [0.5, 0.9]).drop("lower_0", "upper_0", "lower_1", "upper_1")
    exact = frame_of(rows).group_by("place", "period").agg(
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("wait").quantile(0.5, "linear").alias("value_0"), pl.col("wait").quantile(0.9, "linear").alias("value_1"),
    ).sort("place", "period")  # fmt: skip
    assert found.select("place", "period", "n").equals(exact.select("place", "period", "n"))
    for name in ("value_0", "value_1"):
        assert ((found[name] - exact[name]).abs() < 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(0, 200))
def test_counting_in_two_goes_is_counting_at_once(rows: list[tuple[int, int, int]], cut: int) -> None:
    two = pl.concat([value_counts(frame_of(rows[:cut])), value_counts(frame_of(rows[cut:]))])
    assert value_counts(two).equals(value_counts(frame_of(rows)))


def test_the_interval_is_made_of_waits_that_were_seen() -> None:
    waits = frame_of([(0, 0, wait) for wait in range(1, 101)])
    row = quantiles(value_counts(waits), [0.5]).row(0, named=True)
    assert (row["value_0"], row["lower_0"], row["upper_0"], row["n"]) == (50.5, 40.0, 61.0, 100)


def test_one_wait_has_no_interval() -> None:
    row = quantiles(value_counts(frame_of([(0, 0, 7)])), [0.5]).row(0, named=True)
    assert (row["value_0"], row["lower_0"], row["upper_0"]) == (7.0, None, None)


def test_no_waits_have_no_quantiles() -> None:
    assert quantiles(value_counts(frame_of([])), [0.5]).is_empty()


def test_what_does_not_fit_in_a_word_is_refused_not_wrapped() -> None:
    with pytest.raises(OverflowError, match="bits together"):
        packing_of(frame_of([(2**31, -(2**30), 2**40), (0, 2**30, 0)]))
