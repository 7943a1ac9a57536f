"""Saved questions: queries/*.sql, each with a header that says what it answers, who answers for it and what it takes.

    -- title: Waits by site
    -- question: Which sites keep their patients waiting longest?
    -- owner: Operations
    -- reviewed: 2026-11-01
    -- param: metric text = door_to_provider     The metric's name
    -- param: since date = null                  First day; null for the last 12 weeks
    -- returns: site_id, site, median
    -- note: What a reader has to know besides; may be left out.

A parameter is written `$metric` in the SQL. Its type is one of PARAM_TYPES; `null` is a default like any other.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from metrics.errors import UserError, did_you_mean
from metrics.home import Home
from metrics.sources.reading_nodes import every_node, parsed_statements

BUILT_IN = Path(__file__).parents[2] / "queries"
HEADER = re.compile(r"--\s*(\w+):\s*(.*)")
PARAM = re.compile(r"(\w+)\s+(\w+)\s*=\s*('(?:[^']|'')*'|\S+)\s*(.*)")
REQUIRED = ("title", "question", "owner", "reviewed", "returns")
FIELDS = (*REQUIRED, "param", "note")
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
READERS: dict[str, tuple[Callable[[str], Any], str]] = {  # how a parameter's text is read, and what is expected
    "text": (str, "a text"),
    "date": (date.fromisoformat, "a date such as 2026-11-01"),
    "instant": (datetime.fromisoformat, "an instant such as 2026-11-01T09:30"),
    "integer": (int, "a whole number"),
    "number": (float, "a number"),
    "flag": (lambda text: FLAGS[text.lower()], "true or false"),
}
PARAM_TYPES = tuple(READERS)


@dataclass(frozen=True)
class Param:
    """One parameter: `$name`, its type, the value it has when none is given, and what it means."""

    name: str
    type: str
    default: Any
    meaning: str = ""


@dataclass(frozen=True)
class Question:
    """A saved query and its header. `returns` are the columns of its answer, in order."""

    name: str
    path: Path
    sql: str
    title: str
    question: str
    owner: str
    reviewed: date
    params: tuple[Param, ...]
    returns: tuple[str, ...]
    note: str = ""

    def bound(self, given: dict[str, Any]) -> dict[str, Any]:
        """Every parameter with its value: the given one, read by its type, or the default.

        Raises UserError that names each unknown parameter, with the nearest known one, and each unreadable value.
        """
        values = {param.name: param.default for param in self.params}
        problems: list[str] = []
        known = {param.name: param for param in self.params}
        for name, value in given.items():
            if name not in known:
                problems.append(f"{self.place}: unknown parameter ${name}.{_nearest(name, known)}")
                continue
            try:
                values[name] = value_of(value, known[name].type)
            except ValueError as problem:
                problems.append(f"{self.place}: ${name}: {problem}")
        if problems:
            raise UserError(*problems)
        return values

    @property
    def place(self) -> str:
        return f"queries/{self.path.name}"


def load_questions(home: Home) -> dict[str, Question]:
    """Every saved question by name: the built-in ones, then the home's own, which win. Raises UserError with all mistakes."""
    return load_folders(BUILT_IN, home.queries)


def load_folders(*folders: Path) -> dict[str, Question]:
    """The questions of the folders by name, in alphabetical order; a later folder's win. Folders inside are not looked into."""
    paths = {path.stem: path for folder in folders for path in sorted(folder.glob("*.sql"))}
    questions: dict[str, Question] = {}
    problems: list[str] = []
    for name in sorted(paths):
        try:
            questions[name] = load_question(paths[name])
        except UserError as mistake:
            problems += mistake.problems
    if problems:
        raise UserError(*problems)
    return questions


