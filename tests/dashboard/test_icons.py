"""Icons: a shape for every meaning, a colour that stands out, and words; the colours keep NHS England's meaning."""

from base64 import b64decode
from xml.etree import ElementTree

import pytest

from metrics.dashboard import icons
from metrics.dashboard.theme import PALETTES, Palette
from tests.dashboard.test_theme import MARK_CONTRAST, contrast

EVERY = [*icons.VARIATION.values(), *icons.ASSURANCE.values()]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(icon: icons.Icon, palette: Palette) -> ElementTree.Element:
    return ElementTree.fromstring(icons.svg(icon, palette))


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("icon", EVERY, ids=lambda icon: icon.words)
def test_every_part_of_an_icon_stands_out(icon: icons.Icon, palette: Palette) -> None:
    outline, *signs = [part for part in drawn(icon, palette) if part.tag != f"{SVG}title"]
    fill, edge = outline.get("fill"), outline.get("stroke")
    assert contrast(edge or fill or "", palette.background) >= MARK_CONTRAST
    assert contrast(edge or fill or "", palette.wash) >= MARK_CONTRAST
    for sign in signs:
        assert contrast(sign.get("stroke") or "", fill or "") >= MARK_CONTRAST


@pytest.mark.parametrize("family", [icons.VARIATION, icons.ASSURANCE])
def test_no_two_icons_of_a_family_are_told_apart_by_colour_alone(family: dict[str, icons.Icon]) -> None:
    shapes = [(icon.outline, icon.sign) for icon in family.values()]
    assert len(set(shapes)) == len(shapes)
    assert len({icon.words for icon in family.values()}) == len(family)


def test_every_meaning_has_its_outline_and_its_colour() -> None:
    meant = {"concern": ("diamond", "concern"), "improvement": ("disc", "figure"), "neutral": ("square", "neutral"),
             "common": ("ring", "quiet"), "not": ("dotted", "quiet")}  # fmt: skip
    for name, icon in icons.VARIATION.items():
        assert (icon.outline, icon.role) == meant[name.partition("_")[0]]


def test_high_points_up_and_low_points_down() -> None:
    signs = {name.rpartition("_")[2]: set() for name in icons.VARIATION if name.endswith(("_high", "_low"))}
    for name, icon in icons.VARIATION.items():
        signs.get(name.rpartition("_")[2], set()).add(icon.sign)
    assert signs == {"high": {icons.UP}, "low": {icons.DOWN}}


@pytest.mark.parametrize("icon", EVERY, ids=lambda icon: icon.words)
def test_an_icon_names_itself(icon: icons.Icon) -> None:
    palette = PALETTES["light"]
    title = drawn(icon, palette).find(f"{SVG}title")
    assert title is not None
    assert title.text == icon.words
    assert icons.markdown(icon, palette).startswith(f"![{icon.words}](data:image/svg+xml;base64,")
    assert b64decode(icons.address(icon, palette).partition(",")[2]).decode() == icons.svg(icon, palette)


def test_what_is_not_known_is_not_assessed() -> None:
    assert icons.variation(None) is icons.variation("surprise") is icons.VARIATION["not_assessed"]
    assert icons.assurance(None) is icons.assurance("surprise") is icons.ASSURANCE["not_assessed"]
    assert icons.variation("concern_low").words == "Worse, lower"
