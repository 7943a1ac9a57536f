"""Two palettes, light and dark. A colour never speaks alone: a word and a shape say the same."""

from dataclasses import dataclass
from typing import Literal

Mode = Literal["light", "dark"]


@dataclass(frozen=True)
class Palette:
    """Colours of one appearance, as #rrggbb. Everything drawn is 3:1 or better on `background`; words are 4.5:1.

    `figure` is the measured series, `target` the line it is held against, `quiet` chance, what is not yet settled and the
    axes' words. What really changed is marked as NHS England does: better in blue (`figure`), worse in orange (`concern`),
    neither in purple (`neutral`); `concern` marks what misses its target too. `band` and `wash` are fills behind marks.
    """

    background: str
    text: str
    figure: str
    concern: str
    neutral: str
    target: str
    quiet: str
    band: str
    wash: str
    rule: str


LIGHT = Palette(
    background="#ffffff",
    text="#0b1219",
    figure="#12436d",
    concern="#b34700",
    neutral="#8a3ab9",
    target="#0b1219",
    quiet="#6a7681",
    band="#cfdeeb",
    wash="#f0f2f5",
    rule="#dbe1e7",
)
DARK = Palette(
    background="#10171e",
    text="#e6ecf1",
    figure="#a8d0f5",
    concern="#ffa45c",
    neutral="#bf7af0",
    target="#ffffff",
    quiet="#8a95a0",
    band="#24435e",
    wash="#1c2731",
    rule="#2e3b47",
)
PALETTES: dict[Mode, Palette] = {"light": LIGHT, "dark": DARK}


def palette_for(mode: str | None) -> Palette:
    """The palette of the browser's appearance; light when the browser has not said yet."""
    return DARK if mode == "dark" else LIGHT
