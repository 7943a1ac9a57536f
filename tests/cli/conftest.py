"""A home of which the ledger lives in either database."""

from tests.ledger.databases import postgres, url
from tests.notify.conftest import home, inbox

__all__ = ["home", "inbox", "postgres", "url"]
