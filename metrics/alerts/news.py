"""What is news to the owner of an alert. Nobody hears of a recovery from what they never heard of."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from metrics.alerts.episode import SEVERITIES, Episode, Severity
from metrics.alerts.muting import Mute
from metrics.alerts.rule import Rule

News = Literal["new", "worse", "again", "changed", "still", "resolved", "ended"]
HEADS: Mapping[News, str] = {
    "new": "New", "worse": "More severe now", "again": "Back again", "changed": "Its rule was edited; the alert goes on",
    "still": "Still there, and nobody took it", "resolved": "Recovered", "ended": "Ended by an edit of its rule, not by a recovery",
}  # fmt: skip
OVER: tuple[News, ...] = ("resolved", "ended")


def news_of(episode: Episode, rule: Rule | None, mute: Mute | None, now: datetime) -> News | None:
    """What is news to the owner, the first that holds; None for nothing, and while it is muted or snoozed.

    resolved, ended: only of an alert that they were told of. new: it fired and nobody took it. worse, changed, again: since they
    were last told; again only when nobody has it. still: every renotify_after_days while nobody has it.
    """
    if not episode.raised:
        heard = episode.told is not None and episode.told not in OVER
        return ("resolved" if episode.state == "resolved" else "ended") if heard and not episode.active else None
    if mute is not None or episode.ack_state == "snoozed":
        return None
    nobody = episode.ack_state == "unacked"
    if episode.told is None or episode.told_at is None:
        return "new" if nobody else None
    days = rule.renotify_after_days if rule and nobody else None
    due = days is not None and now >= episode.told_at + timedelta(days=days)
    return changed(episode, episode.told, nobody) or ("still" if due else None)


def changed(episode: Episode, told: str, nobody: bool) -> News | None:
    """What is otherwise than when its owner was told. nobody: nobody took it on."""
    version, severity, flaps = told.split(":")
    if SEVERITIES.index(episode.severity) > SEVERITIES.index(as_severity(severity)):
        return "worse"
    if version != episode.rule_version:
        return "changed"
    return "again" if nobody and episode.flap_count > int(flaps) else None


def as_severity(word: str) -> Severity:
    return next(severity for severity in SEVERITIES if severity == word)


def told_of(episode: Episode) -> str:
    """What of the alert decides whether there is news: kept in `told` when its owner was told."""
    return f"{episode.rule_version}:{episode.severity}:{episode.flap_count}"
