"""The catalogue read from folders of TOML files: strict, with every problem of every file at once."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from metrics.definitions.metric import Family, Metric
from metrics.definitions.shape import INSTANTS, PREDICATES, WHOLE_NUMBERS, shape_problems
from metrics.definitions.trial import expression_problems
from metrics.errors import UserError, did_you_mean
from metrics.events import TABLES

BUILT_IN = Path(__file__).parents[1] / "catalog"  # the catalogue that comes with Timely
FAMILIES: tuple[str, ...] = get_args(Family)
KEYS = tuple(key for key in Metric.model_fields if key not in ("id", "parts"))
ID = re.compile(r"[a-z][a-z0-9_]*")  # an id becomes part of column names


def load_catalog(*folders: Path) -> dict[str, Metric]:
    """Every metric of the folders' *.toml files by id, ordered by family (as `Family` lists them), then id.

    A folder that does not exist holds nothing. Raises UserError with every problem of every file: unknown keys and
    columns with the nearest known one, missing keys, expressions that one engine does not take, an id that
    two folders define. The expressions of the built-in catalogue are not tried again: its tests do, and a trial of all takes
    twenty times as long as the rest.
    """
    problems: list[str] = []
    found: dict[str, tuple[Path, Metric | None]] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        metric, wrong = read_metric(path, tried=path.parent != BUILT_IN)
        problems += [f"{shown(path)}: {problem}" for problem in wrong]
        if path.stem in found:
            first = shown(found[path.stem][0])
            problems.append(f"{shown(path)}: metric '{path.stem}' is already defined in {first}; rename one of the two files")
        found.setdefault(path.stem, (path, metric))
    if problems:
        raise UserError(*problems)
    metrics = [metric for _, metric in found.values() if metric is not None]
    if strays := [problem for path, metric in found.values() if metric for problem in _stray_variant(path, metric, tuple(found))]:
        raise UserError(*strays)
    known = {metric.id: metric for metric in metrics}
    if wrong := [problem for path, metric in found.values() if metric for problem in _part_problems(path, metric, known)]:
        raise UserError(*wrong)
    metrics = [with_parts(metric, known) for metric in metrics]
    return {metric.id: metric for metric in sorted(metrics, key=lambda m: (FAMILIES.index(m.family), m.id))}


def _stray_variant(path: Path, metric: Metric, known: tuple[str, ...]) -> Iterator[str]:
    """A variant of a metric that no folder holds, said with the nearest one that is there."""
    if metric.variant_of is not None and metric.variant_of not in known:
        near = did_you_mean(metric.variant_of, known)
        yield f"{shown(path)}: variant_of: there is no metric '{metric.variant_of}'.{near}"


def _part_problems(path: Path, metric: Metric, known: Mapping[str, Metric]) -> Iterator[str]:
    """What a ratio is said to be made of and is not there, or is no count."""
    for key, names in (("numerator_of", (metric.numerator_of,)), ("denominator_of", metric.denominator_of)):
        for name in names:
            if name is not None and name not in known:
                yield f"{shown(path)}: {key}: there is no metric '{name}'.{did_you_mean(name, tuple(known))}"
            elif name is not None and known[name].kind != "count":
                yield f"{shown(path)}: {key}: {name} is a {known[name].kind}; a ratio is made of counts"


def with_parts(metric: Metric, known: Mapping[str, Metric]) -> Metric:
    """The metric with the counts that it is made of, where it is a ratio."""
    if metric.numerator_of is None:
        return metric
    return metric.model_copy(update={"parts": tuple(known[name] for name in (metric.numerator_of, *metric.denominator_of))})


def read_metric(path: Path, tried: bool = True) -> tuple[Metric | None, list[str]]:
    """The metric one file holds, or None and what is wrong with it. tried: its expressions are tried on both engines."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        return None, [f"is not UTF-8 text (byte {error.start}); save it as UTF-8"]
    except OSError as error:
        return None, [f"cannot be read as TOML: {error}"]
    metric, problems = _made_of(text, path.stem, tried)
    return metric, [*problems]


@lru_cache(maxsize=1024)  # every refresh, page and request asks for the whole catalogue, whose files are the same as a moment ago
def _made_of(text: str, name: str, tried: bool) -> tuple[Metric | None, tuple[str, ...]]:
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (f"cannot be read as TOML: {error}",)
    metric, problems = metric_from(name, given, tried)
    return metric, tuple(problems)


def metric_from(name: str, given: Mapping[str, Any], tried: bool = True) -> tuple[Metric | None, list[str]]:
    """The metric that the keys and values of a TOML file make, or None and every problem with them."""
    problems = [*_name_problems(name, given), *shape_problems(given), *(_expression_problems(given) if tried else ())]
    try:
        metric = Metric(**{**given, "id": name})
    except ValidationError as error:
        return None, [*(_sentence(detail) for detail in error.errors()), *problems]
    return (None, problems) if problems else (metric, [])


def shown(path: Path) -> str:
    """The path as a person would name it: from the current folder where it lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _name_problems(name: str, given: Mapping[str, Any]) -> Iterator[str]:
    if not ID.fullmatch(name):
        yield f"the file's name is the metric's id; '{name}' must be lower-case letters, digits and _, starting with a letter"
    if "id" in given:
        yield "id: the file's name is the id; remove the key"


def _expression_problems(given: Mapping[str, Any]) -> Iterator[str]:
    table = given.get("table")
    if not isinstance(table, str) or table not in TABLES or "tally" in given:
        return
    for keys, wanted in ((PREDICATES, "flag"), (INSTANTS, "instant"), (WHOLE_NUMBERS, "whole number")):
        for key in keys:
            if isinstance(given.get(key), str):
                yield from (f"{key}: {problem}" for problem in expression_problems(given[key], table, wanted))


def _sentence(detail: ErrorDetails) -> str:
    """One of pydantic's errors as a sentence that starts with the key."""
    key = str(detail["loc"][0]) if detail["loc"] else "file"
    value = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return f"{key}: unknown key.{did_you_mean(key, KEYS)}"
        case "missing":
            return f"{key}: missing; every metric says it"
        case "literal_error":
            expected = tuple(re.findall(r"'([^']+)'", detail["ctx"]["expected"]))
            return f"{key}: '{value}' is not known.{did_you_mean(str(value), expected)}"
        case "value_error":
            return f"{key}: {detail['ctx']['error']}"
        case _:
            return f"{key}: {value!r}: {detail['msg'][0].lower()}{detail['msg'][1:]}"
