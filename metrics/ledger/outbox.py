"""The outbox: messages waiting to be sent, who is sending which, and what became of every attempt.

A message is queued in the transaction that decides on it, so it is there exactly when the decision is. To send it, a
sender claims it for a while (a lease); a sender that dies leaves its lease to run out. Before a message goes to an
address an attempt is opened, and closed when the address answered: an attempt that is still open when its lease has run
out is `unsure`, as nobody can know whether the message arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from json import dumps, loads
from typing import Literal

import polars as pl
import sqlalchemy as sa

from metrics.ledger.ledger import Ledger
from metrics.ledger.lives import add_once
from metrics.ledger.tables import DELIVERY, DELIVERY_ATTEMPT

ID_LENGTH = 16  # hexadecimal digits of a message's id

Outcome = Literal["sent", "failed"]


@dataclass(frozen=True)
class Message:
    """What is to be told to one owner. The same `key` is queued once, however often it is decided on."""

    key: str
    owner: str
    subject: str
    body: str
    alert_ids: tuple[str, ...]

    @property
    def message_id(self) -> str:
        return sha256(self.key.encode()).hexdigest()[:ID_LENGTH]


@dataclass(frozen=True)
class Claim:
    """A message that this sender may send until `lease_until`. sent_to: addresses that have it, by fingerprint.

    tried: addresses to which an earlier attempt was cut off or failed. They may have it all the same, as an answer can be
    lost on its way back. unsure: how many attempts this claim found cut off.
    """

    message_id: str
    message: Message
    sender: str
    attempts: int
    lease_until: datetime
    sent_to: frozenset[str]
    tried: frozenset[str]
    unsure: int


def deliveries(ledger: Ledger) -> pl.DataFrame:
    """Every message, the newest first, with the columns of the table `delivery`."""
    return ledger.frame(sa.select(DELIVERY).order_by(DELIVERY.c.created_at.desc(), DELIVERY.c.message_id))


def delivery_attempts(ledger: Ledger) -> pl.DataFrame:
    """The log: every attempt to send a message to an address, oldest first, with the columns of `delivery_attempt`."""
    return ledger.frame(sa.select(DELIVERY_ATTEMPT).order_by(DELIVERY_ATTEMPT.c.attempt_id))


def queue(connection: sa.Connection, messages: Sequence[Message], at: datetime) -> None:
    """Put the messages into the outbox, due at once; those of which the key is there already stay as they are."""
    rows = [
        {
            "message_id": one.message_id, "idempotency_key": one.key, "owner": one.owner, "subject": one.subject, "body": one.body,
            "alert_ids": dumps(one.alert_ids), "created_at": at, "state": "waiting", "attempts": 0, "next_attempt_at": at,
        }
        for one in messages
    ]  # fmt: skip
    add_once(connection, DELIVERY, rows)


def due(now: datetime) -> sa.ColumnElement[bool]:
    """Messages whose time has come, and those whose sender let its lease run out."""
    waiting = (DELIVERY.c.state == "waiting") & (DELIVERY.c.next_attempt_at <= now)
    return waiting | ((DELIVERY.c.state == "sending") & (DELIVERY.c.lease_until <= now))


def due_messages(ledger: Ledger, now: datetime) -> pl.DataFrame:
    """The messages that would be sent now, oldest first. Claims none of them."""
    return ledger.frame(sa.select(DELIVERY).where(due(now)).order_by(DELIVERY.c.created_at, DELIVERY.c.message_id))


def claim(ledger: Ledger, owners: Sequence[str], sender: str, now: datetime, lease: timedelta) -> Claim | None:
    """The oldest message due to one of these owners, now this sender's until the lease ends; None when none is due.

    Open attempts of a sender whose lease ran out are closed as unsure.
    """
    oldest = (
        sa.select(DELIVERY)
        .where(due(now), DELIVERY.c.owner.in_(owners))
        .order_by(DELIVERY.c.created_at, DELIVERY.c.message_id)
        .limit(1)
    )
    with ledger.writing() as connection:
        row = connection.execute(oldest).mappings().one_or_none()
        if row is None:
            return None
        message_id, until = row["message_id"], now + lease
        of_message = DELIVERY_ATTEMPT.c.message_id == message_id
        cut_off = DELIVERY_ATTEMPT.update().where(of_message, DELIVERY_ATTEMPT.c.outcome == "sending")
        unsure = connection.execute(cut_off.values(outcome="unsure", ended_at=now, problem="the sender was cut off")).rowcount
        taken = {"state": "sending", "sender": sender, "lease_until": until, "attempts": row["attempts"] + 1}
        connection.execute(DELIVERY.update().where(DELIVERY.c.message_id == message_id).values(taken))
        tried = connection.execute(sa.select(DELIVERY_ATTEMPT.c.address, DELIVERY_ATTEMPT.c.outcome).where(of_message)).all()
    message = Message(row["idempotency_key"], row["owner"], row["subject"], row["body"], tuple(loads(row["alert_ids"])))
    sent_to = frozenset(address for address, outcome in tried if outcome == "sent")
    others = frozenset(address for address, _ in tried) - sent_to
    return Claim(message_id, message, sender, row["attempts"] + 1, until, sent_to, others, unsure)


def attempt_begun(ledger: Ledger, claimed: Claim, address: str, shown: str, at: datetime) -> int | None:
    """The number of a new attempt at the address; None when the message is no longer this sender's, and may not be sent."""
    opened = {"message_id": claimed.message_id, "address": address, "address_shown": shown, "started_at": at, "outcome": "sending"}
    with ledger.writing() as connection:
        if at >= claimed.lease_until or not still_held(connection, claimed):
            return None
        key = connection.execute(DELIVERY_ATTEMPT.insert().values(opened)).inserted_primary_key
    assert key is not None, "a counted key"
    return int(key[0])


def attempt_ended(ledger: Ledger, attempt: int, outcome: Outcome, problem: str | None, at: datetime) -> None:
    """What the address answered. The answer counts also when the lease had run out meanwhile."""
    closed = DELIVERY_ATTEMPT.update().where(DELIVERY_ATTEMPT.c.attempt_id == attempt)
    with ledger.writing() as connection:
        connection.execute(closed.values(outcome=outcome, problem=problem, ended_at=at))


def settle(connection: sa.Connection, claimed: Claim, at: datetime, problem: str | None, again_at: datetime | None) -> bool:
    """Give the message back: sent (no problem), to be tried again at `again_at`, or given up. False when it is another's by now."""
    if not still_held(connection, claimed):
        return False
    state = "sent" if problem is None else "waiting" if again_at else "given_up"
    values = {"state": state, "sender": None, "lease_until": None, "problem": problem, "sent_at": at if problem is None else None}
    held = DELIVERY.update().where(DELIVERY.c.message_id == claimed.message_id)
    connection.execute(held.values(**values, next_attempt_at=again_at or at))
    return True


def still_held(connection: sa.Connection, claimed: Claim) -> bool:
    """Whether the message is still this sender's, by this claim and not by a later one."""
    mine = (DELIVERY.c.sender == claimed.sender) & (DELIVERY.c.attempts == claimed.attempts) & (DELIVERY.c.state == "sending")
    return connection.execute(sa.select(1).where(DELIVERY.c.message_id == claimed.message_id, mine)).first() is not None


def send_again(ledger: Ledger, at: datetime) -> int:
    """Have the messages that were given up tried again, from the start. How many there are."""
    values = {"state": "waiting", "attempts": 0, "next_attempt_at": at}
    with ledger.writing() as connection:
        return connection.execute(DELIVERY.update().where(DELIVERY.c.state == "given_up").values(values)).rowcount
