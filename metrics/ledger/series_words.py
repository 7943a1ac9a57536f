"""What people say of a series: its baselines and the notes on its chart. Nothing is erased: it is withdrawn, by a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import sqlalchemy as sa

from metrics.errors import UserError
from metrics.ledger.ledger import Ledger
from metrics.ledger.tables import ANNOTATION, BASELINE, SERIES


@dataclass(frozen=True)
class Series:
    """One line that a chart draws. A null place means all sites, or all services."""

    metric: str
    statistic: str
    grain: str
    site_id: str | None = None
    service_id: str | None = None

    def columns(self) -> dict[str, str | None]:
        return {name: getattr(self, name) for name in SERIES}


def baselines(ledger: Ledger) -> pl.DataFrame:
    """The baselines in force: baseline_id, the series' five columns, starts, baseline_from, baseline_to, reason, created_by,
    created_at.

    One row a segment, sorted by series and starts. Where two were decided for the same start, the later decision stands.
    """
    named = ("baseline_id", *SERIES, "starts", "baseline_from", "baseline_to", "reason", "created_by", "created_at")
    columns = [BASELINE.c[name] for name in named]
    said = ledger.frame(sa.select(*columns).where(BASELINE.c.withdrawn_at.is_(None)).order_by(BASELINE.c.baseline_id))
    return said.unique([*SERIES, "starts"], keep="last", maintain_order=True).sort(*SERIES, "starts", nulls_last=False)


def baseline_history(ledger: Ledger) -> pl.DataFrame:
    """Every decision on a baseline, also those withdrawn or replaced, oldest first."""
    return ledger.frame(sa.select(BASELINE).order_by(BASELINE.c.baseline_id))


def decide_baseline(
    ledger: Ledger, series: Series, starts: date, baseline_from: date, baseline_to: date | None, reason: str, by: str, at: datetime
) -> int:
    """Store a person's decision: from `starts` on, limits come from the points of these days (both included).

    A null `baseline_to` takes as many points as the profile says. Gives the decision's number.
    Raises UserError where the reason or the name is empty, or the days run backwards.
    """
    problems = unsaid(reason=reason, by=by)
    if baseline_to is not None and baseline_to < baseline_from:
        problems.append(f"the baseline ends on {baseline_to}, before it begins on {baseline_from}. Turn the two days round.")
    if problems:
        raise UserError(*problems)
    values = {"starts": starts, "baseline_from": baseline_from, "baseline_to": baseline_to, "reason": reason.strip()}
    return _stored(ledger, BASELINE, {**series.columns(), **values}, by, at)


def withdraw_baseline(ledger: Ledger, baseline_id: int, by: str, at: datetime) -> None:
    """Take a decision back; it stays in the history. Raises UserError where there is none of that number in force."""
    _withdrawn(ledger, BASELINE, baseline_id, by, at)


def annotations(ledger: Ledger) -> pl.DataFrame:
    """The notes on charts: annotation_id, the series' five columns, day, text, created_by, created_at; by series and day."""
    names = ("annotation_id", *SERIES, "day", "text", "created_by", "created_at")
    asked = sa.select(*(ANNOTATION.c[name] for name in names)).where(ANNOTATION.c.withdrawn_at.is_(None))
    return ledger.frame(asked).sort(*SERIES, "day", "annotation_id", nulls_last=False)


def annotate(ledger: Ledger, series: Series, day: date, text: str, by: str, at: datetime) -> int:
    """Store a person's note on a day of a series' chart. Gives its number. Raises UserError where the text or name is empty."""
    problems = unsaid(text=text, by=by)
    if problems:
        raise UserError(*problems)
    return _stored(ledger, ANNOTATION, {**series.columns(), "day": day, "text": text.strip()}, by, at)


def withdraw_annotation(ledger: Ledger, annotation_id: int, by: str, at: datetime) -> None:
    """Take a note off the chart; it stays in the ledger. Raises UserError where there is none of that number."""
    _withdrawn(ledger, ANNOTATION, annotation_id, by, at)


def unsaid(**words: str) -> list[str]:
    """A sentence for each word that is empty."""
    return [f"{name} is empty. Say it in a few words." for name, word in words.items() if not word.strip()]


def _stored(ledger: Ledger, table: sa.Table, values: Mapping[str, object], by: str, at: datetime) -> int:
    with ledger.writing() as connection:
        made = connection.execute(table.insert().values(**values, created_by=by.strip(), created_at=at))
    key = made.inserted_primary_key
    assert key is not None, "a counted key"
    return int(key[0])


def _withdrawn(ledger: Ledger, table: sa.Table, number: int, by: str, at: datetime) -> None:
    key = next(iter(table.primary_key.columns))
    changed = table.update().where(key == number, table.c.withdrawn_at.is_(None)).values(withdrawn_by=by, withdrawn_at=at)
    with ledger.writing() as connection:
        found = connection.execute(changed).rowcount
    if not found:
        raise UserError(f"there is no {table.name} {number} in force. It was withdrawn before, or never was.")
