"""Saved questions: queries/*.sql, each with a header that says what it answers, who answers for it and what it takes.

    -- title: Waits by site
    -- question: Which sites keep their patients waiting longest?
    -- owner: Operations
    -- reviewed: 2026-11-01
    -- param: metric text = door_to_provider     The metric's name
    -- param: since date = null                  First day; null for the last 12 weeks
    -- chart: bar x=site y=median
    -- returns: site_id, site, median
    -- note: What a reader has to know besides; may be left out.

A parameter is written `$metric` in the SQL. Its type is one of PARAM_TYPES; `null` is a default like any other. Without
`reviewed` a question is a scratch one and needs a title only. A question of the home is reviewed when it also names its
`reviewer`: whoever saves a changed copy of a shipped question has not had it reviewed by keeping its date.
`-- metric: key = value` lines make a query a metric.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from metrics.errors import UserError
from metrics.home import Home
from metrics.workbench.chart import Chart
from metrics.workbench.header import Header
from metrics.workbench.parameters import Param, nearest, parameters_in, value_of

BUILT_IN = Path(__file__).parents[2] / "queries"
REVIEW_EVERY = timedelta(days=365)  # codes, places and definitions all change within a year
UNSAVED = "the query"  # how a text that has no file yet is named in messages


@dataclass(frozen=True)
class Question:
    """A query and its header. `returns` are the columns of its answer, in order; empty where the header does not say.

    `path` is None for a text that was not saved. `metric` holds the metric header's keys and values as written; None without.
    """

    name: str
    path: Path | None
    sql: str
    title: str
    question: str
    owner: str
    reviewed: date | None
    params: tuple[Param, ...]
    returns: tuple[str, ...]
    note: str = ""
    chart: Chart | None = None
    metric: Mapping[str, str] | None = None
    reviewer: str = ""

    @property
    def scratch(self) -> bool:
        """Whether nobody has reviewed it: no review date, not saved, or the home's without a reviewer's name."""
        if self.reviewed is None or self.path is None:
            return True
        return self.path.parent != BUILT_IN and not self.reviewer

    def review_due(self, today: date) -> bool:
        """Whether its review is more than REVIEW_EVERY old. A scratch question has none that could grow old."""
        return not self.scratch and self.reviewed is not None and today - self.reviewed > REVIEW_EVERY

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
        return place_of(self.path)


@dataclass(frozen=True)
class Library:
    """The questions by name, in alphabetical order, and of each file that cannot be used, what is wrong with it."""

    questions: dict[str, Question]
    problems: dict[str, tuple[str, ...]]


def questions(home: Home) -> Library:
    """The built-in questions and the home's own, which win, as the files stand at this moment.

    A broken file of the home hides the built-in one of its name, so that nobody takes the one for the other.
    """
    return library_of(BUILT_IN, home.queries)


def library_of(*folders: Path) -> Library:
    """The questions of the folders; a later folder's win. Folders inside are not looked into."""
    paths = {path.stem: path for folder in folders for path in sorted(folder.glob("*.sql"))}
    found: dict[str, Question] = {}
    problems: dict[str, tuple[str, ...]] = {}
    for name in sorted(paths):
        try:
            found[name] = load_question(paths[name])
        except UserError as mistake:
            problems[name] = mistake.problems
    return Library(found, problems)


def load_folders(*folders: Path) -> dict[str, Question]:
    """The questions of the folders. Raises UserError with every mistake of every file."""
    library = library_of(*folders)
    if library.problems:
        raise UserError(*(problem for several in library.problems.values() for problem in several))
    return library.questions


def load_question(path: Path) -> Question:
    """Read one file. Raises UserError with every mistake of its header, each with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"{place_of(path)}: cannot be read as UTF-8 text ({type(problem).__name__})") from problem
    return question_of(text, path.stem, path)


def question_of(text: str, name: str = "", path: Path | None = None) -> Question:
    """The question that a text is, saved or not. Raises UserError with every mistake of its header and parameters."""
    question = _read(text, name, path)
    if isinstance(question, tuple):
        raise UserError(*question)
    return question


def header_of(text: str, path: Path | None = None) -> Header:
    """The lines of comment at the head of the text, read; mistakes are in its `problems`."""
    header = Header(place_of(path))
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("--"):
            break
        header.read(number, line)
    return header


def place_of(path: Path | None) -> str:
    return f"queries/{path.name}" if path else UNSAVED


@lru_cache(maxsize=512)  # by the whole text: a file that changed in any byte is read again, whatever its date says
def _read(text: str, name: str, path: Path | None) -> Question | tuple[str, ...]:
    header = header_of(text, path)
    problems = [*header.problems, *header.finished(saved=path is not None), *_disagreements(place_of(path), text, header.params)]
    if problems:
        return tuple(problems)
    said = header.said
    return Question(
        name,
        path,
        text,
        said.get("title", ""),
        said.get("question", ""),
        said.get("owner", ""),
        date.fromisoformat(said["reviewed"]) if "reviewed" in said else None,
        tuple(header.params),
        header.returns,
        said.get("note", ""),
        header.chart,
        header.metric or None,
        said.get("reviewer", ""),
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
