"""alerts.toml: the rules. A file that cannot be read is an error as in every file; a broken rule is told, and stops no other."""

from collections.abc import Sequence
from pathlib import Path

from metrics.alerts.rulebook import RuleBook, placed, rules_from
from metrics.home.files import toml_of


def read_alert_rules(path: Path, sites: Sequence[str]) -> tuple[RuleBook, list[str]]:
    """The rule book, its own problems inside it, and why the file could not be read at all.

    sites: those of sites.csv that a rule may name; none: a rule's sites are not looked up (sites.csv is wrong and says so itself).
    """
    read, problems = toml_of(path)
    return placed(rules_from(read or {}, path.name), sites, path.name), problems
