"""What every rule finds. A rule that fails while it is asked is broken, as one that is written wrongly; the others go on."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from metrics.alerts.evidence import Evidence
from metrics.alerts.rulebook import FILE, RuleBook, RuleProblem
from metrics.alerts.samples import samples

Find = Callable[[RuleBook, Evidence], pl.DataFrame]


def findings(book: RuleBook, evidence: Evidence, find: Find = samples) -> tuple[RuleBook, pl.DataFrame]:
    """The samples of every rule that could be asked, and the book without those that could not, their problems added."""
    try:
        return book, find(book, evidence)
    except Exception:  # whatever a rule meets in the data, the other rules are asked all the same
        failed = tuple(problem for rule_id in book.by_id for problem in failure(book, rule_id, evidence, find))
        if not failed:
            raise
    rest = replace(
        book,
        rules=tuple(rule for rule in book.rules if rule.id not in {problem.rule_id for problem in failed}),
        problems=(*book.problems, *failed),
    )
    return rest, find(rest, replace(evidence, problems=rest.problems))


def failure(book: RuleBook, rule_id: str, evidence: Evidence, find: Find) -> list[RuleProblem]:
    """Why the rule cannot be asked; nothing when it can."""
    try:
        find(replace(book, rules=(book.by_id[rule_id],)), evidence)
    except Exception as problem:
        said = (str(problem).splitlines() or [""])[0]
        return [RuleProblem(rule_id, f"{FILE}: rule {rule_id} cannot be evaluated: {type(problem).__name__}: {said}")]
    return []
