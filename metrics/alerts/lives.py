"""One evaluation moves every alert: those that samples speak of, and those that an edit of the rules left behind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from metrics.alerts.episode import ACTIVE, Episode, Event, event_of
from metrics.alerts.kinds import DataQualityRule, ErrorRule, StaleRule
from metrics.alerts.machine import labels_of, transition
from metrics.alerts.matching import described, owner_of
from metrics.alerts.periods import has_services, has_sites, statistics_of
from metrics.alerts.rule import FigureRule, PlacedRule, Rule
from metrics.alerts.rulebook import RuleBook
from metrics.alerts.samples import sample_of
from metrics.definitions import Metric


@dataclass(frozen=True)
class Change:
    """What one evaluation did to one alert. before: None when it opened now."""

    before: Episode | None
    after: Episode
    events: tuple[Event, ...]


def advanced(
    known: Mapping[str, Episode], rows: pl.DataFrame, book: RuleBook, metrics: Mapping[str, Metric],
    regions: Mapping[str, str | None], now: datetime,
) -> list[Change]:  # fmt: skip
    """What the samples do to the alerts; alerts that do not change are left out.

    known: fingerprint -> its newest episode, over or not. rows: `samples` of this evaluation, all of them. An open alert without a
    sample holds on where its rule still asks about its place; else it ends, and says that an edit ended it and not a recovery.
    """
    open_now = [fingerprint for fingerprint, episode in known.items() if episode.state in ACTIVE]
    heard = rows.filter((pl.col("outcome") == "breach") | pl.col("fingerprint").is_in(open_now))
    moved = [step(known, row, book, metrics, regions) for row in heard.iter_rows(named=True)]
    there = set(rows["fingerprint"])
    left = [known[fingerprint] for fingerprint in open_now if fingerprint not in there]
    return [change for change in (*moved, *ended_by_edits(left, book, metrics, now)) if change is not None]


def step(
    known: Mapping[str, Episode], row: Mapping[str, object], book: RuleBook, metrics: Mapping[str, Metric],
    regions: Mapping[str, str | None],
) -> Change | None:  # fmt: skip
    """What one sample does; None when nothing."""
    sample = sample_of(row)
    rule = book.by_id[sample.rule_id]
    owner = owner_of(described(sample.labels, rule.id, rule.kind, rule.severity, metrics, regions), rule, book.owners, metrics)
    before = known.get(sample.fingerprint)
    after, events = transition(before, sample, rule, owner)
    return Change(before, after, events) if after is not None and after != before else None


def ended_by_edits(episodes: list[Episode], book: RuleBook, metrics: Mapping[str, Metric], now: datetime) -> Iterator[Change]:
    """The alerts that no rule asks about any more: each ends, loudly."""
    for episode in episodes:
        why = why_ended(episode, book, metrics)
        if why:
            after = replace(episode, state="expired", ended_at=now)
            told = event_of(episode, episode, "rule_changed", now, f"ended:{now:%Y%m%dT%H%M%S}", reason=why)
            ended = event_of(episode, after, "expired", now, "edit", reason=why)
            yield Change(episode, after, (told, ended))


def why_ended(episode: Episode, book: RuleBook, metrics: Mapping[str, Metric]) -> str | None:
    """What edit ended the alert; None when its rule still asks.

    While the file has a mistake, a rule that is not in it may be broken rather than gone: nothing ends for its absence.
    """
    rule = book.by_id.get(episode.rule_id)
    if rule is None:
        return None if book.problems else "its rule was taken out of alerts.toml; nobody found that it recovered"
    if not rule.enabled:
        return "its rule was switched off; nobody found that it recovered"
    if not covers(rule, labels_of(episode), book, metrics):
        return "its rule was edited and no longer asks about this place; nobody found that it recovered"
    return None


def covers(rule: Rule, labels: Mapping[str, str], book: RuleBook, metrics: Mapping[str, Metric]) -> bool:
    """Whether the rule, as it stands, asks about a place so labelled."""
    if isinstance(rule, StaleRule):
        return in_list(labels.get("table_name"), rule.tables) and in_list(labels.get("source"), rule.sources)
    if isinstance(rule, DataQualityRule):
        return "check" in labels and in_list(labels["check"], rule.checks)
    if isinstance(rule, ErrorRule):
        return labels.get("rule_id") in book.by_id or labels.get("rule_id") in book.broken
    metric = metrics.get(labels.get("metric", ""))
    if metric is None or not isinstance(rule, PlacedRule):
        return False
    figure = not isinstance(rule, FigureRule) or labels.get("statistic") in statistics_of(rule, metric)
    placed = ("site_id" in labels) == has_sites(rule.fan_out) and ("service_id" in labels) == has_services(rule.fan_out)
    inside = in_list(labels.get("site_id"), rule.sites) and in_list(labels.get("service_id"), rule.services)
    return rule.asks_about(metric) and figure and placed and inside


def in_list(name: str | None, names: tuple[str, ...]) -> bool:
    """Whether the name is meant by a list that, empty, means all."""
    return not names or name in names
