"""Silences that people set while the program runs; those of alerts.toml stand there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from json import dumps, loads

import polars as pl
import sqlalchemy as sa
from pydantic import ValidationError

from metrics.alerts.matching import Silence
from metrics.errors import UserError
from metrics.ledger.ledger import Ledger, frame_of
from metrics.ledger.tables import SILENCE
from metrics.mistakes import problems_of

ID_LENGTH = 8  # hexadecimal digits of a silence's id


def silences(ledger: Ledger) -> pl.DataFrame:
    """Every silence, over or not, the newest first: silence_id, matchers (JSON: label -> names), starts_at, ends_at (UTC, it
    holds until just before), reason, created_by, created_at."""
    return ledger.frame(sa.select(SILENCE).order_by(SILENCE.c.created_at.desc(), SILENCE.c.silence_id))


def silences_at(connection: sa.Connection | None, at: datetime) -> tuple[Silence, ...]:
    """The silences that hold at this instant."""
    rows = frame_of(connection, sa.select(SILENCE).where(SILENCE.c.starts_at <= at, SILENCE.c.ends_at > at))
    return tuple(silence_from(loads(row.pop("matchers")), row) for row in rows.iter_rows(named=True))


def silence_from(matchers: Mapping[str, Sequence[str]], row: Mapping[str, object]) -> Silence:
    said = {name: row[name] for name in ("starts_at", "ends_at", "reason", "created_by")}
    return Silence.model_validate({**said, **{name: tuple(names) for name, names in matchers.items()}})


def silence(
    ledger: Ledger,
    matchers: Mapping[str, Sequence[str]],
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: str,
    at: datetime,
) -> str:
    """Store a silence about the alerts that have, for every label, one of its names. Gives its id. Instants are UTC.

    Raises UserError with every mistake: no label, an unknown one, no reason, an end that is not after the start.
    """
    given = {"starts_at": starts_at, "ends_at": ends_at, "reason": reason.strip(), "created_by": by.strip()}
    try:
        made = Silence.model_validate({**given, **{name: tuple(names) for name, names in matchers.items()}})
    except ValidationError as error:
        raise UserError(*problems_of("silence", Silence, error)) from None
    text = dumps(made.asked(), sort_keys=True)
    silence_id = sha256(f"{text}|{at}|{by}|{starts_at}|{ends_at}".encode()).hexdigest()[:ID_LENGTH]
    with ledger.writing() as connection:
        connection.execute(SILENCE.insert().values(silence_id=silence_id, matchers=text, created_at=at, **given))
    return silence_id


def end_silence(ledger: Ledger, silence_id: str, at: datetime) -> None:
    """Let a silence end now; one that has not begun, at its first instant. Raises UserError when none of that id goes on."""
    first = SILENCE.c.starts_at
    ends = sa.case((first < at, at), else_=first)
    going_on = SILENCE.update().where(SILENCE.c.silence_id == silence_id, SILENCE.c.ends_at > at, SILENCE.c.ends_at > first)
    with ledger.writing() as connection:
        found = connection.execute(going_on.values(ends_at=ends)).rowcount
    if not found:
        raise UserError(f"there is no silence {silence_id!r} that goes on. List them: timely alerts silence")
