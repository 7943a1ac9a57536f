"""Acting on an alert in place: acknowledge, assign, note, cause, snooze. Each act is written with who and when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from json import loads
from typing import Any

import polars as pl
import streamlit as st

from metrics.alerts import actions
from metrics.alerts.actions import CAUSES, Person
from metrics.alerts.episode import SYSTEM, Episode, Event
from metrics.dashboard import freshness, numbers, problems
from metrics.dashboard.alert_rows import Item
from metrics.dashboard.people import UNVERIFIED
from metrics.errors import UserError
from metrics.ledger import Ledger, lives

DONE = "acted"  # the session's sentence on what was just written, told after the page has been drawn anew
SNOOZES = {"1 day": 1, "3 days": 3, "1 week": 7, "2 weeks": 14, "4 weeks": 28}  # days
ACTS = ("Acknowledge", "Assign", "Note", "Cause", "Snooze")
DID = {
    "opened": "Opened", "fired": "Fired", "recovering": "Recovering", "refired": "Fired again", "resolved": "Resolved",
    "expired": "Ended before it fired", "acked": "Acknowledged", "unacked": "Given back", "assigned": "Assigned",
    "commented": "Noted", "snoozed": "Snoozed", "unsnoozed": "Woken", "cause_set": "Cause set", "notified": "Told its owner",
    "notify_failed": "A message failed", "suppressed": "Kept quiet", "rule_changed": "Its rule changed",
    "data_revised": "Its data was revised", "escalated": "Became graver",
}  # fmt: skip
Act = Callable[..., tuple[Episode, Event]]


def forms(ledger: Ledger, item: Item, person: Person | None) -> None:
    """One form: which act, what it needs, a note. An alert that is over takes a note and a cause only."""
    acts = ACTS if item.open else ("Note", "Cause")
    what = st.segmented_control("What do you do?", acts, default=acts[0], required=True, key=f"act_{item.id}")
    with st.form(f"form_{item.id}", clear_on_submit=True):
        asked = details(item, what)
        note = st.text_input("Note" if what == "Note" else "Note (not required)", key=f"note_{item.id}")
        if st.form_submit_button(what):
            act, sentence = act_of(what, asked, note, freshness.now())
            done(ledger, item.id, person, act, sentence)


def details(item: Item, what: str) -> str:
    """What the act needs to know besides a note: a new owner, a cause, a length of time."""
    if what == "Assign":
        return str(st.text_input("To whom", key=f"owner_{item.id}", placeholder="The new owner's name"))
    if what == "Cause":
        told = {words: code for code, words in CAUSES.items()}
        return told[str(st.selectbox("Cause", list(told), key=f"cause_{item.id}"))]
    if what == "Snooze":
        return str(st.selectbox("For how long", list(SNOOZES), key=f"snooze_{item.id}"))
    return ""


def act_of(what: str, asked: str, note: str, at: datetime) -> tuple[Act, str]:
    """The act, to be given the episode, who and when; and the sentence when it is done."""
    if what == "Assign":
        return partial(actions.assigned, owner=asked, note=note), f"Assigned to {asked}."
    if what == "Note":
        return partial(actions.commented, note=note), "The note is in its history."
    if what == "Cause":
        return partial(actions.cause_set, cause=asked, note=note), f"Cause: {CAUSES[asked]}."
    if what == "Snooze":
        until = at + timedelta(days=SNOOZES[asked])
        return partial(actions.snoozed, until=until, note=note), f"Snoozed for {asked}: no messages until then."
    return partial(actions.acknowledged, note=note), "Acknowledged."


def done(ledger: Ledger, alert_id: str, person: Person | None, act: Act, sentence: str) -> None:
    """Writes the act in the person's name and draws the page anew; without a name, or when it is refused, says why."""
    if person is None:
        st.error("Pick or type your name at the head of the page first: an act is kept with who did it.")
        return
    at = freshness.now()
    try:
        lives.act(ledger, alert_id, lambda episode: act(episode, person, at))
    except UserError as error:
        st.error("\n\n".join(map(problems.plain, error.problems)))
        return
    st.session_state[DONE] = sentence
    st.rerun()


def history(events: pl.DataFrame, zone: str) -> pl.DataFrame:
    """The life of one alert, newest first: when, who, what, said."""
    rows = [
        (
            freshness.moment(row["occurred_at"], zone),
            actor(row),
            DID.get(row["type"], row["type"]),
            said(loads(row["payload"] or "{}")),
        )
        for row in reversed(events.to_dicts())
    ]
    return pl.DataFrame(rows, schema=["when", "who", "what", "said"], orient="row")


def actor(event: dict[str, Any]) -> str:
    if event["actor"] == SYSTEM:
        return "Timely"
    return str(event["actor"]) if event["verified"] else f"{event['actor']}{UNVERIFIED}"


def said(payload: dict[str, Any]) -> str:
    """What an event carries, in words."""
    parts = []
    if payload.get("owner"):
        parts.append(f"from {payload.get('was') or 'nobody'} to {payload['owner']}")
    if payload.get("cause"):
        parts.append(CAUSES.get(payload["cause"], payload["cause"]))
    if payload.get("until"):
        parts.append(f"until {numbers.day(datetime.fromisoformat(payload['until']).date())}")
    parts += [str(payload[key]) for key in ("detail", "reason", "note") if payload.get(key)]
    return "; ".join(parts)
