"""Every query that a person ran: who, when, what, how long, how many rows, and what became of it. Only added to."""

from typing import Any

import polars as pl
import sqlalchemy as sa

from metrics.ledger.ledger import Ledger
from metrics.ledger.tables import QUERY_LOG, schema_of

NEWEST = 200  # rows of a history: what a person scrolls through


def log_query(ledger: Ledger, **run: Any) -> None:
    """Store one run; `run` has the columns of `query_log` but its number. UserError when the ledger cannot be written."""
    with ledger.writing() as connection:
        connection.execute(QUERY_LOG.insert().values(**run))


def queries_run(ledger: Ledger, person: str | None = None, most: int = NEWEST) -> pl.DataFrame:
    """The newest runs of a person, or of everybody, newest first: query_id, person, verified, door, name, sql, params, generation,
    started_at (UTC), seconds, rows, truncated, outcome, problem. None where the ledger is older than its query log."""
    asked = sa.select(QUERY_LOG).order_by(QUERY_LOG.c.query_id.desc()).limit(most)
    with ledger.reading() as connection:
        if connection is None or not sa.inspect(connection).has_table(QUERY_LOG.name):
            return pl.DataFrame(schema=schema_of(asked))
    return ledger.frame(asked.where(QUERY_LOG.c.person == person) if person is not None else asked)
