"""Delivering: claim a message, send it to each of its owner's addresses, write down what each answered.

What is promised. A message is sent to an address at most once for each attempt, and not again once the address has taken it
and that was written down. A process that dies between the two leaves the attempt open: when the lease is over the attempt is
logged as unsure and the message is sent again, under the same id and saying that it may be a repeat. More cannot be
promised: nobody can take back a mail, or ask whether it came.
"""

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from time import monotonic
from typing import Any

from metrics.alerts.episode import Event, EventType
from metrics.home import Home
from metrics.ledger import Ledger, open_ledger
from metrics.ledger.lives import write
from metrics.ledger.outbox import Claim, attempt_begun, attempt_ended, claim, due_messages, settle
from metrics.notify.addresses import Address, owners_with_addresses
from metrics.notify.sending import send as send_now

LEASE = timedelta(minutes=5)  # a sender needs seconds; a slow mail server, fifteen for each address
FIRST_PAUSE = timedelta(minutes=1)  # after the first failure
LONGEST_PAUSE = timedelta(hours=6)
STEEPNESS = 4  # each pause is so many times the one before: 1, 4, 16, 64 minutes, 4 and then 6 hours
ATTEMPTS = 8  # the last one comes some 18 hours after the first: a night without a mail server loses nothing

Send = Callable[[Address, str, str], str | None]


@dataclass
class NotifyReport:
    """What a delivery did, in messages. failed: to be tried again. unsure: attempts that an earlier sender left open."""

    dry_run: bool
    sent: int = 0
    failed: int = 0
    given_up: int = 0
    unsure: int = 0
    would_send: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether every message that is due went to its owner."""
        return not (self.failed or self.given_up or self.problems)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def sentence(self) -> str:
        if self.dry_run:
            return f"{len(self.would_send)} messages would be sent"
        unsure = f"; {self.unsure} earlier attempts were cut off, and may have arrived" if self.unsure else ""
        return f"{self.sent} messages sent, {self.failed} to be tried again, {self.given_up} given up{unsure}"


def deliver(home: Home, now: datetime, dry_run: bool = False, send: Send = send_now) -> NotifyReport:
    """Send every message of the outbox that is due at `now` (UTC). `dry_run`: say what would be sent, and change nothing.

    One address that fails holds up no other. Problems (an owner without address, a secret not set) are in the report, and
    the messages wait. Raises UserError when the ledger cannot be used.
    """
    ledger = open_ledger(home)
    due = due_messages(ledger, now)
    addresses, problems = owners_with_addresses(home, due["owner"].unique(maintain_order=True).to_list())
    report = NotifyReport(dry_run, problems=problems)
    if dry_run:
        report.would_send = [what_would_be_sent(row, addresses) for row in due.iter_rows(named=True)]
        return report
    clock = clock_from(now)
    sender = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
    while claimed := claim(ledger, list(addresses), sender, clock(), LEASE):
        deliver_one(ledger, claimed, addresses[claimed.message.owner], send, clock, report)
    return report


def what_would_be_sent(row: Mapping[str, Any], addresses: Mapping[str, Sequence[Address]]) -> dict[str, Any]:
    shown = [address.shown for address in addresses.get(row["owner"], ())]
    return {"message_id": row["message_id"], "owner": row["owner"], "to": shown, "subject": row["subject"], "body": row["body"]}


def deliver_one(
    ledger: Ledger, claimed: Claim, addresses: Sequence[Address], send: Send, clock: Callable[[], datetime], report: NotifyReport
) -> None:
    """Send a claimed message to the addresses that do not have it yet, and settle it."""
    report.unsure += claimed.unsure
    problems = []
    for address in addresses:
        if address.fingerprint in claimed.sent_to:
            continue
        attempt = attempt_begun(ledger, claimed, address.fingerprint, address.shown, clock())
        if attempt is None:  # the lease ran out meanwhile: it is another sender's now
            return
        problem = send(address, claimed.message.subject, body_for(claimed, address))
        attempt_ended(ledger, attempt, "failed" if problem else "sent", problem, clock())
        problems += [f"{address.shown}: {problem}"] if problem else []
    settled(ledger, claimed, problems, clock(), report)


def settled(ledger: Ledger, claimed: Claim, problems: Sequence[str], at: datetime, report: NotifyReport) -> None:
    """Write down what became of the message, in the outbox and in the history of each alert that it tells of."""
    again_at = at + pause_after(claimed.attempts) if problems and claimed.attempts < ATTEMPTS else None
    with ledger.writing() as connection:
        mine = settle(connection, claimed, at, "; ".join(problems) or None, again_at)
        if mine:
            write(connection, [], events_of(claimed, problems, at))
    if not mine:
        return
    report.sent += not problems
    report.failed += bool(problems and again_at)
    report.given_up += bool(problems and not again_at)


def events_of(claimed: Claim, problems: Sequence[str], at: datetime) -> list[Event]:
    kind: EventType = "notify_failed" if problems else "notified"
    said = {"message_id": claimed.message_id, "owner": claimed.message.owner, "attempt": claimed.attempts}
    payload = {**said, "problems": list(problems)} if problems else said
    return [
        Event(alert, at, kind, None, None, f"{claimed.message_id}:{kind}:{claimed.attempts}:{alert}", payload=payload)
        for alert in claimed.message.alert_ids
    ]


def pause_after(attempts: int) -> timedelta:
    """How long to wait after that many failures."""
    return min(FIRST_PAUSE * float(STEEPNESS ** (attempts - 1)), LONGEST_PAUSE)


def body_for(claimed: Claim, address: Address) -> str:
    """The message's text with its id, so that a receiver can tell a repeat."""
    repeat = ""
    if address.fingerprint in claimed.tried:
        repeat = "\nAn earlier attempt to send this message was cut off or failed: you may have had it before."
    return f"{claimed.message.body}\n\nMessage {claimed.message_id}{repeat}"


def clock_from(now: datetime) -> Callable[[], datetime]:
    """A clock that stands at `now` and goes on from there."""
    begun = monotonic()
    return lambda: now + timedelta(seconds=monotonic() - begun)
