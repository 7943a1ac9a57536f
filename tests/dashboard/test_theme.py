"""Both palettes: contrast, colour-blind readers, and the same colours in the server's configuration."""

import tomllib
from dataclasses import asdict
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from metrics.dashboard.theme import PALETTES, Mode, Palette, palette_for

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
MARK_CONTRAST, WORD_CONTRAST = 3.0, 4.5  # WCAG 2.2, 1.4.11 and 1.4.3
TOLD_APART = 20.0  # ΔE (CIE 1976) at which two marks of a chart are plainly two colours
CAPTION_OPACITY = 0.6  # Streamlit draws a caption in its text colour at this strength

# Machado, Oliveira and Fernandes 2009, full severity, on linear RGB
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    first, second = sorted((float(TO_XYZ[1] @ linear(colour)) for colour in (one, other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def lab(colour: str, blindness: str) -> np.ndarray:
    seen = np.clip(np.array(BLINDNESS[blindness]) @ linear(colour), 0, 1)
    x, y, z = TO_XYZ @ seen / (TO_XYZ @ np.ones(3))
    f = [v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def mixed(colour: str, ground: str, strength: float) -> str:
    parts = [round(strength * int(colour[i : i + 2], 16) + (1 - strength) * int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in parts)


def test_the_check_knows_black_from_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#F46A25", "#ffffff") == pytest.approx(3.03, abs=0.01)  # as published for the colour


@pytest.mark.parametrize(("mode", "palette"), list(PALETTES.items()), ids=list(PALETTES))
def test_every_mark_stands_out_from_the_page(mode: Mode, palette: Palette) -> None:
    marks = {name: getattr(palette, name) for name in ("figure", "concern", "neutral", "target", "quiet")}
    weak = {name: contrast(colour, palette.background) for name, colour in marks.items()}
    assert {name: ratio for name, ratio in weak.items() if ratio < MARK_CONTRAST} == {}


@pytest.mark.parametrize(("mode", "palette"), list(PALETTES.items()), ids=list(PALETTES))
def test_marks_stand_out_from_the_fills_behind_them(mode: Mode, palette: Palette) -> None:
    assert contrast(palette.figure, palette.band) >= MARK_CONTRAST
    for mark in (palette.quiet, palette.figure, palette.concern, palette.neutral):
        assert contrast(mark, palette.wash) >= MARK_CONTRAST
        assert contrast(mark, palette.band) >= MARK_CONTRAST, "limits are drawn behind flagged points"


@pytest.mark.parametrize(("mode", "palette"), list(PALETTES.items()), ids=list(PALETTES))
def test_words_can_be_read(mode: Mode, palette: Palette) -> None:
    assert contrast(palette.text, palette.background) >= WORD_CONTRAST
    assert contrast(palette.quiet, palette.background) >= WORD_CONTRAST
    assert contrast(palette.text, palette.wash) >= WORD_CONTRAST
    assert contrast(palette.target, palette.background) >= WORD_CONTRAST
    assert contrast(mixed(palette.text, palette.background, CAPTION_OPACITY), palette.background) >= WORD_CONTRAST


@pytest.mark.parametrize(("mode", "palette"), list(PALETTES.items()), ids=list(PALETTES))
def test_badges_and_links_can_be_read(mode: Mode, palette: Palette) -> None:
    colours = CONFIG["theme"][mode]
    for hue in ("blue", "orange", "violet", "gray"):
        assert contrast(colours[f"{hue}TextColor"], colours[f"{hue}BackgroundColor"]) >= WORD_CONTRAST, hue
    for name in ("linkColor", "primaryColor"):
        assert contrast(colours[name], colours["backgroundColor"]) >= WORD_CONTRAST, name
        assert contrast(colours[name], colours["secondaryBackgroundColor"]) >= WORD_CONTRAST, name


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize(("mode", "palette"), list(PALETTES.items()), ids=list(PALETTES))
def test_marks_are_told_apart_by_every_reader(mode: Mode, palette: Palette, blindness: str) -> None:
    marks = [palette.figure, palette.concern, palette.neutral, palette.target, palette.quiet]
    apart = {pair: float(np.linalg.norm(lab(pair[0], blindness) - lab(pair[1], blindness))) for pair in combinations(marks, 2)}
    assert {pair: distance for pair, distance in apart.items() if distance < TOLD_APART} == {}


@pytest.mark.parametrize(("mode", "palette"), list(PALETTES.items()), ids=list(PALETTES))
def test_the_configuration_holds_the_same_colours(mode: Mode, palette: Palette) -> None:
    colours = CONFIG["theme"][mode]
    same = {"backgroundColor": palette.background, "textColor": palette.text, "borderColor": palette.rule}
    assert {key: colours[key] for key in same} == same
    assert colours["chartCategoricalColors"] == [palette.figure, palette.concern, palette.neutral, palette.quiet]


def test_colours_are_written_as_hexes() -> None:
    for palette in PALETTES.values():
        assert all(len(colour) == 7 and int(colour[1:], 16) >= 0 for colour in asdict(palette).values())


def test_the_appearance_follows_the_browser() -> None:
    assert palette_for("dark") is PALETTES["dark"]
    assert palette_for("light") is PALETTES["light"]
    assert palette_for(None) is PALETTES["light"]  # the browser has not said yet
    assert "base" not in CONFIG["theme"], "a base would lock the appearance"


def test_the_server_is_set_for_a_hospital() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["server"]["headless"] is True
    assert "enableAgentApi" not in CONFIG["server"]
