"""What can be said of a figure now, as a word and a shape. Trouble with the data outranks the figure itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Colour = Literal["orange", "blue", "gray", "violet"]


@dataclass(frozen=True)
class State:
    """A word, the shape that says the same without colour, and its place in the order worst first."""

    word: str
    shape: str
    colour: Colour
    rank: int

    @property
    def badge(self) -> str:
        return f":{self.colour}-badge[{self.shape} {self.word}]"


NO_DATA = State("No data", "◇", "violet", 0)
STALE = State("Stale", "◆", "violet", 1)
ALERTING = State("Alerting", "■", "orange", 2)
PENDING = State("Pending", "□", "orange", 3)
RECOVERING = State("Recovering", "◐", "blue", 4)
OFF_TARGET = State("Off target", "▲", "orange", 5)
ON_TARGET = State("On target", "●", "blue", 6)
OK = State("OK", "●", "blue", 6)
NOT_ASSESSED = State("Not assessed", "○", "gray", 7)
LEAST_CASES = 10  # below it one case moves a share by more than ten points, and no verdict is given
STATES = (NO_DATA, STALE, OFF_TARGET, ON_TARGET, NOT_ASSESSED)  # of a figure against its target
STANDINGS = (NO_DATA, STALE, ALERTING, PENDING, RECOVERING, OK, NOT_ASSESSED)  # of a series and its alerts
ALERTS = {"firing": ALERTING, "pending": PENDING, "recovering": RECOVERING}  # an episode's state


def direction(better: str, statistic: str) -> str:
    """Which way is better for one statistic: of a wait that should be low, the share within its limit should be high."""
    flipped = {"lower": "higher", "higher": "lower"}
    return flipped.get(better, better) if statistic in ("within", "km_within") else better


def state_of(value: float | None, n: int | None, target: float | None, better: str, stale: bool) -> State:
    """The first state in the order of `STATES` that holds. `better` is the statistic's own direction."""
    if value is None:
        return NO_DATA
    if stale:
        return STALE
    if target is None or better == "neither" or too_few(n):
        return NOT_ASSESSED
    return ON_TARGET if meets(value, target, better) else OFF_TARGET


def standing_of(has_value: bool, stale: bool, alerts: Iterable[str], judged: bool) -> State:
    """The first in the order of `STANDINGS` that holds of a series; `alerts` are the states of its open episodes."""
    alert = worst_alert(alerts)
    found = {NO_DATA: not has_value, STALE: stale, **({alert: True} if alert else {}), OK: judged, NOT_ASSESSED: True}
    return next(state for state, holds in found.items() if holds)


def worst_alert(alerts: Iterable[str]) -> State | None:
    """The gravest of the states of episodes; None where none is open."""
    return min((ALERTS[alert] for alert in alerts if alert in ALERTS), key=lambda state: state.rank, default=None)


def too_few(n: int | None) -> bool:
    return n is not None and n < LEAST_CASES


def meets(value: float, target: float, better: str) -> bool:
    """Whether a value is on the right side of its target; on the line is met."""
    return value >= target if better == "higher" else value <= target


def target_words(target: str | None, state: State, better: str, verified: bool = True) -> str:
    """'Target at most 5 min: missed', or 'No target set'. `target` is in words; a figure that is stale gets no verdict.

    A target that nobody has read at its source yet says so: 'Target at most 5 min (not verified): missed'.
    """
    if target is None or better == "neither":
        return "No target set"
    ends = {ON_TARGET: ": met", OFF_TARGET: ": missed", NOT_ASSESSED: f": not judged under {LEAST_CASES} cases"}
    told = f"{target}{'' if verified else ' (not verified)'}"
    return f"Target {'at least' if better == 'higher' else 'at most'} {told}{ends.get(state, '')}"
