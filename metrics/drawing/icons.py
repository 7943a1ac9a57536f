"""Our own icons for variation and assurance, drawn as SVG. The outline says what it means, the sign inside says how.

A disc is good, a diamond is a concern, a square is a change that is neither, a ring is chance, a dotted ring is no verdict:
so the meaning is there without colour. Colours keep the meaning NHS England gave them: blue improvement, orange concern,
purple neutral, grey common cause. Anything that draws a verdict draws it from here.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Literal

from metrics.drawing.theme import Palette

Role = Literal["figure", "concern", "neutral", "quiet"]
SIDE = 24  # units of the drawing; it is scaled to any size
SIZE = 26  # px on the page: over the 24 px that a target may be at least

UP = "M12 17.5V7M7.6 11.2 12 6.6l4.4 4.6"
DOWN = "M12 6.5V17M7.6 12.8 12 17.4l4.4-4.6"
TICK = "m7.4 12.4 3.2 3.3 6-6.9"
CROSS = "m8.4 8.4 7.2 7.2M15.6 8.4l-7.2 7.2"
WAVE = "M5.5 13.2 8.6 10l3 4.2 3.2-4.4 3.7 3.4"
WAVE_ON_LINE = "M6.2 15.8 9.6 7.8l4.8 8.4 3.4-8M2.5 12h19"
DASH = "M8.5 12h7"


@dataclass(frozen=True)
class Icon:
    """One verdict: its short words, the role whose colour it takes, its outline and its sign (an SVG path, none at all is '')."""

    words: str
    role: Role
    outline: Literal["disc", "diamond", "square", "ring", "dotted"]
    sign: str


VARIATION: dict[str, Icon] = {
    "concern_high": Icon("Worse, higher", "concern", "diamond", UP),
    "concern_low": Icon("Worse, lower", "concern", "diamond", DOWN),
    "neutral_high": Icon("Higher", "neutral", "square", UP),
    "neutral_low": Icon("Lower", "neutral", "square", DOWN),
    "improvement_high": Icon("Better, higher", "figure", "disc", UP),
    "improvement_low": Icon("Better, lower", "figure", "disc", DOWN),
    "common_cause": Icon("No significant change", "quiet", "ring", WAVE),
    "not_assessed": Icon("Change not assessed", "quiet", "dotted", ""),
}
ASSURANCE: dict[str, Icon] = {
    "consistent_fail": Icon("Will miss the target", "concern", "diamond", CROSS),
    "inconsistent": Icon("Hit or miss", "quiet", "ring", WAVE_ON_LINE),
    "consistent_pass": Icon("Will meet the target", "figure", "disc", TICK),
    "none": Icon("No target", "quiet", "dotted", DASH),
    "not_assessed": Icon("Target not assessed", "quiet", "dotted", ""),
}
OUTLINES = {
    "disc": '<circle cx="12" cy="12" r="10.5" fill="{colour}"/>',
    "diamond": '<path d="M12 .8 23.2 12 12 23.2.8 12z" fill="{colour}"/>',
    "square": '<rect x="2" y="2" width="20" height="20" rx="1.5" fill="{colour}"/>',
    "ring": '<circle cx="12" cy="12" r="10" fill="{ground}" stroke="{colour}" stroke-width="1.8"/>',
    "dotted": '<circle cx="12" cy="12" r="10" fill="{ground}" stroke="{colour}" stroke-width="1.8" stroke-dasharray="2 3.2"/>',
}
FILLED = ("disc", "diamond", "square")


def svg(icon: Icon, palette: Palette, size: int = SIZE) -> str:
    """The icon as an SVG image of `size` px that names itself."""
    colour = getattr(palette, icon.role)
    outline = OUTLINES[icon.outline].format(colour=colour, ground=palette.background)
    ink, width = (palette.background, 2.2) if icon.outline in FILLED else (colour, 1.8)
    sign = f'<path d="{icon.sign}" stroke="{ink}" stroke-width="{width}"/>' if icon.sign else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {SIDE} {SIDE}" role="img" '
        f'fill="none" stroke-linecap="round" stroke-linejoin="round"><title>{icon.words}</title>{outline}{sign}</svg>'
    )


def address(icon: Icon, palette: Palette, size: int = SIZE) -> str:
    """The icon as a `data:` address, for an <img> or for Markdown."""
    return f"data:image/svg+xml;base64,{b64encode(svg(icon, palette, size).encode()).decode()}"


def markdown(icon: Icon, palette: Palette, size: int = SIZE) -> str:
    """The icon as a Markdown image; its words are its alt text."""
    return f"![{icon.words}]({address(icon, palette, size)})"


def variation(verdict: str | None) -> Icon:
    """The icon of a stored variation; none stored, or one unknown here, is not assessed."""
    return VARIATION.get(verdict or "", VARIATION["not_assessed"])


def assurance(verdict: str | None) -> Icon:
    """The icon of a stored assurance; none stored, or one unknown here, is not assessed."""
    return ASSURANCE.get(verdict or "", ASSURANCE["not_assessed"])
