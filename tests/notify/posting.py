"""Homes with addresses, and messages in their outbox."""

from datetime import datetime, timedelta

from metrics.home import Home, open_home
from metrics.ledger import open_ledger
from metrics.ledger.lives import write
from metrics.ledger.outbox import Message, queue
from tests.ledger.made import FIRING

NOW = datetime(2026, 7, 1, 9, 30)
OWNER = "Outpatients"


def addressed(home: Home, **to: list[str]) -> Home:
    """The home with these addresses: an owner's name (`everybody` for '*') and its list."""
    lines = "".join(f'"{"*" if owner == "everybody" else owner}" = {addresses!r}\n' for owner, addresses in to.items())
    (home.path / "timely.toml").write_text(f"[notify.to]\n{lines}")
    return open_home(home.path)


def posted(home: Home, *keys: str, owner: str = OWNER) -> list[str]:
    """Messages of these keys in the outbox, about an alert that fires; their ids."""
    messages = [Message(key, owner, f"Subject {key}", f"Body {key}", (FIRING.alert_id,)) for key in keys]
    with open_ledger(home).writing() as connection:
        write(connection, [FIRING], [])
        queue(connection, messages, NOW)
    return [message.message_id for message in messages]


def later(**length: float) -> datetime:
    return NOW + timedelta(**length)
