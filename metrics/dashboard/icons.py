"""The icons of variation and assurance: those that everything is drawn with, under the name the pages know."""

from metrics.drawing.icons import (
    ASSURANCE,
    DOWN,
    OUTLINES,
    SIDE,
    SIZE,
    UP,
    VARIATION,
    Icon,
    Role,
    address,
    assurance,
    markdown,
    svg,
    variation,
)

__all__ = [
    "ASSURANCE",
    "DOWN",
    "OUTLINES",
    "SIDE",
    "SIZE",
    "UP",
    "VARIATION",
    "Icon",
    "Role",
    "address",
    "assurance",
    "markdown",
    "svg",
    "variation",
]
