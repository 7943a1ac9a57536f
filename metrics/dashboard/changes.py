"""What a control chart says, in words. It says better, worse, higher or lower only where a rule fired; else no significant change.

A signal is a row of the generation's `signals`: one series at its newest closed period. Sentences need the statistic and
unit of its figures, so they take a `Speaker`.
"""

from dataclasses import dataclass
from typing import Any

from metrics.dashboard import numbers
from metrics.dashboard.icons import assurance, variation
from metrics.dashboard.sentences import within_ten
from metrics.signals.profile import DEFAULT, LEAST_POINTS, NHSR_0_2_2

Signal = dict[str, Any]
NO_CHANGE = "No significant change"
LABEL_WORDS = {  # why a point is flagged
    "above_limit": "above the upper limit",
    "below_limit": "below the lower limit",
    "trend_up": "in an unbroken rise",
    "trend_down": "in an unbroken fall",
    "two_in_three_above": "two of three near the upper limit",
    "two_in_three_below": "two of three near the lower limit",
    "shift_above": "in a run above the mean",
    "shift_below": "in a run below the mean",
}
CHART_WORDS = {
    "xmr": "XmR chart",
    "xmr_log": "XmR chart on a log scale",
    "p": "p chart",
    "p_prime": "p′ chart (Laney)",
    "u": "u chart",
    "u_prime": "u′ chart (Laney)",
    "i_prime": "I′ chart",
    "c": "c chart",
    "g": "g chart",
    "t": "t chart",
}
PROFILE_WORDS = {
    DEFAULT.name: "Making Data Count rules, limits that stand still",
    NHSR_0_2_2.name: "rules as NHSRplotthedots 0.2.2",
}


@dataclass(frozen=True)
class Speaker:
    """Tells figures of one statistic in its unit, by grain."""

    statistic: str
    unit: str
    grain: str
    history: str = ""  # how far a figure looks back, in words; '' where it looks at its own period alone

    def figure(self, value: float | None) -> str:
        return numbers.figure(value, self.statistic, self.unit)

    def period(self, start: Any) -> str:
        return numbers.period(start, self.grain)

    def range(self, signal: Signal) -> str:
        """'72% to 84%', the range that chance alone explains."""
        return f"{self.figure(signal['lower'])} to {self.figure(signal['upper'])}"


def judged(signal: Signal) -> bool:
    """Whether the series has a verdict at all."""
    return signal["variation"] not in (None, "not_assessed")


def flagged(signal: Signal) -> bool:
    """Whether a rule fired at the newest closed period, and the verdict stands."""
    return judged(signal) and signal["variation"] != "common_cause"


def title(signal: Signal, speak: Speaker) -> str:
    """'Worse since week of 3 March: 69%', or 'No significant change: 69%'; at most ten words."""
    value = speak.figure(signal["value"])
    if not judged(signal):
        return f"Too few closed {speak.grain}s for limits" + (f": {value}" if signal["value"] is not None else "")
    if not flagged(signal):
        return f"{NO_CHANGE}: {value}"
    word = variation(signal["variation"]).words.partition(",")[0]
    since = signal["since"]
    if since in (None, signal["period_start"]):
        return within_ten(f"{word} in the newest {speak.grain}: {value}", f"{word}: {value}")
    return within_ten(f"{word} since {speak.period(since)}: {value}", f"{word}: {value}")


def what_changed(signal: Signal, speak: Speaker) -> str:
    """What stands behind the variation, in one sentence: the rule that fired and what it saw; that none did; why nothing can be
    said. The variation's own words go before it."""
    value, when = speak.figure(signal["value"]), numbers.sentence(speak.period(signal["period_start"]))
    if not judged(signal):
        newest = f" {when}: {value}." if signal["value"] is not None else ""
        return f"{too_few(signal['points'] or 0, speak)}{newest}"
    if not flagged(signal):
        return f"{when}: {value}, within the range that chance explains, {speak.range(signal)}."
    return f"{when}: {value}, {reason(signal, speak)}{since_words(signal, speak)}."


