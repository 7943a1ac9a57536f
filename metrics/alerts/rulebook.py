"""alerts.toml as a whole: every rule that holds together, and every mistake. A broken rule is loud and stops no other."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from metrics.alerts.kinds import BROKEN_RULE, KINDS, BinomialRule, LineRule, LiveWaitRule, SpcRule, TargetRule
from metrics.alerts.matching import Inhibit, Owner, Silence
from metrics.alerts.rule import EACH, EVERY, HEADLINE, FigureRule, PlacedRule, Rule
from metrics.definitions import Metric
from metrics.definitions.metric import RATIOS
from metrics.errors import did_you_mean
from metrics.mistakes import problems_of

FILE = "alerts.toml"
BLOCKS: Mapping[str, type[BaseModel]] = {"silence": Silence, "inhibit": Inhibit, "owner": Owner}
Block = TypeVar("Block", bound=BaseModel)


class RuleProblem(NamedTuple):
    """A mistake in the file. rule_id: of the rule that it breaks; of another block, its place in the file ('silence[1]')."""

    rule_id: str
    sentence: str


@dataclass(frozen=True)
class RuleBook:
    """What alerts.toml says. rules: those that hold together, an `error` rule always among them."""

    rules: tuple[Rule, ...] = (BROKEN_RULE,)
    silences: tuple[Silence, ...] = ()
    inhibits: tuple[Inhibit, ...] = ()
    owners: tuple[Owner, ...] = ()
    problems: tuple[RuleProblem, ...] = ()

    @property
    def by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @property
    def broken(self) -> frozenset[str]:
        """Ids of the rules that cannot be evaluated."""
        return frozenset(problem.rule_id for problem in self.problems) - set(self.by_id)


def rules_from(given: Mapping[str, Any], file: str = FILE) -> RuleBook:
    """The rules, silences, inhibits and owners of what was read from the file, and every problem with the rest. Never raises."""
    problems = [
        RuleProblem(key, f"{file}: {key} is not a key it knows.{did_you_mean(key, ['rule', *BLOCKS])}")
        for key in given if key not in ("rule", *BLOCKS)
    ]  # fmt: skip
    rules: list[Rule] = []
    for where, block in blocks(given, "rule", file, problems):
        rule = rule_from(where, block, file, problems, [rule.id for rule in rules])
        rules += [rule] if rule else []
    read = {name: tuple(read_blocks(given, name, model, file, problems)) for name, model in BLOCKS.items()}
    if not any(rule.kind == "error" for rule in rules):
        rules.append(BROKEN_RULE)
    return RuleBook(tuple(rules), read["silence"], read["inhibit"], read["owner"], tuple(problems))  # type: ignore[arg-type]


def blocks(given: Mapping[str, Any], name: str, file: str, problems: list[RuleProblem]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The [[name]] blocks with where they stand ('rule[2]')."""
    found = given.get(name, [])
    if not isinstance(found, list) or not all(isinstance(block, dict) for block in found):
        problems.append(RuleProblem(name, f"{file}: {name} is not a list of blocks; write each under [[{name}]]."))
        return
    for number, block in enumerate(found, 1):
        yield f"{name}[{number}]", block


def rule_from(where: str, block: Mapping[str, Any], file: str, problems: list[RuleProblem], taken: Sequence[str]) -> Rule | None:
    """The rule of one block, or None, with what is wrong added to `problems`."""
    name = block["id"] if isinstance(block.get("id"), str) and block["id"] else where
    kind = block.get("kind")
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        said = f" = {kind!r} is not a kind of rule.{did_you_mean(str(kind), list(KINDS))}" if "kind" in block else " is missing."
        problems.append(RuleProblem(name, f"{file}: {where}.kind{said}"))
        return None
    if name in (*taken, BROKEN_RULE.id):
        problems.append(
            RuleProblem(f"{name} ({where})", f"{file}: {where}.id = {name!r} is taken; the first one counts. Rename this one.")
        )
        return None
    try:
        return model.model_validate(block)
    except ValidationError as error:
        problems += [RuleProblem(name, sentence) for sentence in problems_of(file, model, error, prefix=where)]
        return None


def read_blocks(given: Mapping[str, Any], name: str, model: type[Block], file: str, problems: list[RuleProblem]) -> Iterator[Block]:
    for where, block in blocks(given, name, file, problems):
        try:
            yield model.model_validate(block)
        except ValidationError as error:
            problems += [RuleProblem(where, sentence) for sentence in problems_of(file, model, error, prefix=where)]


def fitted(book: RuleBook, metrics: Mapping[str, Metric], file: str = FILE) -> RuleBook:
    """The book without the rules that do not fit the catalogue, their problems added."""
    wrong = [RuleProblem(rule.id, f"{file}: rule {rule.id}: {said}") for rule in book.rules for said in misfits(rule, metrics)]
    return without(book, wrong)


def placed(book: RuleBook, sites: Sequence[str], file: str = FILE) -> RuleBook:
    """The book without the rules about sites that sites.csv does not know, their problems added. With no sites, as it is."""
    wrong = [
        RuleProblem(rule.id, f"{file}: rule {rule.id}: site {site!r} is not in sites.csv.{did_you_mean(site, sites)}")
        for rule in book.rules if isinstance(rule, PlacedRule) and sites
        for site in rule.sites if site not in sites
    ]  # fmt: skip
    return without(book, wrong)


def without(book: RuleBook, wrong: Sequence[RuleProblem]) -> RuleBook:
    """The book with these problems, and without the rules that have them."""
    broken = Counter(problem.rule_id for problem in wrong)
    rules = tuple(rule for rule in book.rules if rule.id not in broken)
    return replace(book, rules=rules, problems=(*book.problems, *wrong))


def misfits(rule: Rule, metrics: Mapping[str, Metric]) -> Iterator[str]:
    """Why the rule cannot be asked of the catalogue."""
    if not isinstance(rule, PlacedRule) or rule.metric in (HEADLINE, EVERY):
        return
    metric = metrics.get(rule.metric)
    if metric is None:
        yield f"metric {rule.metric!r} is not in the catalogue.{did_you_mean(rule.metric, list(metrics))}"
        return
    if isinstance(rule, LiveWaitRule) and (metric.kind != "duration" or metric.is_tally):
        yield f"metric {metric.id!r} is no wait that is counted case by case, so nobody can be seen waiting"
    if isinstance(rule, FigureRule) and rule.statistic not in (None, EACH, *metric.statistics):
        yield f"metric {metric.id!r} has no {rule.statistic}.{did_you_mean(str(rule.statistic), metric.statistics)}"
    if isinstance(rule, BinomialRule) and not set(metric.statistics) & set(RATIOS):
        yield f"metric {metric.id!r} has no share of cases that a binomial bound could be worked out for"
    if metric.better != "neither":
        return
    if isinstance(rule, LineRule) and rule.bad is None:
        yield f"neither way is better for metric {metric.id!r}; say which side is bad with bad = 'high' or 'low'"
    elif isinstance(rule, TargetRule) and not isinstance(rule, LineRule):
        yield f"neither way is better for metric {metric.id!r}, so no target can be missed"
    if isinstance(rule, SpcRule) and rule.side != "any":
        yield f"neither way is better for metric {metric.id!r}; say side = 'any'"
