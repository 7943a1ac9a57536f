"""What an evaluation does: alerts move, owners are told, messages are held back. Pure: from what is known to what to write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from metrics.alerts.digest import Digest, digests, suppressed, told
from metrics.alerts.episode import Episode, Event
from metrics.alerts.lives import advanced
from metrics.alerts.matching import Silence, described_episode
from metrics.alerts.muting import Mute, muted
from metrics.alerts.news import news_of
from metrics.alerts.rulebook import RuleBook
from metrics.alerts.sentences import Names


@dataclass(frozen=True)
class Decision:
    """What is to be written: the episodes as they are now, what happened to them in order, and a message to each owner."""

    episodes: tuple[Episode, ...]
    events: tuple[Event, ...]
    messages: tuple[Digest, ...]


def evaluated(
    samples: pl.DataFrame, book: RuleBook, known: Mapping[str, Episode], silences: Sequence[Silence], names: Names,
    regions: Mapping[str, str | None], now: datetime,
) -> Decision:  # fmt: skip
    """The decision of one evaluation.

    samples: what every rule found. known: fingerprint -> its newest episode, over or not. silences: those that people set. The same
    samples given again with what was decided on them decide nothing.
    """
    changes = advanced(known, samples, book, names.metrics, regions, now)
    standing = {**known, **{change.after.fingerprint: change.after for change in changes}}
    episodes = list(standing.values())
    described = {one.alert_id: described_episode(one, names.metrics, regions) for one in episodes}
    mutes = muted(episodes, described, book.inhibits, (*book.silences, *silences), now)
    messages = digests(episodes, book.by_id, mutes, names, now)
    tellings = [told(item, now) for message in messages for item in message.items]
    moved = {change.after.alert_id: change.after for change in changes}
    moved |= {episode.alert_id: episode for episode, _ in tellings}
    events = (
        *(event for change in changes for event in change.events),
        *(event for _, event in tellings),
        *held_back(episodes, book, mutes, now),
    )
    return Decision(tuple(moved.values()), events, tuple(messages))


def held_back(episodes: Iterable[Episode], book: RuleBook, mutes: Mapping[str, Mute], now: datetime) -> list[Event]:
    """An event for each alert of which there is news that its mute keeps back."""
    return [
        suppressed(episode, mutes[episode.alert_id], now)
        for episode in episodes
        if episode.alert_id in mutes and news_of(episode, book.by_id.get(episode.rule_id), None, now)
        and news_of(episode, book.by_id.get(episode.rule_id), mutes[episode.alert_id], now) is None
    ]  # fmt: skip
