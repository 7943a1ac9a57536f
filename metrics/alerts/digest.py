"""Who is told what: one message an owner and run, of what is news to them, gravest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import groupby

from metrics.alerts.episode import SEVERITIES, Episode, Event, event_of
from metrics.alerts.muting import Mute
from metrics.alerts.news import HEADS, OVER, News, news_of, told_of
from metrics.alerts.rule import Rule
from metrics.alerts.sentences import Names, message, sentence, what, where


@dataclass(frozen=True)
class Item:
    """One alert in a message: what is news about it. key: the same news of the same alert has the same key."""

    episode: Episode
    news: News
    key: str


@dataclass(frozen=True)
class Digest:
    """One message to one owner. key: the same news to the same owner has the same key, so that it is sent once."""

    owner: str
    subject: str
    body: str
    items: tuple[Item, ...]
    key: str

    @property
    def alert_ids(self) -> tuple[str, ...]:
        return tuple(item.episode.alert_id for item in self.items)


def digests(
    episodes: Sequence[Episode], rules: Mapping[str, Rule], mutes: Mapping[str, Mute], names: Names, now: datetime
) -> list[Digest]:
    """What each owner is to be told now, gravest first; an owner with no news gets nothing."""
    news = [
        Item(episode, fresh, f"{episode.alert_id}:{fresh}:{told_of(episode)}:{reminder(episode, fresh, now)}")
        for episode in episodes
        if (fresh := news_of(episode, rules.get(episode.rule_id), mutes.get(episode.alert_id), now))
    ]
    ordered = sorted(news, key=lambda item: (item.episode.owner, *rank(item)))
    return [digest_of(owner, tuple(items), rules, names) for owner, items in groupby(ordered, key=lambda item: item.episode.owner)]


def reminder(episode: Episode, news: News, now: datetime) -> str:
    """What tells one reminder from the next; nothing for other news."""
    return f"{now:%Y%m%d}" if news == "still" else ""


def told(item: Item, now: datetime) -> tuple[Episode, Event]:
    """The episode once its owner's message is in the outbox, and the event that says so."""
    after = replace(item.episode, told_at=now, told=item.news if item.news in OVER else told_of(item.episode))
    return after, event_of(item.episode, after, "queued", now, item.key, news=item.news, owner=item.episode.owner)


def suppressed(episode: Episode, mute: Mute, now: datetime) -> Event:
    """The event of a message that was held back: once for each reason."""
    about = sha256(mute.reason.encode()).hexdigest()[:16]
    return event_of(episode, episode, "suppressed", now, f"{told_of(episode)}:{about}", reason=mute.reason, by=mute.by)


def digest_of(owner: str, items: tuple[Item, ...], rules: Mapping[str, Rule], names: Names) -> Digest:
    """One owner's message."""
    key = sha256("\n".join([owner, *sorted(item.key for item in items)]).encode()).hexdigest()
    parts = [f"{HEADS[item.news]}\n{said(item, rules, names)}" for item in items]
    return Digest(owner, subject(items, names), "\n\n".join(parts) + "\n", items, key)


def said(item: Item, rules: Mapping[str, Rule], names: Names) -> str:
    """The alert's own message; of one that is over, that it is and when it began."""
    episode = item.episode
    if item.news not in OVER:
        return message(episode, rules.get(episode.rule_id), names)
    head = f"{what(episode, names)}, at {where(episode, names)}."
    return f"{head}\n{sentence(episode.detail)} It was open since {episode.opened_at:%-d %B %Y}."


def subject(items: tuple[Item, ...], names: Names) -> str:
    """'ACT: Door to provider, median, at Eastfield Hospital (EAS)', with how many more; of recoveries, 'Recovered: ...'."""
    first = items[0]
    head = HEADS[first.news] if first.news in OVER else first.episode.severity.upper()
    more = f", and {len(items) - 1} more" if len(items) > 1 else ""
    return f"{head}: {what(first.episode, names)}, at {where(first.episode, names)}{more}"


def rank(item: Item) -> tuple[bool, int, int, str, str]:
    """Gravest first; what is over last; the same order whenever it is the same news."""
    grave = -SEVERITIES.index(item.episode.severity)
    return item.news in OVER, grave, [*HEADS].index(item.news), item.episode.labels, item.episode.rule_id
