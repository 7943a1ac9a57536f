"""The live board: rows of the event tables and `now` in, tiles out. It asks no clock and reads nothing."""

from metrics.board.assembling import tiles_of
from metrics.board.tile import Age, Tile

__all__ = ["Age", "Tile", "tiles_of"]
