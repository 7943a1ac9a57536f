"""What the live board stands on now: the recent rows of the lake, read once for each commit."""

from metrics.live.reading import Now, board_of, now_of

__all__ = ["Now", "board_of", "now_of"]
