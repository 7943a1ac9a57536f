"""Running a person's query: a saved question by name, a text, or a file; guarded, limited, on the generation in force."""

from pathlib import Path
from typing import Any

from metrics.errors import UserError, did_you_mean
from metrics.home import Home
from metrics.warehouse import Generation, Limits, Result, current, run_query
from metrics.warehouse.explaining import split_explain
from metrics.workbench.guard import refusal
from metrics.workbench.parameters import nearest, parameters_in
from metrics.workbench.questions import Question, questions


def query(
    home: Home, name: str | None = None, sql: str | None = None, file: Path | None = None, params: dict[str, Any] | None = None
) -> Result:
    """The answer of one question to the generation in force.

    Exactly one of `name` (a saved question), `sql` and `file` is given. A saved question's parameters are read by
    their declared types and have defaults; those of other SQL are bound as they are given. Raises UserError.
    """
    if sum(given is not None for given in (name, sql, file)) != 1:
        raise UserError("give one of: the name of a saved question, SQL, or a file of SQL")
    generation = current(home.path)
    if name is not None:
        question = saved(home, name)
        return run(home, generation, question.sql, question.bound(params or {}))
    return run(home, generation, sql if sql is not None else text_of(file), params)


def run(home: Home, generation: Generation, sql: str, params: dict[str, Any] | None = None) -> Result:
    """The answer of guarded SQL to a generation, within the home's limits. Raises UserError with one sentence a problem.

    A parameter that the SQL uses and nobody gave, or the other way round, is an error that names the nearest.
    """
    why = refusal(sql)
    if why:
        raise UserError(why)
    check_params(sql, params or {})
    return run_query(generation, sql, params, limits_of(home))


def limits_of(home: Home) -> Limits:
    """The limits that timely.toml sets for queries."""
    allowed = home.settings.query
    return Limits(seconds=allowed.seconds, rows=allowed.rows, memory_mb=allowed.memory_mb)


def saved(home: Home, name: str) -> Question:
    """The saved question of that name. UserError names the nearest, or what is wrong with its file; other files do not matter."""
    library = questions(home)
    if name in library.problems:
        raise UserError(*library.problems[name])
    if name not in library.questions:
        raise UserError(f"there is no question {name}.{did_you_mean(name, list(library.questions))}")
    return library.questions[name]


def check_params(sql: str, given: dict[str, Any]) -> None:
    """Raises UserError where the parameters given are not those of the SQL."""
    try:
        used = parameters_in(split_explain(sql)[1])
    except ValueError:
        return
    unknown = [f"unknown parameter ${name}.{nearest(name, used)}" for name in given if name not in used]
    missing = [f"no value for parameter ${name}. Give one: --param {name}=VALUE" for name in used if name not in given]
    if unknown or missing:
        raise UserError(*unknown, *missing)


def text_of(file: Path | None) -> str:
    """The SQL in a file. UserError when it cannot be read."""
    try:
        return Path(file or "").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"{file}: cannot be read as UTF-8 text ({type(problem).__name__})") from problem
