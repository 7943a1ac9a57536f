"""Sums that come out the same in any order, where plain float sums do not."""

from math import fsum

import polars as pl
import pytest

from metrics.signals import sums

PARTS = [1e9, 1e-7, -1e9, 0.1, 0.2, 0.3, 33.3, 1e-7, 5e8, -5e8]


def orders(parts: list[float | None]) -> list[list[float | None]]:
    return [parts[at:] + parts[:at] for at in range(len(parts))]


def of(parts: list[float | None], expression: pl.Expr) -> float | None:
    found: float | None = pl.DataFrame({"value": parts}, schema={"value": pl.Float64}).select(expression).item()
    return found


def test_any_order_gives_the_same_where_floats_do_not() -> None:
    assert len({of(parts, pl.col("value").sum()) for parts in orders([*PARTS])}) > 1
    assert len({of(parts, sums.total(pl.col("value"))) for parts in orders([*PARTS])}) == 1
    assert of([*PARTS], sums.total(pl.col("value"))) == fsum(PARTS)


@pytest.mark.parametrize(
    ("parts", "total", "mean"),
    [
        ([], 0.0, None),
        ([None], 0.0, None),
        ([None, 3.0, 4.0], 7.0, 3.5),
        ([0.0], 0.0, 0.0),
        ([-1.5, 1.5], 0.0, 0.0),
        ([0.5] * 1000, 500.0, 0.5),
        ([1e300, 1e300], 2e300, 1e300),
        ([float("inf"), 1.0], float("inf"), float("inf")),
    ],
)
def test_what_is_there_is_added(parts: list[float | None], total: float, mean: float | None) -> None:
    assert (of(parts, sums.total(pl.col("value"))), of(parts, sums.mean(pl.col("value")))) == (total, mean)


def test_groups_do_not_touch() -> None:
    frame = pl.DataFrame({"group": ["a", "b", "a", "b"], "value": [1.0, float("inf"), 2.0, 5.0]})
    within = frame.with_columns(sums.total(pl.col("value")).over("group").alias("total"))
    assert within["total"].to_list() == [3.0, float("inf"), 3.0, float("inf")]
    assert dict(frame.group_by("group").agg(sums.mean(pl.col("value"))).iter_rows()) == {"a": 1.5, "b": float("inf")}
