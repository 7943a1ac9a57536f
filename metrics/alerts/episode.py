"""What an alert is made of: samples (what a rule found), an episode (its life so far), events (the lines of its history)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, get_args

Severity = Literal["info", "watch", "act"]  # rising
State = Literal["pending", "firing", "recovering", "resolved", "expired"]
AckState = Literal["unacked", "acked", "snoozed"]
Outcome = Literal["ok", "breach", "inside_margin", "no_data", "too_few", "error"]
EventType = Literal[
    "opened", "fired", "recovering", "refired", "resolved", "expired",  # the machine moved it
    "rule_changed", "data_revised", "escalated", "unsnoozed",  # the machine says what happened to it
    "acked", "unacked", "assigned", "commented", "snoozed", "cause_set",  # people
    "queued", "notified", "notify_failed", "suppressed",  # its messages: decided on, sent, not taken, held back
]  # fmt: skip

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
STATES: tuple[State, ...] = get_args(State)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)
ACTIVE: tuple[State, ...] = ("pending", "firing", "recovering")  # the episode is not over
RAISED: tuple[State, ...] = ("firing", "recovering")  # people were, or should be, told
SYSTEM = "system"  # the actor of what no person did


@dataclass(frozen=True)
class Sample:
    """What one rule found at one place, once. One row of `samples`; instants are UTC.

    moment: what orders samples of one fingerprint: the end of the judged period, or, for a rule about the present (a feed, a
    queue, a check), the instant of the evaluation. excess: how far beyond the line it is, in the rule's own unit (above 0 is
    a breach); null where there is no such distance. severity: the rule's.
    """

    rule_id: str
    rule_version: str
    kind: str
    severity: Severity
    fingerprint: str
    labels: str
    site_id: str | None
    service_id: str | None
    moment: datetime
    period_start: date
    period_end: date
    evaluated_at: datetime
    as_of: datetime
    outcome: Outcome
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None
    target: float | None = None
    lower: float | None = None
    centre: float | None = None
    upper: float | None = None
    excess: float | None = None
    signal: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Episode:
    """One alert from its first breach to its end. The history is the truth; this is where it has led. Instants are UTC.

    moment, last_outcome: of the newest sample that was judged (a breach or an ok). breaches, oks: how many in a row of each,
    as the state counts them. peak_value: the value farthest beyond the line (`peak_excess`). ended_at: resolved or expired.
    told_at, told: when and what its owner was last told (see `digest`). acked_at stays when a snooze follows.
    """

    alert_id: str
    fingerprint: str
    rule_id: str
    rule_version: str
    kind: str
    severity: Severity
    labels: str
    site_id: str | None
    service_id: str | None
    owner: str
    state: State
    opened_at: datetime
    moment: datetime
    first_period: date
    last_period: date
    last_outcome: Outcome
    detail: str = ""
    ack_state: AckState = "unacked"
    acked_by: str | None = None
    acked_at: datetime | None = None
    snoozed_until: datetime | None = None
    cause: str | None = None
    fired_at: datetime | None = None
    ended_at: datetime | None = None
    breaches: int = 0
    oks: int = 0
    flap_count: int = 0
    last_value: float | None = None
    peak_value: float | None = None
    peak_excess: float | None = None
    told_at: datetime | None = None
    told: str | None = None

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def raised(self) -> bool:
        """It has fired and is not over."""
        return self.state in RAISED


@dataclass(frozen=True)
class Event:
    """One line of an alert's history, never changed once written. occurred_at is UTC.

    actor: SYSTEM or a person; verified: the person signed in (else a name they picked). idempotency_key: the same happening
    told twice has the same key, so that it is written once.
    """

    alert_id: str
    occurred_at: datetime
    type: EventType
    from_state: State | None
    to_state: State | None
    idempotency_key: str
    actor: str = SYSTEM
    verified: bool = True
    payload: Mapping[str, Any] = field(default_factory=dict)


def event_of(before: Episode, after: Episode, type_: EventType, at: datetime, about: str, **payload: Any) -> Event:
    """The machine's own event: `about` tells apart two of one type in one episode (the moment of the sample, as a rule)."""
    key = f"{after.alert_id}:{type_}:{about}"
    return Event(after.alert_id, at, type_, before.state, after.state, key, payload=payload)
