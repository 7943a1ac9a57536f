"""Samples and rules for the tests, a letter a sample: B breach, o ok, m inside the margin, f too few, n no data, e error."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from metrics.alerts.episode import Episode, Event, Outcome, Sample
from metrics.alerts.kinds import ThresholdRule
from metrics.alerts.machine import transition
from metrics.alerts.rule import Rule

OUTCOME: dict[str, Outcome] = {"B": "breach", "o": "ok", "m": "inside_margin", "f": "too_few", "n": "no_data", "e": "error"}
MONDAY = date(2026, 3, 2)
WEEK = timedelta(days=7)
LABELS = '{"metric":"door_to_provider","site_id":"CEN","statistic":"median"}'


def rule(n: int = 3, m: int = 2, **keys: object) -> ThresholdRule:
    """Fires at the n-th breach, ends at the m-th ok."""
    return ThresholdRule.model_validate(
        {"id": "late", "name": "Too many wait too long", "kind": "threshold", "for_periods": n, "clear_periods": m, **keys}
    )


def sample(letter: str, week: int, of: Rule, **fields: object) -> Sample:
    """The sample of the week-th week, evaluated the day after the week ends."""
    start = MONDAY + week * WEEK
    end = start + timedelta(days=6)
    moment = datetime(end.year, end.month, end.day)
    made = Sample(
        of.id, of.version, of.kind, of.severity, "f1", LABELS, "CEN", None,
        moment, start, end, moment + timedelta(days=1, hours=6), moment + timedelta(days=1), OUTCOME[letter],
    )  # fmt: skip
    return replace(made, **fields)  # type: ignore[arg-type]


def walked(letters: str, of: Rule, episode: Episode | None = None, first_week: int = 0) -> tuple[Episode | None, list[Event]]:
    """Where a sequence of samples leads, and every event on the way."""
    events: list[Event] = []
    for week, letter in enumerate(letters, first_week):
        episode, happened = transition(episode, sample(letter, week, of), of, "Anna")
        events += happened
    return episode, events


def raised(of: Rule, weeks: int = 3) -> Episode:
    """An episode that fired."""
    episode, _ = walked("B" * weeks, of)
    assert episode is not None and episode.state == "firing"
    return episode
