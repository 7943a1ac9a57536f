"""What may be asked of a metric, and what is wrong with a question that may not."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.definitions.metric import Metric
from metrics.definitions.sql_form import has_patients
from metrics.errors import UserError, did_you_mean
from metrics.events import STRATA
from metrics.jobs.grains import GRAINS, period_end, period_start
from metrics.jobs.strata import STORED_GRAIN
from metrics.workbench.query_metrics import KnownMetrics

ALL = "all"  # the grain that takes every day asked for as one period
DIMENSIONS = ("site", "service", *STRATA)


@dataclass(frozen=True)
class Slice:
    """A question: which metric, which statistic (None: every one), by what, at which grain, between which days.

    Only cases of days since..until count, both included; a period cut by them is a part of a period.
    """

    metric: str
    statistic: str | None = None
    by: tuple[str, ...] = ()
    grain: str = "month"
    since: date | None = None
    until: date | None = None
    site: str | None = None
    service: str | None = None

    @property
    def strata(self) -> tuple[str, ...]:
        return tuple(name for name in self.by if name in STRATA)

    @property
    def is_stored(self) -> bool:
        """Whether the stored observations may hold the answer: whole periods of a stored grain, at most one stratum."""
        if self.grain not in GRAINS or len(self.strata) > 1 or (self.strata and self.grain != STORED_GRAIN):
            return False
        starts = self.since is None or self.since == _of_day(self.since, self.grain)[0]
        return starts and (self.until is None or self.until == _of_day(self.until, self.grain)[1])


def _of_day(day: date, grain: str) -> tuple[date, date]:
    start = period_start(pl.col("day"), grain)
    return pl.DataFrame({"day": [day]}).select(start, period_end(start, grain).alias("end")).row(0)  # type: ignore[return-value]


def checked(asked: Slice, known: KnownMetrics) -> Metric:
    """The metric asked about. Raises UserError with everything that is wrong with the question."""
    metric = known.of(asked.metric)
    problems = [f"--by {name}: unknown.{did_you_mean(name, DIMENSIONS)}" for name in asked.by if name not in DIMENSIONS]
    if asked.grain not in (*GRAINS, ALL):
        problems.append(f"--grain {asked.grain}: unknown.{did_you_mean(asked.grain, (*GRAINS, ALL))}")
    if asked.statistic is not None and asked.statistic not in metric.statistics:
        problems.append(f"--statistic {asked.statistic}: {metric.id} has {', '.join(metric.statistics)}.")
    if asked.since and asked.until and asked.until < asked.since:
        problems.append(f"--until {asked.until} is before --since {asked.since}: give the earlier day to --since.")
    if asked.strata and not has_patients(metric):
        problems.append(f"--by {asked.strata[0]}: {metric.table} are counted without patients; use site or service.")
    if problems:
        raise UserError(*problems)
    return metric
