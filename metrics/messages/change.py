"""What a message says: changes of cases, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Value = str | int | float | bool | datetime | None

STATE = "state"
"""The kind of a change that tells a whole case as it stands (a FHIR resource): the newest such word holds, also about instants."""

BEGINNINGS = ("arrived", "booked", STATE)
"""Kinds of change with which a case begins: whoever hears one need not ask what was known before."""

WITHDRAWN = "withdrawn"
"""The kind of a change that says that the case never was (a FHIR resource entered in error), until a newer whole word."""


@dataclass(frozen=True)
class Change:
    """What one message says of one case.

    table: an event table. key: the case's id. event_at: UTC, when it happened (not when it arrived). kind: what happened, in one
    word. values: by column; an instant is UTC without a zone; None takes the value away, a column that is not there is not spoken
    of. undoes: the kind whose latest change up to event_at is taken back. No names and no identifiers of a patient: patient_key is
    hashed before.
    """

    table: str
    key: str
    event_at: datetime
    kind: str
    values: Mapping[str, Value] = field(default_factory=dict)
    undoes: str | None = None


@dataclass(frozen=True)
class Merge:
    """Two keys are one patient: from event_at (UTC) on, and for all that was said before, `old` is `new`."""

    old: str
    new: str
    event_at: datetime


@dataclass(frozen=True)
class Parsed:
    """A message that was read. problems: why it is bad, without any patient's name or identifier; a bad one changes nothing.

    refused: the sender may not send it here at all (another kind of message, another version), so sending it again is of no use.
    """

    control_id: str | None
    changes: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()
    merges: tuple[Merge, ...] = ()
    refused: bool = False
