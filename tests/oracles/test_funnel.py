"""Funnels against FunnelPlotR ("PR", additive overdispersion, SHMI's winsorising): two made cases, 72 places."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from metrics.signals.funnel import with_funnel

FIXTURES = Path(__file__).parents[1] / "fixtures" / "attribute_charts"
TOLERANCE = 1e-9

OURS = {
    "z": "z", "lower_95": "ll95", "upper_95": "ul95", "lower_998": "ll998", "upper_998": "ul998", "adjusted_lower_95": "odll95",
    "adjusted_upper_95": "odul95", "adjusted_lower_998": "odll998", "adjusted_upper_998": "odul998",
}  # fmt: skip


def funnels() -> pl.DataFrame:
    sites = pl.read_csv(FIXTURES / "funnel_inputs.csv").rename({"site": "site_id", "y": "numerator", "n": "denominator"})
    return with_funnel(sites.lazy(), by=["case_id"]).collect()


def test_limits_and_scores_are_those_of_funnelplotr() -> None:
    theirs = pl.read_csv(FIXTURES / "expected_funnel_points.csv").rename({"z": "z_theirs"})
    both = funnels().join(theirs.rename({"site": "site_id"}), on=["case_id", "site_id"])
    assert both.height == theirs.height == 72
    for ours, name in (OURS | {"z": "z_theirs"}).items():
        assert both.select((pl.col(ours) - pl.col(name)).abs().max()).item() < TOLERANCE, ours
    plain = (pl.col("share") > pl.col("upper_998")) | (pl.col("share") < pl.col("lower_998"))
    assert both.filter(plain != (pl.col("out998") == 1)).is_empty()
    assert both.filter(pl.col("place").str.ends_with("998") != (pl.col("odout998") == 1)).is_empty()


def test_target_phi_and_tau_are_those_of_funnelplotr() -> None:
    theirs = pl.read_csv(FIXTURES / "expected_funnel_summary.csv").with_columns(
        pl.col("n", "phi").cast(pl.String).str.strip_chars().cast(pl.Float64)
    )
    ours = funnels().group_by("case_id").agg(pl.col("centre", "phi", "tau2", "sites").first())
    both = ours.join(theirs, on="case_id", suffix="_theirs")
    assert both.height == 2
    for name, other in (("centre", "target"), ("phi", "phi_theirs"), ("tau2", "tau2_theirs"), ("sites", "n")):
        assert both.select((pl.col(name) - pl.col(other)).abs().max()).item() < TOLERANCE, name


@pytest.mark.real
def test_trusts_of_one_year_lie_within_the_adjusted_funnel(real: Path) -> None:
    """137 type-1 trusts in 2018/19: 130 outside the plain 99.8 % funnel, phi 3,829, none outside the adjusted one."""
    returns = pl.read_csv(real / "nhs_ae" / "ae_attendances.csv", try_parse_dates=True, schema_overrides={"type": pl.String})
    year = returns.filter(pl.col("type") == "1", pl.col("period").is_between(date(2018, 4, 1), date(2019, 3, 31)))
    trusts = year.group_by("org_code").agg(
        pl.col("breaches").sum().alias("numerator"), pl.col("attendances").sum().alias("denominator")
    )
    found = with_funnel(trusts.with_columns(pl.lit("2018/19").alias("year")).lazy(), by=["year"]).collect()
    outside = (pl.col("share") > pl.col("upper_998")) | (pl.col("share") < pl.col("lower_998"))
    assert (found.height, found.filter(outside).height, round(found["phi"][0])) == (137, 130, 3829)
    assert found.filter(pl.col("place").str.ends_with("998")).is_empty()
