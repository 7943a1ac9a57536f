"""What a person asked before, as the ledger's query log tells it."""

import polars as pl

from metrics.ledger import Ledger
from metrics.ledger.query_log import NEWEST, queries_run


def history(ledger: Ledger, person: str | None = None, most: int = NEWEST) -> pl.DataFrame:
    """A person's newest queries (everybody's for None), newest first: started_at (UTC), person, door, name, sql, params (JSON),
    seconds, rows, truncated, outcome, problem."""
    shown = ("started_at", "person", "door", "name", "sql", "params", "seconds", "rows", "truncated", "outcome", "problem")
    return queries_run(ledger, person, most).select(shown)
