"""What the live board stands on now: the recent rows of the lake, and what live messages have said since."""

from metrics.live.reading import Now, now_of
from metrics.live.telling import board_of, cases_behind, owed_of, shapes_of

__all__ = ["Now", "board_of", "cases_behind", "now_of", "owed_of", "shapes_of"]
