"""Whose messages are held back: alerts that another one explains, and alerts that somebody silenced. They go on all the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from metrics.alerts.episode import Episode
from metrics.alerts.matching import Inhibit, Silence

Described = Mapping[str, Mapping[str, str]]  # alert id -> what can be matched of it


@dataclass(frozen=True)
class Mute:
    """Why an alert's messages are held back. by: the alert that explains it, None where a person's silence does."""

    by: str | None
    reason: str


def muted(
    episodes: Sequence[Episode], known: Described, inhibits: Sequence[Inhibit], silences: Sequence[Silence], at: datetime
) -> dict[str, Mute]:
    """Alert id -> why no message goes out about it now. Alerts that explain each other in a ring: the first block wins."""
    held = {}
    for target, source in explained_by([one for one in episodes if one.raised], known, inhibits).items():
        held[target] = Mute(source, f"explained by alert {source}")
    for silence in (one for one in silences if one.holds(at)):
        until = f"silenced until {silence.ends_at:%Y-%m-%d %H:%M} UTC by {silence.created_by}: {silence.reason}"
        held |= {one.alert_id: Mute(None, until) for one in episodes if silence.matches(known[one.alert_id])}
    return held


def explained_by(firing: Sequence[Episode], known: Described, inhibits: Sequence[Inhibit]) -> dict[str, str]:
    """Alert -> the alert that explains it. Followed from alert to alert, it ends at one that nothing explains: somebody is told."""
    explained: dict[str, str] = {}
    ordered = sorted((one.alert_id for one in firing), key=lambda alert: (known[alert].get("rule_id", ""), alert))
    for inhibit in inhibits:
        for source in ordered:
            for target in ordered:
                if target in explained or target in roots(source, explained):
                    continue
                if inhibit.explains(known[source], known[target]):
                    explained[target] = source
    return explained


def roots(alert: str, explained: Mapping[str, str]) -> list[str]:
    """The alert and all that explain it, one after the other."""
    chain = [alert]
    while chain[-1] in explained:
        chain.append(explained[chain[-1]])
    return chain
