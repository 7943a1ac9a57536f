"""What the live board stands on now: the recent rows of the lake, and what live messages have said since."""

from metrics.live.reading import Now, board_of, now_of

__all__ = ["Now", "board_of", "now_of"]
