"""The act: read the generation, the rules and the ledger, decide, and write all of it or nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from metrics.alerts.evidence import Evidence
from metrics.alerts.matching import Silence, regions_of
from metrics.alerts.rulebook import RuleBook, fitted
from metrics.alerts.sentences import Names
from metrics.evaluate.deciding import evaluated
from metrics.evaluate.evidence import read_evidence
from metrics.evaluate.finding import findings
from metrics.home import Home
from metrics.ledger import Ledger, open_ledger
from metrics.ledger.evaluations import add_evaluations, add_rules, new_findings
from metrics.ledger.lives import newest_episodes, write
from metrics.ledger.outbox import Message, queue
from metrics.ledger.quiet import silences_at
from metrics.warehouse import current
from metrics.workbench.query_metrics import known_metrics

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class EvaluateReport:
    """What an evaluation did. new: findings that the ledger did not have. events: how many of each type. messages: put into the
    outbox. problems: of alerts.toml; each is an alert of its own, too."""

    generation: str
    as_of: datetime
    rules: int
    samples: int
    breaches: int
    new: int
    events: dict[str, int]
    messages: int
    problems: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def sentence(self) -> str:
        moved = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in self.events.items()) or "no alert moved"
        return (
            f"generation {self.generation}: {self.rules} rules looked at {self.samples:,} places, {self.breaches:,} of them beyond "
            f"their line; {moved}; {self.messages} messages to send"
        )


def evaluate(home: Home, now: datetime, progress: Progress = lambda label, done, total: None) -> EvaluateReport:
    """Ask every rule of alerts.toml of the generation in force, as of `now` (UTC), and move every alert accordingly.

    Evaluations, alerts, their events and the messages are written in one transaction: a crash leaves all of it or nothing. Run
    again on the same generation at the same instant it changes nothing; later, only what the clock alone moves (the end of a
    snooze or a silence, a reminder, a feed that is silent for longer). Raises UserError when there is no generation or it has no
    control charts, when a definition is wrong, or when the ledger cannot be written. A broken rule is no such error: it is an
    alert.
    """
    generation = current(home.path)
    metrics = known_metrics(home.path).metrics
    progress("reading the figures", 0, None)
    written = fitted(home.alerts, metrics)
    evidence = read_evidence(home, generation, metrics, written.problems, now)
    progress("asking the rules", 0, None)
    return on_evidence(home, written, evidence, generation.name, progress)


def on_evidence(
    home: Home, written: RuleBook, evidence: Evidence, generation: str, progress: Progress = lambda label, done, total: None,
    quiet: Sequence[Silence] = (),
) -> EvaluateReport:  # fmt: skip
    """The evaluation of one moment of the data, of whatever generation it was read from. quiet: silences besides those in force."""
    book, samples = findings(written, evidence)
    progress("writing the ledger", 0, None)
    names = Names(evidence.metrics, dict(home.sites.select("site_id", "name").iter_rows()), home.settings.notify.link)
    run_id = f"{generation}/{evidence.now:%Y%m%dT%H%M%S%f}"
    regions = regions_of(home.sites)
    new, events, messages = recorded(open_ledger(home), samples, book, names, regions, run_id, evidence.now, quiet)
    return EvaluateReport(
        generation, evidence.as_of, sum(rule.enabled for rule in book.rules), samples.height,
        samples.filter(outcome="breach").height, new, events, messages, [problem.sentence for problem in book.problems],
    )  # fmt: skip


def recorded(
    ledger: Ledger, samples: pl.DataFrame, book: RuleBook, names: Names, regions: dict[str, str | None], run_id: str, now: datetime,
    quiet: Sequence[Silence] = (),
) -> tuple[int, dict[str, int], int]:  # fmt: skip
    """Decide and write in one transaction. Gives how many findings were new, events by type, and how many messages."""
    with ledger.writing() as connection:
        known = newest_episodes(connection)
        new = new_findings(connection, samples)
        decision = evaluated(samples, book, known, (*silences_at(connection, now), *quiet), names, regions, now)
        add_rules(connection, book.rules, now)
        add_evaluations(connection, run_id, new)
        write(connection, decision.episodes, decision.events)
        queue(connection, [Message(one.key, one.owner, one.subject, one.body, one.alert_ids) for one in decision.messages], now)
    return new.height, dict(Counter(event.type for event in decision.events)), len(decision.messages)
