"""Attribute charts against qicharts2 0.8.1 (R): 38 series, 17 kinds of chart with and without screening, every limit and run test.

tests/fixtures/attribute_charts: R ran on inputs made for it. Funnels have a file of their own.
"""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.signals import c, g, i_prime, p, p_prime, runs, t, u, u_prime, xmr
from metrics.signals.charts import WithLimits
from metrics.signals.profile import DEFAULT, Profile

FIXTURES = Path(__file__).parents[1] / "fixtures" / "attribute_charts"
TOLERANCE = 1e-9

CHARTS: dict[str, WithLimits] = {
    "p": p.with_limits,
    "pp": p_prime.with_limits,
    "u": u.with_limits,
    "up": u_prime.with_limits,
    "ip": i_prime.with_limits,
    "c": c.with_limits,
    "g": g.with_limits,
    "t": t.with_limits,
    "run": runs.with_limits,
}
OF_COUNTS = ("c", "g", "t", "i")
KEYS = ["series_id", "chart", "screened"]
SCREENED = replace(DEFAULT, screen=True)
UNSCREENED = replace(DEFAULT, screen=False)


def expected() -> pl.DataFrame:
    return pl.read_parquet(FIXTURES / "expected_points.parquet")


def points(chart: str) -> pl.DataFrame:
    """The series that R drew on the chart, in the form of a chart: every point closed and in the baseline."""
    drawn = expected().filter(pl.col("chart") == chart).select("series_id").unique().sort("series_id").with_row_index("series")
    rows = pl.read_parquet(FIXTURES / "inputs.parquet").join(drawn, on="series_id").sort("series", "date")
    ratio = pl.col("y") if chart in OF_COUNTS else pl.col("y") / pl.col("n")
    return rows.select(
        "series_id", "series", pl.lit(0, pl.UInt32).alias("segment"), "date", ratio.alias("value"),
        pl.col("y").alias("numerator"), pl.col("n").alias("denominator"),
        pl.lit(True).alias("closed"), pl.lit(True).alias("baseline"),
    )  # fmt: skip


def lined(chart: str, screened: bool) -> pl.DataFrame:
    profile: Profile = SCREENED if screened else UNSCREENED
    return CHARTS[chart](points(chart).lazy(), profile).collect()


def cases() -> list[tuple[str, bool]]:
    rows = expected().select("chart", "screened").unique().sort("chart", "screened").rows()
    return [row for row in rows if row[0] in CHARTS]


def test_every_kind_of_chart_in_the_fixture_is_tried() -> None:
    assert set(expected()["chart"].unique()) == {*CHARTS, "i"}


@pytest.mark.parametrize(("chart", "screened"), cases())
def test_limits_are_those_of_qicharts2(chart: str, screened: bool) -> None:
    ours = lined(chart, screened)
    theirs = expected().filter(pl.col("chart") == chart, pl.col("screened") == screened)
    both = ours.join(theirs, on=["series_id", "date"])
    assert both.height == ours.height == theirs.height > 0
    for line, name in (("value", "y"), ("centre", "cl"), ("lower", "lcl"), ("upper", "ucl")):
        assert (both[line].is_null() == both[name].is_null()).all()
        assert both.select((pl.col(line) - pl.col(name)).abs().max().fill_null(0.0)).item() < TOLERANCE, line
    outside = ((pl.col("value") < pl.col("lower")) | (pl.col("value") > pl.col("upper"))).fill_null(False)
    assert both.filter(outside != pl.col("sigma_signal").fill_null(False)).is_empty()


@pytest.mark.parametrize("screened", [False, True])
def test_individuals_lie_within_the_rounding_of_two_decimals(screened: bool) -> None:
    """qicharts2 has 3 / 1.128 where Making Data Count has 2.66; xmr follows the second."""
    theirs = expected().filter(pl.col("chart") == "i", pl.col("screened") == screened)
    ours = xmr.with_limits(points("i").lazy(), SCREENED if screened else UNSCREENED).collect()
    both = ours.join(theirs, on=["series_id", "date"]).with_columns(
        ((pl.col("upper") - pl.col("centre")) / (pl.col("ucl") - pl.col("cl")) * (3 / 1.128 / 2.66)).alias("ratio")
    )
    assert both.height == theirs.height
    assert both.select((pl.col("ratio") - 1).abs().max()).item() < TOLERANCE


@pytest.mark.parametrize(("chart", "screened"), [*cases(), ("i", True), ("i", False)])
def test_run_tests_are_those_of_qicharts2(chart: str, screened: bool) -> None:
    theirs = expected().filter(pl.col("chart") == chart, pl.col("screened") == screened)
    ours = points(chart).join(theirs.select("series_id", "date", "cl"), on=["series_id", "date"], maintain_order="left")
    found = (
        runs.run_tests(ours.rename({"cl": "centre"}).lazy())
        .collect()
        .join(ours.select("series", "series_id").unique(), on="series")
    )
    asked = pl.read_csv(FIXTURES / "expected_runs.csv").filter(pl.col("chart") == chart, pl.col("screened") == screened)
    names = {
        "useful": "n_useful", "longest_run": "longest_run", "longest_allowed": "longest_run_max", "crossings": "n_crossings",
        "fewest_allowed": "n_crossings_min", "runs_signal": "runs_signal",
    }  # fmt: skip
    told = found.select("series_id", *(pl.col(ours).cast(asked[theirs].dtype).alias(theirs) for ours, theirs in names.items()))
    assert told.sort("series_id").equals(asked.select("series_id", *names.values()).sort("series_id"))
    assert told.height > 0


def test_all_series_at_once_are_each_series_alone() -> None:
    """Nothing of one series reaches into the next one."""
    for chart, with_limits in CHARTS.items():
        together = lined(chart, True)
        alone = pl.concat([with_limits(part.lazy(), SCREENED).collect() for part in points(chart).partition_by("series")])
        lines = ["centre", "lower", "upper", "near_lower", "near_upper"]
        assert_frame_equal(together.select(lines), alone.select(lines), rel_tol=1e-12, abs_tol=1e-12)
