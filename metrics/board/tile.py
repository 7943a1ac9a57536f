"""A tile of the board, and how old the feed behind it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WORDS = ("No data", "Stale", "Alerting", "Pending", "Recovering", "OK", "Not assessed")
"""The states a tile can be in, gravest first: trouble with the data outranks what the data says."""


@dataclass(frozen=True)
class Age:
    """How old the feed of a table is. as_of: its newest recorded_at up to now, UTC; None where it never spoke.

    stale_after, lost_after: silences above which it is stale, and above which no figure of it is shown. source_lag: how long after
    the event the newest message about it came; None where nobody knows, as of files.
    """

    as_of: datetime | None
    now: datetime
    stale_after: timedelta
    lost_after: timedelta
    source_lag: timedelta | None = None

    @property
    def lag(self) -> timedelta | None:
        return None if self.as_of is None else self.now - self.as_of

    @property
    def trouble(self) -> tuple[str, str] | None:
        """'No data' or 'Stale' with its reason; None for a feed within its limit. A silence as long as the limit is within it."""
        if self.lag is None:
            return "No data", "this feed never spoke"
        if self.lag > self.lost_after:
            return "No data", f"silent for longer than {minutes(self.lost_after)}"
        if self.lag > self.stale_after:
            return "Stale", f"silent for longer than {minutes(self.stale_after)}"
        return None


@dataclass(frozen=True)
class Tile:
    """One tile. figures: label and text, the first drawn large; none is shown of a feed that says nothing.

    state: one of WORDS, with the reason for it. age: of the table the figures are from. bands: minutes waited in words, and how
    many have waited so long, of a tile whose first figure counts people and is not 0.
    """

    key: str
    title: str
    state: str
    reason: str
    figures: tuple[tuple[str, str], ...]
    age: Age
    bands: tuple[tuple[str, int], ...] = ()


def tile(
    key: str, title: str, verdict: tuple[str, str], figures: tuple[tuple[str, str], ...], age: Age,
    bands: tuple[tuple[str, int], ...] = (),
) -> Tile:  # fmt: skip
    """The tile with its verdict, unless its feed is in trouble: that outranks it, and a lost feed shows no figure."""
    state, reason = age.trouble or verdict
    lost = state == "No data"
    return Tile(key, title, state, reason, () if lost else figures, age, () if lost else bands)


def minutes(length: timedelta) -> str:
    """'42 s' under two minutes, '42 min' under two hours, '3 h 5 min' under two days, else '4 d 3 h'; cut off and not rounded."""
    seconds = int(length.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    if seconds >= 172_800:
        return f"{seconds // 86_400} d {seconds // 3600 % 24} h"
    rest = seconds // 60 % 60
    return f"{seconds // 3600} h {rest} min" if rest else f"{seconds // 3600} h"
