"""Kaplan-Meier by lifelines, on random waits with ties and heavy censoring, many groups at once."""

import math
import os

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.datasets import load_waltons

from metrics.jobs.survival import NEAR, curve, estimates, marked, times
from metrics.jobs.value_counts import value_counts

EXAMPLES = int(os.environ.get("TIMELY_EXAMPLES", "25"))
SCHEMA = {"place": pl.UInt32, "period": pl.Int32, "wait": pl.Int64, "done": pl.Boolean}
SAME = 1e-9
# few different waits, so that ties are the rule; of nine in ten cases the end is not known
cases = st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(0, 40), st.sampled_from([True] + [False] * 9) | st.booleans())


def frame_of(rows: list[tuple[int, int, int, bool]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def timed(rows: pl.DataFrame) -> pl.DataFrame:
    ended, censored = (value_counts(rows.filter(pl.col("done") == done).drop("done")) for done in (True, False))
    return times(value_counts(marked(ended, censored)))


def lifelines_of(group: pl.DataFrame) -> pd.DataFrame:
    """lifelines' S and its band by wait, without the 0 it starts from unless somebody's wait is 0."""
    fitted = KaplanMeierFitter().fit(group["wait"].to_numpy().astype(float), group["done"].to_numpy())
    both = pd.concat([fitted.survival_function_, fitted.confidence_interval_], axis=1)
    both.columns = pd.Index(["survival", "low", "high"])
    return both[both.index.isin(group["wait"].to_list())]


def first_at(line: "pd.Series[float]", mark: float) -> float | None:
    reached = line[line <= mark + NEAR]
    return float(reached.index[0]) if len(reached) else None


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # lifelines takes the logarithm of 0
@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(cases, min_size=1, max_size=300))
def test_every_group_is_that_of_lifelines(drawn: list[tuple[int, int, int, bool]]) -> None:
    rows = frame_of(drawn)
    ours = curve(timed(rows))
    found = estimates(timed(rows), [0.5, 0.9], pl.lit(17))
    for (place, period), group in rows.group_by("place", "period"):
        theirs = lifelines_of(group)
        mine = ours.filter(place=place, period=period)
        assert mine["wait"].to_list() == theirs.index.to_list()
        assert np.allclose(mine["survival"], theirs["survival"], rtol=0, atol=SAME)
        inside = theirs["survival"].between(0, 1, inclusive="neither") & (theirs["survival"] > 1e-12)
        for line in ("low", "high"):
            band = mine[line].to_numpy()
            assert np.allclose(band[inside], theirs[line][inside], rtol=0, atol=SAME)
            assert np.isnan(band[~inside].astype(float)).all()  # theirs says 1 where the scale says nothing
        row = found.row(by_predicate=(pl.col("place") == place) & (pl.col("period") == period), named=True)
        assert row["n"] == group.height
        known = theirs[inside]
        for i, q in enumerate((0.5, 0.9)):
            expected = (first_at(theirs["survival"], 1 - q), first_at(known["low"], 1 - q), first_at(known["high"], 1 - q))
            assert (row[f"value_{i}"], row[f"lower_{i}"], row[f"upper_{i}"]) == expected
        told = group["wait"].max() >= 17 or theirs["survival"].iloc[-1] < 1e-12  # type: ignore[operator]
        assert (row["share"] is not None) == told
        if told:
            before = theirs["survival"][theirs.index <= 17]
            assert math.isclose(row["share"], 1 - (before.iloc[-1] if len(before) else 1.0), abs_tol=SAME)


def test_the_median_of_flies_and_its_interval() -> None:
    """lifelines' own example, the Waltons' 163 flies, of which seven are censored: its median and its interval."""
    flies = load_waltons()
    rows = pl.DataFrame({"wait": flies["T"].astype(int).tolist(), "done": flies["E"].astype(bool).tolist()})
    rows = rows.with_columns(pl.lit(1, pl.UInt32).alias("place"), pl.lit(0, pl.Int32).alias("period")).select(list(SCHEMA))
    found = estimates(timed(rows), [0.5]).row(0, named=True)
    theirs = lifelines_of(rows)
    assert (found["n"], found["value_0"]) == (163, 56)
    assert (found["lower_0"], found["upper_0"]) == tuple(first_at(theirs[line], 0.5) for line in ("low", "high"))


def test_of_nothing_there_is_nothing() -> None:
    assert estimates(timed(frame_of([])), [0.5], pl.lit(17)).is_empty()
    still_waiting = estimates(timed(frame_of([(1, 0, 5, False), (1, 0, 30, False)])), [0.5, 0.9], pl.lit(17)).row(0, named=True)
    assert still_waiting["n"] == 2
    assert (still_waiting["value_0"], still_waiting["value_1"], still_waiting["share"]) == (None, None, 0.0)
    assert still_waiting["share_lower"] is None  # a curve that has not moved has no interval
