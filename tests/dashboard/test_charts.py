"""Charts: gaps break lines, what can still move looks it, what misses its target has its own shape, and all is told in words."""

import json
from datetime import date
from typing import Any

import polars as pl
import pytest

from metrics.dashboard import charts, metric_figures, series
from metrics.dashboard.data import Contract, Place
from metrics.dashboard.figures import Figure
from metrics.dashboard.theme import DARK, LIGHT, Palette

ASKED = {"metric": "door_to_provider", "statistic": "within", "site": None, "service": None}
CONTRACT = Contract(
    id="door_to_provider",
    title="Door to provider",
    question="How long?",
    family="waits",
    kind="duration",
    unit="minutes",
    better="lower",
    version="a",
    toml={"within": "60 minutes"},
    card=[],
)


def view(palette: Palette = LIGHT) -> metric_figures.View:
    return metric_figures.View(CONTRACT, "within", "month", Place(), "all sites", palette)


@pytest.fixture
def drawn(ask) -> list[Figure]:
    """Every kind of figure the metric page shows."""
    rows = ask("trend", grain="month", periods=24, **ASKED)
    period = {"grain": "month", "period_start": date(2025, 5, 1)}
    sites = ask("sites", **{k: v for k, v in ASKED.items() if k != "site"}, **period)
    strata = ask("strata", **ASKED, **period)
    bars = ask("distribution", metric="door_to_provider", site=None, service=None, first=date(2025, 5, 1), last=date(2025, 5, 31))
    return [
        metric_figures.trend_figure(view(), rows),
        metric_figures.sites_figure(view(), sites, 0.9, "May 2025"),
        metric_figures.strata_figure(view(), strata, "age_band", "May 2025"),
        metric_figures.distribution_figure(view(), bars, "May 2025"),
    ]


def spec_of(chart: Any) -> dict[str, Any]:
    spec: dict[str, Any] = json.loads(chart.to_json())
    return spec


def layers(spec: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == mark]


def test_every_figure_has_a_title_a_caption_words_and_a_table(drawn: list[Figure]) -> None:
    for figure in drawn:
        assert 0 < len(figure.title.split()) <= 10, figure.title
        assert figure.caption.endswith(".")
        assert len(figure.alt_text.split()) > 10, figure.alt_text
        assert figure.table.height > 0
        assert figure.table.write_csv().count("\n") == figure.table.height + 1


def test_every_figure_says_its_numbers_in_words(drawn: list[Figure]) -> None:
    trend, sites, strata, distribution = drawn
    assert "last settled 71% in May 2025" in trend.alt_text
    assert "Northgate Hospital 66% (n 719)" in sites.alt_text
    assert "0-17 67% (n 270)" in strata.alt_text
    assert "1,465 completed waits" in distribution.alt_text


def test_keys_of_figures_are_their_own(drawn: list[Figure]) -> None:
    assert len({figure.key for figure in drawn}) == len(drawn)


def test_no_chart_has_two_axes_of_value(drawn: list[Figure]) -> None:
    for figure in drawn:
        assert "resolve" not in spec_of(figure.chart)


def test_the_unsettled_tail_is_dashed_and_labelled(drawn: list[Figure]) -> None:
    spec = spec_of(drawn[0].chart)
    dashes = [layer["mark"].get("strokeDash") for layer in layers(spec, "line")]
    assert [1, 0] in dashes
    assert [4, 3] in dashes
    assert "so far" in json.dumps(spec["datasets"])


def test_a_settled_trend_is_not_labelled_so_far(ask) -> None:
    rows = ask("trend", grain="month", periods=24, **ASKED).filter("mature")
    assert "so far" not in charts.trend(rows, view().measure, "month", LIGHT).to_json()


def test_lines_are_drawn_within_a_stretch(drawn: list[Figure]) -> None:
    for line in layers(spec_of(drawn[0].chart), "line")[:2]:
        assert line["encoding"]["detail"]["field"] == "run"


def test_what_misses_its_target_is_a_triangle_and_is_said(drawn: list[Figure]) -> None:
    sites = drawn[1]
    (point,) = layers(spec_of(sites.chart), "point")
    assert "triangle-up" in json.dumps(point["encoding"]["shape"])
    assert "triangle misses the target" in sites.caption
    assert "triangle" not in drawn[2].caption  # strata are not held to the target


def test_a_figure_without_a_target_draws_no_target(ask) -> None:
    rows = ask("trend", grain="month", periods=24, metric="lead_time", statistic="median", site=None, service=None)
    assert "Target" not in charts.trend(rows, charts.Measure("median", "Median", "days"), "month", LIGHT).to_json()


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_chart_uses_the_palettes_colours_only(ask, palette: Palette) -> None:
    rows = ask("trend", grain="month", periods=24, **ASKED)
    spec = spec_of(charts.trend(rows, view().measure, "month", palette))
    spec.pop("datasets")
    used = {
        word for word in json.dumps({"layer": spec["layer"], "axis": spec["config"]["axis"]}).split('"') if word.startswith("#")
    }
    assert used <= set(vars(palette).values())


def test_a_sparkline_marks_its_tail_its_last_settled_week_and_its_target() -> None:
    weeks = pl.DataFrame(
        {
            "period_start": [date(2025, 5, 26), date(2025, 6, 2), date(2025, 6, 9)],
            "value": [0.5, 0.6, 0.7],
            "mature": [True, True, False],
        }
    )
    parts = series.spark_parts(series.unbroken(weeks, "week"), 0.9)
    found = {name: parts.filter(part=name)["value"].to_list() for name in ("settled", "tail", "last", "target")}
    assert found == {"settled": [0.5, 0.6], "tail": [0.6, 0.7], "last": [0.6], "target": [0.9, 0.9]}
    assert series.spark_parts(series.unbroken(weeks, "week"), None).filter(part="target").is_empty()


def test_a_sparkline_draws_each_part_its_own_way() -> None:
    spec = charts.sparkline(LIGHT)
    drawn = [(layer["mark"]["type"], tuple(layer["mark"].get("strokeDash", ()))) for layer in spec["layer"]]
    assert drawn == [("line", ()), ("line", (2, 2)), ("point", ()), ("line", (5, 3))]
    assert charts.sparkline(DARK) != spec


def test_the_places_of_a_dot_chart_keep_their_order(drawn: list[Figure]) -> None:
    (point,) = layers(spec_of(drawn[1].chart), "point")
    assert point["encoding"]["y"]["sort"] == ["Northgate Hospital (n 719)", "Central Hospital (n 746)"]
