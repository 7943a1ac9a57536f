"""Lengths of time in words: '60 minutes', '24 hours', '3 days'."""

import re
from datetime import timedelta

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}  # seconds


def length_from_words(words: str | timedelta) -> timedelta:
    """'90 days' as a length. Raises ValueError naming what was given and the form expected."""
    if isinstance(words, timedelta):
        return words
    return timedelta(seconds=_count(words) * UNITS[unit_in_words(words)])


def unit_in_words(words: str) -> str:
    """The unit a length is written in, singular: 'day' for '90 days'. Raises ValueError as length_from_words does."""
    return _parts(words)[2]


def words_from_length(length: timedelta, largest: str = "day") -> str:
    """A length in the largest unit that keeps it whole, up to `largest`: '90 days', '4 hours', '30 seconds', '1 day'."""
    seconds = int(length.total_seconds())
    units = [unit for unit in ("day", "hour", "minute", "second") if UNITS[unit] <= UNITS[largest]]
    unit = next(unit for unit in units if seconds % UNITS[unit] == 0)
    count = seconds // UNITS[unit]
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _count(words: str) -> int:
    return int(_parts(words)[1])


def _parts(words: str) -> re.Match[str]:
    match = re.fullmatch(r"\s*(\d+)\s*(second|minute|hour|day|week)s?\s*", str(words))
    if match is None:
        raise ValueError(f"{words!r} is not a length of time; write a whole number and a unit, as in '60 minutes'")
    return match
