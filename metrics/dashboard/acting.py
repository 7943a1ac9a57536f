"""Acting on an alert in place: acknowledge, give back, assign, note, cause, snooze. Each act is written with who and when."""

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

DONE, REFUSED = "acted", "refused"  # the session's sentence on the last act, told when the page has been drawn anew
SNOOZES = {"1 day": 1, "3 days": 3, "1 week": 7, "2 weeks": 14, "4 weeks": 28}  # days
ACTS = ("Acknowledge", "Assign", "Note", "Cause", "Snooze")
GIVE_BACK = "Give back"  # in the place of Acknowledge, of an alert that somebody has
OVER = ("Note", "Cause")  # what can still be said of an alert that has ended
DID = {
    "opened": "Opened", "fired": "Fired", "recovering": "Recovering", "refired": "Fired again", "resolved": "Resolved",
    "expired": "Ended before it fired", "acked": "Acknowledged", "unacked": "Given back", "assigned": "Assigned",
    "commented": "Noted", "snoozed": "Snoozed", "unsnoozed": "Woken", "cause_set": "Cause set", "notified": "Told its owner",
    "notify_failed": "A message failed", "suppressed": "Kept quiet", "rule_changed": "Its rule changed",
    "data_revised": "Its data was revised", "escalated": "Became graver",
}  # fmt: skip
Act = Callable[..., tuple[Episode, Event]]


def forms(ledger: Ledger, item: Item, person: Person | None) -> None:
    """One form: which act, what it needs, a note."""
    acts = acts_on(item)
    what = st.segmented_control("What do you do?", acts, default=acts[0], required=True, key=f"act_{item.id}")
    with st.form(f"form_{item.id}", clear_on_submit=True):
        details(item, what)
        st.text_input("Note" if what == "Note" else "Note (not required)", key=f"note_{item.id}")
        st.form_submit_button(what, on_click=submit, args=(ledger, item.id, person, what))


def acknowledge_button(ledger: Ledger, item: Item, person: Person | None) -> None:
    """The act that is wanted most, without a form."""
    help_ = f"Acknowledge: {item.title}"
    st.button("Acknowledge", key=f"ack_{item.id}", help=help_, on_click=act_on, args=(ledger, item.id, person, ACTS[0], "", ""))


def acts_on(item: Item) -> tuple[str, ...]:
    if not item.open:
        return OVER
    return (GIVE_BACK, *ACTS[1:]) if item.episode["ack_state"] == "acked" else ACTS


def details(item: Item, what: str) -> None:
    """What the act needs to know besides a note: a new owner, a cause, a length of time."""
    key = f"{what}_{item.id}"
    if what == "Assign":
        st.text_input("To whom", key=key, placeholder="The new owner's name")
    if what == "Cause":
        st.selectbox("Cause", list(CAUSES), key=key, format_func=CAUSES.__getitem__)
    if what == "Snooze":
        st.selectbox("For how long", list(SNOOZES), key=key)


def submit(ledger: Ledger, alert_id: str, person: Person | None, what: str) -> None:
    """What the form holds when its button is pressed."""
    asked = st.session_state.get(f"{what}_{alert_id}", "")
    act_on(ledger, alert_id, person, what, str(asked), str(st.session_state[f"note_{alert_id}"]))


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
    if what == GIVE_BACK:
        return partial(actions.unacknowledged, note=note), "Given back: nobody has it now."
    return partial(actions.acknowledged, note=note), "Acknowledged."


def act_on(ledger: Ledger, alert_id: str, person: Person | None, what: str, asked: str, note: str) -> None:
    """Writes the act in the person's name; without a name, or when it is refused, keeps why.

    Runs before the page is drawn anew: another dashboard may have changed the alert since, so that the button that was pressed is
    not there any more, and what it was pressed for would be lost.
    """
    at = freshness.now()
    act, sentence = act_of(what, asked, note, at)
    if person is None:
        st.session_state[REFUSED] = "Pick or type your name at the head of the page first: an act is kept with who did it."
        return
    try:
        lives.act(ledger, alert_id, lambda episode: act(episode, person, at))
    except UserError as error:
        st.session_state[REFUSED] = "\n\n".join(map(problems.plain, error.problems))
        return
    st.session_state[DONE] = sentence


def told() -> None:
    """The sentence on the last act, once."""
    if said := st.session_state.pop(DONE, None):
        st.success(said, icon=":material/check:")
    if said := st.session_state.pop(REFUSED, None):
        st.error(said)


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
