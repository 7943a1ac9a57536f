"""The control chart draws everything that its rows say, and nothing that they do not."""

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from metrics.dashboard import control, line_names, series
from metrics.dashboard.figures import Figure
from metrics.dashboard.theme import DARK, LIGHT, PALETTES, Palette
from tests.dashboard import signal_frames
from tests.dashboard.test_charts import spec_of, view

ANNOTATIONS = pl.DataFrame(
    {
        "day": [date(2024, 12, 2), date(2030, 1, 1), date(2024, 6, 3)],
        "text": ["New triage nurse", "Long after", "Lift broken"],
        "created_by": ["A. Okafor"] * 3,
    }
)


def figure(palette: Palette = LIGHT, points: pl.DataFrame | None = None, **changed: Any) -> Figure:
    rows = signal_frames.points() if points is None else points
    of = replace(view(palette), grain="week")
    return control.figure(of, rows, signal_frames.signal(**changed), control.notes_of(ANNOTATIONS, rows))


def data_of(spec: dict[str, Any], layer: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = spec["datasets"][layer["data"]["name"]]
    return rows


def marks(spec: dict[str, Any], kind: str, **like: Any) -> list[dict[str, Any]]:
    """The layers of a mark whose settings are as given."""
    return [
        layer for layer in spec["layer"]
        if layer["mark"]["type"] == kind and all(layer["mark"].get(key) == value for key, value in like.items())
    ]  # fmt: skip


def said(spec: dict[str, Any]) -> list[str]:
    return [row["words"] for layer in marks(spec, "text") for row in data_of(spec, layer) if "words" in row]


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return spec_of(figure().chart)


def test_limits_and_centre_are_drawn_within_their_segment(spec: dict[str, Any]) -> None:
    (band,) = marks(spec, "area")
    assert band["encoding"]["detail"]["field"] == "segment"
    assert (band["encoding"]["y"]["field"], band["encoding"]["y2"]["field"]) == ("lower", "upper")
    edges = [layer["encoding"]["y"]["field"] for layer in marks(spec, "line", interpolate="step")]
    assert edges == ["lower", "upper", "centre"]


def test_flagged_points_differ_in_shape_and_colour(spec: dict[str, Any]) -> None:
    (worse,) = marks(spec, "point", shape="diamond")
    ring, better = marks(spec, "point", shape="circle")
    assert (worse["mark"]["color"], better["mark"]["color"]) == (LIGHT.concern, LIGHT.figure)
    assert len(data_of(spec, worse)) == signal_frames.OPEN - signal_frames.SHIFTED
    assert len(data_of(spec, better)) == len(data_of(spec, ring)) == 1
    assert marks(spec, "point", shape="square") == []


def test_a_change_that_is_neither_is_a_square() -> None:
    rows = signal_frames.points().with_columns(point_type=pl.col("point_type").replace("concern", "neutral_low"))
    (square,) = marks(spec_of(figure(points=rows).chart), "point", shape="square")
    assert square["mark"]["color"] == LIGHT.neutral


def test_periods_that_are_not_closed_are_washed_hollow_and_said(spec: dict[str, Any]) -> None:
    assert "not closed" in said(spec)
    (hollow,) = marks(spec, "point", fill=LIGHT.background, size=34)
    assert len(data_of(spec, hollow)) == signal_frames.WEEKS - signal_frames.OPEN
    closed = figure(points=signal_frames.points().filter("closed"))
    assert "not closed" not in said(spec_of(closed.chart))


def test_a_missing_week_breaks_the_line() -> None:
    drawn = series.unbroken(signal_frames.points(), "week")
    assert drawn["run"].n_unique() == 2
    assert len(drawn) == signal_frames.WEEKS - 1


def test_what_the_series_is_held_to_is_dashed_and_named_with_its_figure(spec: dict[str, Any]) -> None:
    dashes = [tuple(layer["mark"]["strokeDash"]) for layer in marks(spec, "line", interpolate="step-after")]
    assert dashes == [(7, 3), (2, 3)]
    assert {"Target 85%", "Trajectory 79%", "Mean 80%", "Limit 87%", "Limit 73%"} <= set(said(spec))
    assert not any(words.startswith("Stretch") for words in said(spec))


def test_a_rebase_and_each_baseline_are_marked(spec: dict[str, Any]) -> None:
    assert said(spec).count("Re-based") == 1
    assert said(spec).count("Baseline") == 2
    rebased = next(layer for layer in marks(spec, "rule") if "Re-based" in json.dumps(data_of(spec, layer)))
    assert data_of(spec, rebased)[0]["period_start"].startswith("2024-11-18")


def test_notes_are_numbered_by_day_and_only_those_the_chart_shows(spec: dict[str, Any]) -> None:
    notes = control.notes_of(ANNOTATIONS, signal_frames.points())
    assert notes.select("number", "text").rows() == [("1", "Lift broken"), ("2", "New triage nurse")]
    (numbers,) = [layer for layer in marks(spec, "text") if layer["encoding"]["text"]["field"] == "number"]
    assert [row["number"] for row in data_of(spec, numbers)] == ["1", "2"]


def test_names_at_the_right_do_not_lie_on_each_other() -> None:
    rows = signal_frames.points().with_columns(target=pl.lit(0.7901), trajectory=pl.lit(0.79))
    ends = line_names.line_ends(rows, view().measure)["value"].to_list()
    shown = rows.select(pl.max_horizontal("value", "upper").max() - pl.min_horizontal("value", "lower").min()).item()
    apart = [after - before for before, after in pairwise(ends)]
    assert min(apart) >= shown * line_names.NAME_APART * 0.999


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_the_chart_uses_the_palettes_colours_only(palette: Palette) -> None:
    spec = spec_of(figure(palette).chart)
    used = {word for word in json.dumps({"layer": spec["layer"], "axis": spec["config"]["axis"]}).split('"') if word[:1] == "#"}
    assert used <= set(vars(palette).values())
    assert DARK != LIGHT


def test_the_figure_says_it_all_in_words() -> None:
    found = figure()
    assert found.title == "Worse since week of 7 April 2025: 78%"
    assert "p′ chart (Laney); profile timely" in found.caption
    for words in ("57 closed", "Mean 80%, limits 73% to 87%", "Target 85%", "9 flagged", "Worse, lower.", "Hit or miss."):
        assert words in found.alt_text
    assert found.table.columns[:4] == ["period_start", "period_end", "value", "n"]
    assert found.table.height == signal_frames.WEEKS
    assert {"label", "rules", "segment", "target", "trajectory"} <= set(found.table.columns)


def test_a_series_without_limits_is_still_drawn() -> None:
    empty = dict.fromkeys(("centre", "lower", "upper", "near_lower", "near_upper", "target", "trajectory"), None)
    rows = signal_frames.points().with_columns(pl.lit(None, pl.Float64).alias(name) for name in empty)
    found = figure(points=rows, variation="not_assessed", assurance="not_assessed", label=None, centre=None)
    assert marks(spec_of(found.chart), "area") == []
    assert found.title == "Too few closed weeks for limits: 78%"
