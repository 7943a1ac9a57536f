"""The telephone queue now, and the share of today's calls that were answered in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from metrics.board.limits import ANSWER, CALL_FORGOTTEN, SHORT_ABANDON

ENDS = ("answered_at", "abandoned_at", "callback_requested_at", "resolved_at")  # a call for a call-back left the queue
ENDED = pl.any_horizontal(pl.col(*ENDS).is_not_null())


@dataclass(frozen=True)
class Phone:
    """waiting: callers in the queue. longest: of their waits; None where nobody waits. in_time of calls: today so far."""

    waiting: int
    longest: timedelta | None
    in_time: int
    calls: int

    @property
    def share(self) -> float | None:
        return self.in_time / self.calls if self.calls else None


def phone_queue(contacts: pl.DataFrame, day_start: datetime, now: datetime) -> Phone:
    """The queue at `now` (UTC) and the calls since `day_start`, the local midnight in UTC.

    A call counts as the metric service_level counts it (abandoned calls against, short abandons out), and besides one that has
    waited past the limit: it cannot be in time any more. A call for a call-back left the queue.
    """
    at, queued = pl.lit(now, pl.Datetime("us")), pl.col("queued_at")
    calls = calls_at(contacts, now)
    queue = callers(contacts, now).select(waited=at - queued)["waited"]
    lost = (pl.col("abandoned_at") > queued + SHORT_ABANDON).fill_null(False)
    overdue = ~ENDED & (queued >= at - CALL_FORGOTTEN) & (at - queued > ANSWER)
    today = calls.filter((queued >= day_start) & (pl.col("answered_at").is_not_null() | lost | overdue))
    in_time = today.filter(pl.col("answered_at") <= queued + ANSWER)
    longest = queue.max()
    return Phone(len(queue), longest if isinstance(longest, timedelta) else None, len(in_time), len(today))


def calls_at(contacts: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """The calls as they stood at `now`: queued by then, and any later stamp not yet there."""
    at = pl.lit(now, pl.Datetime("us"))
    calls = contacts.filter((pl.col("channel") == "phone") & (pl.col("queued_at") <= at))
    return calls.with_columns(pl.when(pl.col(name) <= at).then(pl.col(name)) for name in ENDS)


def callers(contacts: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """The calls that wait in the queue at `now`."""
    return calls_at(contacts, now).filter(~ENDED & (pl.col("queued_at") >= pl.lit(now, pl.Datetime("us")) - CALL_FORGOTTEN))
