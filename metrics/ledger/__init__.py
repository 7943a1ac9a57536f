"""The ledger: people's words and the alerts' lives, in a database that many may write to."""

from metrics.ledger.ledger import Ledger, open_ledger

__all__ = ["Ledger", "open_ledger"]