def too_few(points: int, speak: Speaker) -> str:
    """Why nothing is judged. A figure that looks back has no closed period before the data are as long."""
    if not points and speak.history:
        return f"A figure looks back on {speak.history}: it is not judged before the data are as long."
    return f"{points} closed {speak.grain}{'' if points == 1 else 's'}, and a verdict takes {LEAST_POINTS}."


def reason(signal: Signal, speak: Speaker) -> str:
    """The rule that fired, with the figure it is held against."""
    limit = {
        "above_limit": f"above the upper limit of {speak.figure(signal['upper'])}",
        "below_limit": f"below the lower limit of {speak.figure(signal['lower'])}",
        "trend_up": f"and every {speak.grain} higher than the one before",
        "trend_down": f"and every {speak.grain} lower than the one before",
        "two_in_three_above": f"two of three {speak.grain}s close to the upper limit of {speak.figure(signal['upper'])}",
        "two_in_three_below": f"two of three {speak.grain}s close to the lower limit of {speak.figure(signal['lower'])}",
        "shift_above": f"one of a run of {speak.grain}s above the mean of {speak.figure(signal['centre'])}",
        "shift_below": f"one of a run of {speak.grain}s below the mean of {speak.figure(signal['centre'])}",
    }
    return limit.get(signal["label"], "flagged")


def since_words(signal: Signal, speak: Speaker) -> str:
    since = signal["since"]
    return "" if since in (None, signal["period_start"]) else f"; flagged in a row since {speak.period(since)}"


def will_it_do(signal: Signal, speak: Speaker) -> str:
    """What stands behind the assurance, in one sentence; nothing without a verdict. The assurance's own words go before it.

    Limits stand still, so of a series that has changed they tell what would have been."""
    target, span = speak.figure(signal["target"]), speak.range(signal)
    when = "By the limits of before the change" if flagged(signal) else "If nothing changes"
    words = {
        "consistent_pass": f"{when}: all of {span} is on the good side of {target}.",
        "consistent_fail": f"{when}: all of {span} is on the bad side of {target}.",
        "inconsistent": f"The target of {target} lies within {span}, so chance alone meets it or misses it.",
    }
    return words.get(signal["assurance"], "") if judged(signal) else ""


def cautions(signal: Signal, speak: Speaker) -> list[str]:
    """What a reader should know before they trust the verdict."""
    said = []
    if signal["muted"]:
        said.append(f"One {speak.grain} follows the next (lag-1 r {signal['lag1']:.2f}): runs and trends raise no alert here.")
    if signal["missing"]:
        said.append(f"{signal['missing']} {speak.grain}s have no figure; they break every run.")
    return said


def baseline_words(signal: Signal) -> str:
    """Which periods made the limits, and who decided it."""
    first, last = signal["baseline_from"], signal["baseline_to"]
    span = f"{numbers.day(first)} to {numbers.day(last)}" if first and last else f"from {numbers.day(first)}"
    if signal["baseline_by"] is None:
        return f"Baseline {span}: the first closed periods, until a person decides."
    return f"Baseline {span}, set by {signal['baseline_by']}: {signal['baseline_reason']}"


def caption(signal: Signal, speak: Speaker, label: str, where: str) -> str:
    """Measure, population, kind of chart and profile."""
    kind = CHART_WORDS.get(signal["chart"], str(signal["chart"]))
    rules = PROFILE_WORDS.get(signal["profile"], str(signal["profile"]))
    return f"{label} by {speak.grain}, {where}. {kind}; profile {signal['profile']}: {rules}."


def spoken(signal: Signal, speak: Speaker, name: str, flags: int, periods: int) -> str:
    """The chart for a reader who cannot see it: what is drawn, the verdicts, the limits and how many points are flagged."""
    change = f"{variation(signal['variation']).words}. {what_changed(signal, speak)}"
    end = f"{assurance(signal['assurance']).words}. {will_it_do(signal, speak)}".strip()
    lines = f"Mean {speak.figure(signal['centre'])}, limits {speak.range(signal)}. " if signal["centre"] is not None else ""
    target = f"Target {speak.figure(signal['target'])}. " if signal["target"] is not None else ""
    return f"Control chart of {name} by {speak.grain}, {periods} closed. {lines}{target}{flags} flagged. {change} {end}"
