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

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from metrics.errors import UserError
from metrics.home import Home
from metrics.workbench.header import Header
from metrics.workbench.parameters import Param, nearest, parameters_in, value_of

BUILT_IN = Path(__file__).parents[2] / "queries"


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
                problems.append(f"{self.place}: unknown parameter ${name}.{nearest(name, known)}")
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
    header = Header(place)
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


def _disagreements(place: str, sql: str, params: list[Param]) -> Iterator[str]:
    """Parameters that the SQL uses and the header does not declare, or the other way round."""
    try:
        used = parameters_in(sql)
    except ValueError as problem:
        yield f"{place}: {problem}"
        return
    declared = {param.name: param for param in params}
    yield from (f"{place}: unknown parameter ${name}.{nearest(name, declared)}" for name in used if name not in declared)
    yield from (f"{place}: parameter ${name} is declared and never used" for name in declared if name not in used)
