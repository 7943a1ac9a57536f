"""Catching up: weeks that nobody evaluated are evaluated one after the other, so that an alert has the history it would have had.

A home that begins with years of data, or one whose evaluation stood still for a month, would else hear of all that is wrong at
once, as if it were new. What the figures of a past week show is what they show today: what was revised since is revised here, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from metrics.alerts.episode import SEVERITIES
from metrics.alerts.evidence import Evidence
from metrics.alerts.matching import Silence
from metrics.alerts.rulebook import RuleBook, fitted
from metrics.definitions import Metric
from metrics.evaluate.evaluating import EvaluateReport, Progress, on_evidence
from metrics.evaluate.evidence import answer
from metrics.home import Home
from metrics.home.known_targets import with_known_targets
from metrics.jobs.grains import matures_at
from metrics.ledger import open_ledger
from metrics.ledger.evaluations import judged_until
from metrics.ledger.series_words import baselines
from metrics.refresh.signals import judged_by_home
from metrics.warehouse import current
from metrics.workbench.query_metrics import known_metrics

WEEKS = 26
"""Weeks looked back over at most, unless said otherwise: half a year of history, in seconds."""


@dataclass(frozen=True)
class CatchUpReport:
    """What was caught up. fired, resolved: alerts, over all those weeks."""

    weeks: int
    samples: int
    fired: int
    resolved: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def sentence(self) -> str:
        if not self.weeks:
            return "no week was missed"
        return f"{self.weeks} past weeks evaluated: {self.fired:,} alerts fired, {self.resolved:,} were resolved; nobody was told"


def catch_up(home: Home, now: datetime, weeks: int = WEEKS, progress: Progress = lambda label, done, total: None) -> CatchUpReport:
    """Evaluate the rules on figures for each of the last `weeks` weeks before the generation's as-of that no evaluation has seen.

    Only what lies before the generation's own moment: `evaluate` does that. Rules about feeds and checks speak of the present and
    find nothing. No message goes out; what still fires at the end is told by the next evaluation. A week is one transaction: a
    crash between two leaves the first, and catching up goes on where it ended. Raises UserError as `evaluate` does.
    """
    generation = current(home.path)
    known = known_metrics(home.path)
    metrics = known.metrics
    home, ledger = with_known_targets(home, metrics, known.broken), open_ledger(home)
    moments = missed(generation.as_of, judged_until(ledger), weeks)
    book = fitted(home.alerts, metrics)
    figures = with_closing(answer(generation, "series"), metrics)
    decided = baselines(ledger)
    reports = []
    for done, moment in enumerate(moments):
        progress("evaluating past weeks", done, len(moments))
        evidence = evidence_at(moment, figures, home, book, metrics, decided)
        reports.append(on_evidence(home, book, evidence, f"{generation.name}/caught-up", quiet=[past_is_past(moments, now)]))
    progress("evaluating past weeks", len(moments), len(moments))
    return summed(reports)


def missed(as_of: datetime, judged: datetime | None, weeks: int) -> list[datetime]:
    """The same hour of each of the `weeks` weeks before as_of, oldest first, that lies after what was judged already."""
    moments = [as_of - timedelta(weeks=back) for back in range(weeks, 0, -1)]
    return [moment for moment in moments if judged is None or moment > judged]


def with_closing(figures: pl.DataFrame, metrics: Mapping[str, Metric]) -> pl.DataFrame:
    """The figures of known metrics with `closes_at` (UTC): the instant after which the figure no longer moved."""
    waits = {metric.id: int(metric.matures.total_seconds()) for metric in metrics.values()}
    known = figures.filter(pl.col("metric").is_in(list(waits)))
    wait = pl.col("metric").replace_strict(waits, return_dtype=pl.Int64)
    return known.with_columns(matures_at(pl.col("period_end"), wait).alias("closes_at"))


def evidence_at(
    moment: datetime, figures: pl.DataFrame, home: Home, book: RuleBook, metrics: Mapping[str, Metric], baselines: pl.DataFrame
) -> Evidence:
    """The verdicts as they stood then: on the figures that were closed, by the baselines and targets of today. Nothing is known of
    feeds and checks: their alerts stay as they are."""
    closed = figures.filter(pl.col("closes_at") <= moment).drop("closes_at")
    points, signals = judged_by_home(closed, home, metrics, baselines)
    return Evidence(metrics, moment, moment, home.settings.stale_after, signals, points, problems=book.problems)


def past_is_past(moments: Sequence[datetime], now: datetime) -> Silence:
    """What keeps messages about these past weeks from going out: one silence, so that an alert's history says so once."""
    end = moments[-1] + timedelta(seconds=1)
    why = f"a past week, caught up on {now:%Y-%m-%d}"
    return Silence(severity=SEVERITIES, reason=why, created_by="Timely", starts_at=moments[0], ends_at=end)


def summed(reports: list[EvaluateReport]) -> CatchUpReport:
    def count(kind: str) -> int:
        return sum(report.events.get(kind, 0) for report in reports)

    return CatchUpReport(len(reports), sum(report.samples for report in reports), count("fired"), count("resolved"))
