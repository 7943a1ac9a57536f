"""A ledger of each kind, new for every test: SQLite in a folder, and a schema of its own in one real Postgres."""

from tests.ledger.databases import ledger, postgres, url

__all__ = ["ledger", "postgres", "url"]
