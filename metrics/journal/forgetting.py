"""What the journal lets go of: it stays as large as its last days, however long it is written."""

import sqlite3
from datetime import datetime, timedelta

from metrics.messages.folding import microseconds

KEPT = timedelta(days=3)  # a case stays here so long after its last message: the board looks back two days
BAD_KEPT = timedelta(days=90)  # that a message was bad, and why, without its text: as long as somebody may ask
BATCH = 2_000  # rows in one transaction: a message that comes meanwhile waits some milliseconds


def forgotten(base: sqlite3.Connection, now: datetime, raw_kept: timedelta) -> bool:
    """Delete a batch of good messages older than `raw_kept`, of the raw texts of bad ones so old, and of changes of cases that the
    lake has and of which nobody spoke for KEPT. Whether there may be more.

    A duplicate of a message that went is taken for a new one: its case says the same afterwards.
    """
    old, oldest, kept = (microseconds(now - length) for length in (raw_kept, BAD_KEPT, KEPT))
    # All that is told of a message that waits for the lake is kept with it.
    aged = (
        "select number from messages where received_at < ? and problems is {} and number <"
        f" (select coalesce(min(message), {1 << 62}) from changes where drained = 0) limit {BATCH}"
    )
    done = [
        base.execute(f"update messages set raw = null where number in ({aged.format('not null and raw is not null')})", (old,)),
        base.execute(f"delete from messages where number in ({aged.format('null')})", (old,)),
        base.execute(f"delete from messages where number in ({aged.format('not null')})", (oldest,)),
    ]
    gone = cases_done_with(base, kept)
    base.executemany('delete from cases where "table" = ? and key = ?', gone)
    base.executemany('delete from changes where "table" = ? and key = ?', gone)
    return len(gone) == BATCH or any(one.rowcount == BATCH for one in done)


def cases_done_with(base: sqlite3.Connection, before: int) -> list[tuple[str, str]]:
    """At most BATCH cases all of whose changes were received before that instant, and are in the lake."""
    return base.execute(
        'select distinct "table", key from changes old where received_at < ? and not exists (select 1 from changes other'
        ' where other."table" = old."table" and other.key = old.key and (other.received_at >= ? or other.drained = 0)) limit ?',
        (before, before, BATCH),
    ).fetchall()
