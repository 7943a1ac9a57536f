"""Alerts as rows and sentences for the command line."""

from json import loads
from typing import Any

import polars as pl

from metrics.alerts.episode import SEVERITIES, STATES, Episode
from metrics.alerts.sentences import Names, message, sentence, what, where
from metrics.errors import UserError, did_you_mean
from metrics.home import Home
from metrics.ledger import Ledger
from metrics.ledger.lives import episodes, events
from metrics.ledger.outbox import deliveries, delivery_attempts
from metrics.workbench.query_metrics import known_metrics

LISTED = (
    "alert_id", "severity", "state", "ack_state", "acked_by", "owner", "what", "site_id", "service_id", "first_period",
    "last_period", "last_value", "detail",
)  # fmt: skip
TOLD = ("message_id", "owner", "subject", "state", "attempts", "created_at", "sent_at", "problem")
HISTORY = ("occurred_at", "type", "actor", "verified", "from_state", "to_state", "payload")


def names_of(home: Home) -> Names:
    sites = dict(home.sites.select("site_id", "name").iter_rows())
    return Names(known_metrics(home.path).metrics, sites, home.settings.notify.link)


def listed(home: Home, ledger: Ledger, state: str, owner: str | None, site: str | None) -> pl.DataFrame:
    """The columns LISTED, gravest first, of those that fire before the others, the newest first."""
    if state not in ("open", "all", *STATES):
        raise UserError(f"state {state!r} is not one that an alert has.{did_you_mean(state, ['open', 'all', *STATES])}")
    rows = episodes(ledger, active=state == "open")
    if state in STATES:
        rows = rows.filter(state=state)
    if owner is not None:
        rows = rows.filter(owner=owner)
    if site is not None:
        rows = rows.filter(site_id=site)
    names = names_of(home)
    said = pl.Series("what", [what(Episode(**row), names) for row in rows.iter_rows(named=True)], pl.String)
    grave = pl.col("severity").replace_strict(dict(zip(SEVERITIES, range(len(SEVERITIES)), strict=True)), return_dtype=pl.Int64)
    order = [grave, pl.col("state") == "firing", pl.col("opened_at")]
    return rows.with_columns(said).sort(order, descending=True, maintain_order=True).select(LISTED)


def episode_of(ledger: Ledger, alert_id: str) -> Episode:
    return Episode(**episodes(ledger).filter(alert_id=alert_id).row(0, named=True))


def in_words(home: Home, ledger: Ledger, alert_id: str) -> str:
    """The alert as its owner is told of it, and how it stands."""
    episode = episode_of(ledger, alert_id)
    return f"{message(episode, home.alerts.by_id.get(episode.rule_id), names_of(home))}\n{standing(episode)}"


def as_it_stands(home: Home, episode: Episode) -> str:
    """'Door to provider, median, at Eastfield Hospital (EAS): firing, acknowledged by Ann; owner ED.'"""
    names = names_of(home)
    return f"{what(episode, names)}, at {where(episode, names)}: {standing(episode)}"


def standing(episode: Episode) -> str:
    taken = {
        "acked": f"acknowledged by {episode.acked_by}",
        "snoozed": f"snoozed until {episode.snoozed_until:%Y-%m-%d %H:%M} UTC" if episode.snoozed_until else "snoozed",
        "unacked": "nobody has it",
    }[episode.ack_state]
    why = f"; cause {episode.cause}" if episode.cause else ""
    return sentence(f"{episode.state}, {taken}; owner {episode.owner}{why}")


def history(ledger: Ledger, alert_id: str) -> pl.DataFrame:
    """The columns HISTORY, oldest first."""
    return events(ledger, alert_id).select(HISTORY)


def whole(home: Home, ledger: Ledger, alert_id: str) -> dict[str, Any]:
    """Everything that is known of the alert: as it stands, its history, the messages about it."""
    episode = episode_of(ledger, alert_id)
    about = deliveries(ledger).filter(pl.col("alert_ids").str.contains(f'"{alert_id}"', literal=True))
    happened = history(ledger, alert_id).to_dicts()
    return {
        **episode.__dict__, "labels": loads(episode.labels), "what": what(episode, names_of(home)),
        "history": [{**event, "payload": loads(event["payload"])} for event in happened],
        "messages": about.select(TOLD).to_dicts(),
    }  # fmt: skip


def attempts(ledger: Ledger) -> pl.DataFrame:
    """Every attempt to send a message, the newest first: what, to whom, when, and what came of it."""
    subjects = deliveries(ledger).select("message_id", "owner", "subject")
    made = delivery_attempts(ledger).sort("attempt_id", descending=True).join(subjects, on="message_id", maintain_order="left")
    return made.select("started_at", "message_id", "owner", "address_shown", "outcome", "problem", "ended_at", "subject")
