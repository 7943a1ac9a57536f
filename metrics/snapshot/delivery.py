"""Delivery: the words of an issued edition go into the ledger's outbox, once for each recipient; `notify` sends and retries them.

Only an edition that lies whole in its folder is told of, and the whole text is one message: nobody gets half a report.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from json import loads
from typing import Any

import polars as pl

from metrics.definitions.numbers import day
from metrics.home import Home
from metrics.home.snapshot_settings import SnapshotSettings, read_snapshot_settings
from metrics.ledger import open_ledger
from metrics.ledger.outbox import Message, deliveries, queue
from metrics.notify.delivering import Send, deliver
from metrics.notify.sending import send as send_now
from metrics.snapshot.content import week_name
from metrics.snapshot.editions import Edition
from metrics.snapshot.rendering import WORDS


@dataclass(frozen=True)
class SendReport:
    """states: recipient -> what became of the message: waiting, sending, sent or given_up. problems: why some were not sent.

    would_send: on a dry run, to whom. Whatever else was due in the outbox went the same way, and is in no report here.
    """

    week: str
    audience: str
    edition: int
    recipients: tuple[str, ...]
    states: dict[str, str]
    problems: list[str]
    dry_run: bool = False

    @property
    def passed(self) -> bool:
        return self.dry_run or all(state == "sent" for state in self.states.values())

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "passed": self.passed}

    def sentence(self) -> str:
        if not self.recipients:
            return f"{self.audience} has no recipient in snapshot.toml: name some with `to`"
        name = f"{self.week} for {self.audience}, edition {self.edition}"
        if self.dry_run:
            return f"{name}: would be sent to {', '.join(self.recipients)}"
        return f"{name}: " + ", ".join(f"{who} {state.replace('_', ' ')}" for who, state in self.states.items())


def send(home: Home, edition: Edition, now: datetime, dry_run: bool = False, deliver_by: Send = send_now) -> SendReport:
    """Queue the edition for its audience's recipients and send what is due. Run again it sends nothing twice, and tries again what
    failed. dry_run changes nothing. Raises UserError when the audience is no longer in snapshot.toml."""
    settings = read_snapshot_settings(home.path, home.sites)
    recipients = settings.of_audience(edition.audience).to
    told = list(messages(home, settings, edition))
    week, ledger = week_name(edition.week), open_ledger(home)
    if dry_run or not told:
        return SendReport(week, edition.audience, edition.number, recipients, {}, [], dry_run=dry_run)
    with ledger.writing() as connection:
        queue(connection, told, now)
    report = deliver(home, now, send=deliver_by)
    known = deliveries(ledger).filter(pl.col("idempotency_key").is_in([one.key for one in told])).sort("owner")
    problems = [one for one in report.problems if any(repr(owner) in one for owner in recipients)]
    problems += known["problem"].drop_nulls().to_list()
    states = dict(known.select("owner", "state").iter_rows())
    return SendReport(week, edition.audience, edition.number, recipients, states, problems)


def messages(home: Home, settings: SnapshotSettings, edition: Edition) -> Iterable[Message]:
    """A message to each recipient: the same key for the same edition, so that it is queued once."""
    said = loads((edition.path / WORDS).read_text(encoding="utf-8"))
    subject = f"{said['provider']}: {said['title']} ({week_name(edition.week)})"
    body = body_of(said, edition, home.settings.notify.link)
    for owner in settings.of_audience(edition.audience).to:
        key = f"snapshot/{week_name(edition.week)}/{edition.audience}/{edition.number}/{owner}"
        yield Message(key, owner, subject, body, ())


def body_of(said: dict[str, Any], edition: Edition, link: str) -> str:
    """The words of the page, a line a sentence."""
    correction = f"This is edition {said['edition']}, a correction: {said['reason']}" if said["reason"] else ""
    heading = f"{said['audience_title']}, week of {day(edition.week)}, data as of {said['as_of']} UTC."
    blocks = [
        (heading, [correction] if correction else []),
        ("What changed:", said["summary"]),
        ("What will stay off target:", [one["sentence"] for one in said["off_target"]] or ["Nothing for certain."]),
        ("Alerts:", [alert_line(one) for one in said["alerts"]] or ["None stood in this week."]),
        ("Gaps beyond chance:", [one["sentence"] for one in said["gaps"]] or ["None."]),
        ("Revisions:", [one["sentence"] for one in said["revisions"]] or ["None."]),
        ("Data:", [said["quality"], said["policy"]["sentence"]]),
    ]
    inside = f"snapshots/{week_name(edition.week)}/{edition.audience}/{edition.number} in the home"
    place = f"{link.rstrip('/')}/snapshots" if link else inside
    closing = f"The whole snapshot: {place}\nIts seal (SHA-256 of the manifest): {edition.seal()}"
    return "\n\n".join(["\n".join([head, *lines]) for head, lines in blocks] + [closing])


def alert_line(one: dict[str, Any]) -> str:
    taken = f", taken on by {one['taken_by']}" if one["taken_by"] else ""
    return f"{one['severity'].upper()}: {one['what']}, {one['where']}; {one['owner']}, {one['age']}, {one['state']}{taken}."
