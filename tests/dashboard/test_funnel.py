"""The funnel figure: sites that stand out are named, shaped and told; the others are left alone."""

from typing import Any

import polars as pl
import pytest

from metrics.dashboard import funnel_chart, funnel_figure
from metrics.dashboard.theme import LIGHT
from tests.dashboard.test_charts import spec_of, view
from tests.dashboard.test_control_chart import data_of, marks


def counts(**shares: float) -> pl.DataFrame:
    """Ten sites at 78 to 80 % of 1,000 cases, and those named."""
    usual = {f"Site {number}": 0.78 + number / 500 for number in range(10)} | shares
    return pl.DataFrame(
        {
            "site": list(usual),
            "numerator": [round(share * 1000.0) for share in usual.values()],
            "denominator": [1000.0] * len(usual),
        }
    )


@pytest.fixture(scope="module")
def two_outside() -> Any:
    return funnel_figure.figure(view(), counts(Bad=0.5, Good=0.99), "May 2025")


def test_who_is_outside_leads_the_table_and_is_named(two_outside: Any) -> None:
    assert two_outside.title == "2 of 12 sites stand out"
    assert two_outside.table["site"][:2].to_list() == ["Bad", "Good"]
    assert "Bad 50%, worse than the limits; Good 99%, better than the limits." in two_outside.alt_text


def test_outside_is_told_by_shape(two_outside: Any) -> None:
    spec = spec_of(two_outside.chart)
    (worse,) = marks(spec, "point", shape="diamond")
    assert [row["site"] for row in data_of(spec, worse)] == ["Bad"]
    assert worse["mark"]["color"] == LIGHT.concern
    assert len(marks(spec, "point", shape="circle")) == 2  # the disc and its ring


def test_what_is_better_follows_the_metric() -> None:
    told = funnel_figure.judged(counts(Bad=0.5, Good=0.99), "lower").select("site", "standing").head(2)
    assert dict(told.iter_rows()) == {"Good": "worse", "Bad": "better"}
    neither = funnel_figure.judged(counts(Bad=0.5), "neither")
    assert neither["standing"][0] == "apart"


def test_sites_that_differ_by_chance_are_not_called_out() -> None:
    found = funnel_figure.figure(view(), counts(), "May 2025")
    assert found.title == "No site stands out from the others"
    assert "none is outside the 99.8% limits" in found.alt_text
    assert "Only 10 places" in found.caption


def test_the_limits_narrow_as_cases_grow() -> None:
    places = funnel_figure.judged(
        counts().with_columns(denominator=pl.int_range(200, 1200, 100, eager=True).cast(pl.Float64) + 800), "higher"
    )
    limits = funnel_figure.lines(places)
    width = (limits["adjusted_upper_998"] - limits["adjusted_lower_998"]).to_list()
    assert width == sorted(width, reverse=True)
    assert limits.height == funnel_figure.STEPS


def test_many_sites_are_not_all_named() -> None:
    many = pl.concat([counts(), counts(Bad=0.3).with_columns(site=pl.lit("Other ") + pl.col("site"))])
    sites = funnel_figure.judged(many, "higher")
    spec = spec_of(funnel_chart.funnel(sites, funnel_figure.lines(sites), view().measure, LIGHT))
    (named,) = marks(spec, "text")
    assert [row["site"] for row in data_of(spec, named)] == ["Other Bad"]
