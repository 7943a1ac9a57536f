"""What a request asks: a saved question with its parameters, or a slice of a metric."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from metrics.api.replies import Answer
from metrics.definitions import definition_version
from metrics.errors import UserError, did_you_mean
from metrics.home import Home
from metrics.observe import Slice, published
from metrics.suppression import Policy, policy_named, publishable_answer
from metrics.warehouse import Generation
from metrics.workbench.guard import unrepeatable
from metrics.workbench.query import limits_of
from metrics.workbench.query_metrics import known_metrics
from metrics.workbench.questions import Question, questions

SLICE = ("statistic", "by", "grain", "since", "until", "site", "service")


class UnknownError(UserError):
    """There is no question, or no metric, of that name."""


@dataclass(frozen=True)
class Asked:
    """A saved question and the value of each of its parameters."""

    question: Question
    params: Mapping[str, Any]

    @property
    def repeats(self) -> bool:
        """Whether asking again gives the same: not where the SQL reads the clock or draws by chance."""
        return not unrepeatable(self.question.sql)


def question_asked(home: Home, name: str, given: Mapping[str, str]) -> Asked:
    """The saved question of that name. Raises UnknownError, or UserError where its file or a parameter is wrong."""
    library = questions(home)
    if name in library.problems:
        raise UserError(*library.problems[name])
    if name not in library.questions:
        raise UnknownError(f"there is no question {name}.{did_you_mean(name, list(library.questions))}")
    question = library.questions[name]
    return Asked(question, question.bound(dict(given)))


def slice_asked(home: Home, metric: str, given: Mapping[str, str]) -> tuple[Slice, str]:
    """The slice, and the version of the metric's definition. Raises UnknownError, or UserError with all that is wrong."""
    try:
        known = known_metrics(home.path).of(metric)
    except UserError as problem:
        raise UnknownError(*problem.problems) from problem
    problems = [f"unknown parameter {name}.{did_you_mean(name, SLICE)}" for name in given if name not in SLICE]
    since, until = (day_of(name, given.get(name, ""), problems) for name in ("since", "until"))
    if problems:
        raise UserError(*problems)
    by = tuple(word.strip() for word in given.get("by", "").split(",") if word.strip())
    statistic, site, service = (given.get(name) or None for name in ("statistic", "site", "service"))
    return Slice(metric, statistic, by, given.get("grain") or "month", since, until, site, service), definition_version(known)


def day_of(name: str, text: str, problems: list[str]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        problems.append(f"{name}: '{text}' is not a date such as 2026-11-01")
        return None


def observed(home: Home, generation: Generation, asked: Slice) -> Answer:
    """The slice's figures as they may leave, no more rows than a query may give."""
    policy = policy_of(home)
    frame = with_withheld_named(published(home, asked, policy, generation), policy)
    most = limits_of(home).rows
    return Answer(frame.head(most), frame.height > most, generation, policy.name)


def answered(home: Home, generation: Generation, frame: pl.DataFrame, truncated: bool) -> Answer:
    """A question's rows as they may leave. Raises UserError for rows of one person each."""
    policy = policy_of(home)
    return Answer(with_withheld_named(publishable_answer(frame, policy), policy), truncated, generation, policy.name)


def with_withheld_named(frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """With the column `withheld` only where something may be: an answer as it is has the columns of its question."""
    return frame if policy.most_hidden else frame.drop("withheld")


def policy_of(home: Home) -> Policy:
    """What the home says of small numbers in all that leaves."""
    return policy_named(home.settings.suppression.policy)
