"""Bins of a minute, an hour, a day."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.jobs.wait_bins import upper_edge_minutes

HOUR, DAY = 3600, 86_400

# seconds -> the bin's upper edge in minutes
EDGES = [
    (0, 0), (1, 1), (60, 1), (61, 2), (240 * 60, 240), (240 * 60 + 1, 241),
    (DAY, 1440), (DAY + 1, 1500), (25 * DAY, 36_000), (25 * DAY + 1, 26 * 1440),
]  # fmt: skip


@pytest.mark.parametrize(("seconds", "edge"), EDGES)
def test_a_wait_is_rounded_up_to_its_bins_edge(seconds: int, edge: int) -> None:
    assert pl.DataFrame({"s": [seconds]}).select(upper_edge_minutes(pl.col("s"))).item() == edge


@given(st.lists(st.integers(0, DAY), min_size=1), st.integers(0, 1440))
def test_within_whole_minutes_is_exact(waits: list[int], minutes: int) -> None:
    edges = pl.DataFrame({"s": waits}).select(upper_edge_minutes(pl.col("s"))).to_series()
    assert (edges <= minutes).sum() == sum(wait <= minutes * 60 for wait in waits)
