"""The lives of alerts: episodes as they stand, and every event that brought them there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from json import dumps
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from metrics.alerts.episode import ACTIVE, Episode, Event
from metrics.errors import UserError, did_you_mean
from metrics.ledger.ledger import Ledger
from metrics.ledger.tables import ALERT_EVENT, ALERT_INSTANCE

COLUMNS = [ALERT_INSTANCE.c[field.name] for field in fields(Episode)]
SHORTEST = 4  # characters of an alert's id that a person may give instead of all of it

Act = Callable[[Episode], tuple[Episode, Event]]  # of metrics.alerts.actions, but for who does it and when


def episodes(ledger: Ledger, active: bool = False) -> pl.DataFrame:
    """Every episode, one row each, with the columns of `Episode`, the newest first; `active`: those that are not over."""
    asked = sa.select(*COLUMNS).order_by(ALERT_INSTANCE.c.opened_at.desc(), ALERT_INSTANCE.c.alert_id)
    return ledger.frame(asked.where(ALERT_INSTANCE.c.state.in_(ACTIVE)) if active else asked)


def events(ledger: Ledger, alert_id: str | None = None) -> pl.DataFrame:
    """The history of one alert, or of all, oldest first: event_id, alert_id, occurred_at, actor, verified, type, from_state,
    to_state, payload (JSON text), idempotency_key."""
    asked = sa.select(ALERT_EVENT).order_by(ALERT_EVENT.c.event_id)
    return ledger.frame(asked.where(ALERT_EVENT.c.alert_id == alert_id) if alert_id else asked)


def act(ledger: Ledger, alert_id: str, action: Act) -> Episode:
    """Do to the episode what a person asks, and write it down. Gives the episode after it.

    The action sees the episode as it is at that moment: of two people who act at once, the second acts on what the first
    has done, and both acts are in the history. Raises UserError when there is no such alert, and what the action raises.
    """
    with ledger.writing() as connection:
        before = one_episode(connection, alert_id)
        after, happened = action(before)
        write(connection, [after] if after != before else [], [happened])
    return after


def full_id(ledger: Ledger, begun: str) -> str:
    """The alert's id of which a person gave all, or the first characters. Raises UserError when none, or several, begin so."""
    asked = sa.select(ALERT_INSTANCE.c.alert_id).where(ALERT_INSTANCE.c.alert_id.startswith(begun, autoescape=True))
    found = ledger.frame(asked)["alert_id"].to_list()
    if begun in found:
        return begun
    if len(found) == 1 and len(begun) >= SHORTEST:
        return str(found[0])
    if found:
        raise UserError(f"{begun!r} begins the ids of {len(found)} alerts; give {SHORTEST} characters or more, until one is left.")
    known = episodes(ledger, active=True)["alert_id"].to_list()
    raise UserError(f"there is no alert {begun!r}." + (did_you_mean(begun, known) if known else " None is open."))


def one_episode(connection: sa.Connection, alert_id: str) -> Episode:
    """The episode of that id. Raises UserError when there is none."""
    found = connection.execute(sa.select(*COLUMNS).where(ALERT_INSTANCE.c.alert_id == alert_id)).one_or_none()
    if found is None:
        raise UserError(f"there is no alert {alert_id!r}. List them: timely alerts list")
    return Episode(*found)


def newest_episodes(connection: sa.Connection | None) -> dict[str, Episode]:
    """By fingerprint, the episode that is not over, or else the last one."""
    if connection is None:
        return {}
    newest_first = (ALERT_INSTANCE.c.state.in_(ACTIVE).desc(), ALERT_INSTANCE.c.moment.desc(), ALERT_INSTANCE.c.opened_at.desc())
    place = sa.func.row_number().over(partition_by=ALERT_INSTANCE.c.fingerprint, order_by=newest_first)
    ranked = sa.select(*COLUMNS, place.label("place")).subquery()
    rows = connection.execute(sa.select(*(ranked.c[column.name] for column in COLUMNS)).where(ranked.c.place == 1))
    return {episode.fingerprint: episode for episode in (Episode(*row) for row in rows)}


def write(connection: sa.Connection, changed: Sequence[Episode], happened: Iterable[Event]) -> None:
    """Put the episodes in the place of what stood under their ids; add the events, each key once."""
    if changed:
        gone = ALERT_INSTANCE.delete().where(ALERT_INSTANCE.c.alert_id == sa.bindparam("gone"))
        connection.execute(gone, [{"gone": episode.alert_id} for episode in changed])
        connection.execute(ALERT_INSTANCE.insert(), [asdict(episode) for episode in changed])
    add_once(connection, ALERT_EVENT, [event_row(event) for event in happened])


def event_row(event: Event) -> dict[str, Any]:
    return {**asdict(event), "payload": dumps(dict(event.payload), sort_keys=True, default=str)}


def add_once(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows but for those of which a unique key is there already."""
    if not rows:
        return
    dialect = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))
