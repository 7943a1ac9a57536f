"""What people do to an alert: take it on, hand it over, note, name the cause, put it off. Each is an event with who and when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from metrics.alerts.episode import Episode, Event, EventType
from metrics.errors import UserError, did_you_mean

LONGEST_SNOOZE = timedelta(days=90)  # a quarter: what is put off for longer is a rule to change, or a silence to write
CAUSES: Mapping[str, str] = {
    "demand": "More patients came than usual",
    "staffing": "Staff were missing",
    "capacity": "Rooms, beds or slots were missing",
    "process": "The way of working changed, or broke",
    "system": "A system was down or changed",
    "data": "The data are wrong or late; the patients were served",
    "one_off": "A known single event",
    "planned": "It was planned",
    "unknown": "Looked into, and not found",
    "no_problem": "Nothing was wrong: a false alarm",
}


@dataclass(frozen=True)
class Person:
    """Who acts. verified: signed in; else a name that they picked themselves, and shown as such."""

    name: str
    verified: bool


def acknowledged(episode: Episode, by: Person, at: datetime, note: str = "") -> tuple[Episode, Event]:
    """Somebody takes it on. When two do, both are in the history and the first stands. Raises UserError when it is over."""
    refuse_when_over(episode, "acknowledge")
    taken = replace(episode, ack_state="acked", acked_by=by.name, acked_at=at, snoozed_until=None)
    return episode if episode.ack_state == "acked" else taken, said(episode, by, at, "acked", note=note)


def unacknowledged(episode: Episode, by: Person, at: datetime, note: str = "") -> tuple[Episode, Event]:
    """Nobody has it any more: it is told again. Raises UserError when it is over or nobody had taken it."""
    refuse_when_over(episode, "unacknowledge")
    if episode.ack_state != "acked":
        raise UserError(f"alert {episode.alert_id} is {episode.ack_state}; only one that somebody took on can be given back.")
    return replace(episode, ack_state="unacked", acked_by=None, acked_at=None), said(episode, by, at, "unacked", note=note)


def assigned(episode: Episode, by: Person, at: datetime, owner: str, note: str = "") -> tuple[Episode, Event]:
    """It belongs to somebody else now, for as long as it lasts. Raises UserError when it is over or the owner is empty."""
    refuse_when_over(episode, "assign")
    if not owner.strip():
        raise UserError("the new owner has no name. Say who it is.")
    new = replace(episode, owner=owner.strip())
    return new, said(episode, by, at, "assigned", owner=new.owner, was=episode.owner, note=note)


def commented(episode: Episode, by: Person, at: datetime, note: str) -> tuple[Episode, Event]:
    """A word for the others, whether it is over or not. Raises UserError when it is empty."""
    if not note.strip():
        raise UserError("the note is empty. Write what others should know.")
    return episode, said(episode, by, at, "commented", note=note.strip())


def cause_set(episode: Episode, by: Person, at: datetime, cause: str, note: str = "") -> tuple[Episode, Event]:
    """Why it happened, by one of the codes CAUSES, whether it is over or not. Raises UserError for another code."""
    if cause not in CAUSES:
        raise UserError(f"cause {cause!r} is not a code it knows.{did_you_mean(cause, list(CAUSES))}")
    return replace(episode, cause=cause), said(episode, by, at, "cause_set", cause=cause, was=episode.cause, note=note)


def snoozed(episode: Episode, by: Person, at: datetime, until: datetime, note: str = "") -> tuple[Episode, Event]:
    """No messages until then (UTC). It goes on, and a rise in severity wakes it. Raises UserError when it is over, or for an
    end that is past or more than LONGEST_SNOOZE away."""
    refuse_when_over(episode, "snooze")
    if not at < until <= at + LONGEST_SNOOZE:
        furthest = at + LONGEST_SNOOZE
        raise UserError(
            f"snooze until {until:%Y-%m-%d %H:%M} UTC: choose a time after now and before {furthest:%Y-%m-%d %H:%M} UTC."
        )
    return replace(episode, ack_state="snoozed", snoozed_until=until), said(
        episode, by, at, "snoozed", until=until.isoformat(), note=note
    )


def refuse_when_over(episode: Episode, what: str) -> None:
    if not episode.active:
        raise UserError(
            f"alert {episode.alert_id} is over ({episode.state} on {episode.ended_at:%Y-%m-%d %H:%M} UTC); it is too late to "
            f"{what} it. A note and a cause can still be added."
        )


def said(episode: Episode, by: Person, at: datetime, type_: EventType, **payload: Any) -> Event:
    """The event of a person's act. The same act by the same person at the same instant is one event."""
    kept = {key: value for key, value in payload.items() if value not in (None, "")}
    about = sha256(dumps([by.name, at.isoformat(), kept], sort_keys=True).encode()).hexdigest()[:16]
    key = f"{episode.alert_id}:{type_}:{about}"
    return Event(episode.alert_id, at, type_, episode.state, episode.state, key, by.name, by.verified, kept)