def load_question(path: Path) -> Question:
    """Read one file. Raises UserError with every mistake of its header, each with file and line."""
    place = f"queries/{path.name}"
    try:
        sql = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"{place}: cannot be read as UTF-8 text ({type(problem).__name__})") from problem
    header = _Header(place)
    for number, line in enumerate(sql.splitlines(), start=1):
        if not line.startswith("--"):
            break
        header.read(number, line)
    problems = [*header.problems, *header.missing(), *_disagreements(place, sql, header.params)]
    if problems:
        raise UserError(*problems)
    said = header.said
    return Question(
        path.stem,
        path,
        sql,
        said["title"],
        said["question"],
        said["owner"],
        date.fromisoformat(said["reviewed"]),
        tuple(header.params),
        tuple(name.strip() for name in said["returns"].split(",")),
        said.get("note", ""),
    )


class _Header:
    """What the header lines said so far, and what is wrong with them."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.said: dict[str, str] = {}
        self.params: list[Param] = []
        self.problems: list[str] = []

    def read(self, number: int, line: str) -> None:
        found = HEADER.fullmatch(line.strip())
        if not found:
            return
        key, text = found[1], found[2].strip()
        if key not in FIELDS:
            self.problems.append(f"{self.place}:{number}: unknown header '{key}'.{did_you_mean(key, FIELDS)}")
        elif key == "param":
            self.read_param(number, text)
        elif key in self.said:
            self.problems.append(f"{self.place}:{number}: {key} is said twice")
        elif key == "reviewed" and not _is_date(text):
            self.problems.append(f"{self.place}:{number}: reviewed: '{text}' is not a date; write it as 2026-11-01")
        else:
            self.said[key] = text

    def read_param(self, number: int, text: str) -> None:
        where = f"{self.place}:{number}: param"
        found = PARAM.fullmatch(text)
        if not found:
            self.problems.append(f"{where}: '{text}' is not 'name type = default   meaning'")
        elif found[2] not in PARAM_TYPES:
            self.problems.append(f"{where} {found[1]}: unknown type '{found[2]}'.{did_you_mean(found[2], PARAM_TYPES)}")
        elif found[1] in {param.name for param in self.params}:
            self.problems.append(f"{where} {found[1]}: is said twice")
        else:
            try:
                default = _default(found[3], found[2])
            except ValueError as problem:
                self.problems.append(f"{where} {found[1]}: {problem}")
                default = None
            self.params.append(Param(found[1], found[2], default, found[4]))

    def missing(self) -> Iterator[str]:
        """Each header that is not there; one that was there and wrong has been told already."""
        told = " ".join(self.problems)
        for key in REQUIRED:
            if not self.said.get(key) and f": {key}:" not in told:
                yield f"{self.place}: no header '-- {key}: ...'"


def parameters_in(sql: str) -> list[str]:
    """The names of the `$name` parameters of a query, each once, in order. Raises ValueError when it cannot be parsed."""
    names = [str(node["identifier"]) for statement in parsed_statements(sql) for node in every_node(statement) if _is_param(node)]
    return list(dict.fromkeys(reversed(names)))


def value_of(text: Any, kind: str) -> Any:
    """The value a text stands for. Anything but text is taken as it is; 'null' is nothing. ValueError says what was expected."""
    if not isinstance(text, str):
        return text
    if text == "null":
        return None
    try:
        return READERS[kind][0](text)
    except (ValueError, KeyError):
        raise ValueError(f"'{text}' is not {READERS[kind][1]}") from None


def _default(text: str, kind: str) -> Any:
    """A default as the header writes it: in quotes where it holds blanks."""
    return text[1:-1].replace("''", "'") if text.startswith("'") else value_of(text, kind)


def _disagreements(place: str, sql: str, params: list[Param]) -> Iterator[str]:
    """Parameters that the SQL uses and the header does not declare, or the other way round."""
    try:
        used = parameters_in(sql)
    except ValueError as problem:
        yield f"{place}: {problem}"
        return
    declared = {param.name: param for param in params}
    yield from (f"{place}: unknown parameter ${name}.{_nearest(name, declared)}" for name in used if name not in declared)
    yield from (f"{place}: parameter ${name} is declared and never used" for name in declared if name not in used)


def _nearest(name: str, known: dict[str, Param]) -> str:
    if not known:
        return " It takes none."
    return did_you_mean(f"${name}", [f"${other}" for other in known])


def _is_param(node: dict[str, Any]) -> bool:
    return node.get("class") == "PARAMETER"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
