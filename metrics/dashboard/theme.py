"""The palettes: those that everything is drawn in, under the name the pages know."""

from metrics.drawing.theme import DARK, LIGHT, PALETTES, Mode, Palette, palette_for

__all__ = ["DARK", "LIGHT", "PALETTES", "Mode", "Palette", "palette_for"]
