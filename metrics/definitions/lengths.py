"""Lengths of time in words: '60 minutes', '24 hours', '3 days'."""

import re
from datetime import timedelta

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}  # seconds


def length_from_words(words: str | timedelta) -> timedelta:
    """'90 days' as a length. Raises ValueError naming what was given and the form expected."""
    if isinstance(words, timedelta):
        return words
    match = re.fullmatch(r"\s*(\d+)\s*(second|minute|hour|day|week)s?\s*", str(words))
    if match is None:
        raise ValueError(f"{words!r} is not a length of time; write a whole number and a unit, as in '60 minutes'")
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])
