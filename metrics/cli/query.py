"""timely query: SQL by the same guarded path as the workbench."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import typer

from metrics.cli.application import home_path, instant
from metrics.cli.printing import Format, print_json, print_rows, say
from metrics.cli.promoting import promote as promoted
from metrics.errors import UserError, did_you_mean

if TYPE_CHECKING:
    from metrics.home import Home
    from metrics.warehouse import Generation

EXPORTS = (".csv", ".parquet", ".xlsx")
Name = Annotated[str | None, typer.Argument(help="A saved question in queries/. Without any, or 'list', the list of them.")]
Export = Annotated[Path | None, typer.Option(help="Write the answer to a file: .csv (safe in a spreadsheet), .parquet or .xlsx.")]
Promote = Annotated[
    bool, typer.Option("--promote", help="Show what the question would be as a metric: its history, its file, what it fails.")
]
Keys = Annotated[
    list[str] | None, typer.Option(help="With --promote: a key of the metric's header: kind=rate. May be given again.")
]


def query(
    context: typer.Context,
    name: Name = None,
    sql: Annotated[str | None, typer.Option("-e", help="SQL to run.")] = None,
    file: Annotated[Path | None, typer.Option("-f", help="A file of SQL to run; its header's parameters hold.")] = None,
    param: Annotated[list[str] | None, typer.Option(help="A parameter: name=value. May be given again.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Run it, and say in words what it reads and what is slow.")] = False,
    export: Export = None,
    history: Annotated[bool, typer.Option("--history", help="Your newest queries, and what became of them.")] = False,
    promote: Promote = False,
    metric: Keys = None,
    write: Annotated[bool, typer.Option("--write", help="With --promote: write the file into the home's queries/.")] = False,
    by: Annotated[str, typer.Option(help="Your name, for the log of queries.", envvar="TIMELY_USER")] = "",
    form: Annotated[Format, typer.Option("--format", help="How to print the rows.")] = Format.table,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Run a saved question, or SQL, against the generation in force. Only reading is possible."""
    from metrics.home import open_home

    home = open_home(home_path(context))
    form = Format.json if as_json else form
    asked = [given for given in (name, sql, file) if given is not None]
    if export is not None and export.suffix not in EXPORTS:
        raise UserError(f"--export {export}: its name has to end in .csv, .parquet or .xlsx.{did_you_mean(export.suffix, EXPORTS)}")
    if not promote and (metric or write):
        raise UserError("--metric and --write go with --promote")
    if promote:
        if name is None or len(asked) > 1:
            raise UserError("--promote: name the saved question: timely query NAME --promote")
        promoted(home, name, metric or [], person_of(by), write, form)
    elif history:
        print_rows(_history(home, person_of(by)), form)
    elif not asked or (asked == ["list"] and name == "list"):
        print_rows(_listed(home, instant(context).date()), form)
    elif len(asked) > 1:
        raise UserError("give one of: the name of a saved question, -e SQL, or -f FILE")
    else:
        _answered(home, (name, sql, file), _parameters(param or []), person_of(by), explain, export, form)


def _answered(
    home: "Home",
    asked: tuple[str | None, str | None, Path | None],
    given: dict[str, str],
    person: str,
    explain: bool,
    export: Path | None,
    form: Format,
) -> None:
    from metrics.warehouse import current
    from metrics.workbench.running import run

    generation = current(home.path)
    text, params = _bound(home, asked, given)
    if explain:
        _explained(home, generation, text, params, form)
        return
    result = run(home, generation, text, params, person, name=asked[0], door="command")
    if export is not None:
        _exported(result.frame, export)
        say(f"wrote {export}: {result.frame.height:,} rows in {result.seconds:.2f} seconds")
    else:
        print_rows(result.frame, form)
    if result.truncated:
        say(f"truncated: only the first {result.frame.height:,} rows are {'in it' if export else 'shown'}")


def _bound(home: "Home", asked: tuple[str | None, str | None, Path | None], given: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """The SQL and its parameters, read by the types that a header declares; without one they are texts."""
    from metrics.workbench.query import saved, text_of
    from metrics.workbench.questions import header_of, question_of

    name, sql, file = asked
    if name is not None:
        question = saved(home, name)
        return question.sql, question.bound(given)
    text = sql if sql is not None else text_of(file)
    if header_of(text).params:
        return text, question_of(text).bound(given)
    return text, dict(given)


def _explained(home: "Home", generation: "Generation", text: str, params: dict[str, Any], form: Format) -> None:
    from metrics.workbench.plans import in_words
    from metrics.workbench.query import limits_of

    told = in_words(generation, text, params, limits_of(home))
    if form is Format.json:
        print_json(told)
    else:
        print("\n".join(told))


def _exported(frame: pl.DataFrame, path: Path) -> None:
    from metrics.workbench import exports

    write = {".csv": exports.as_csv, ".parquet": exports.as_parquet, ".xlsx": exports.as_xlsx}[path.suffix]
    try:
        path.write_bytes(write(frame))
    except OSError as problem:
        raise UserError(f"--export {path}: cannot be written: {problem.strerror}. Name another file") from problem


def _listed(home: "Home", today: date) -> pl.DataFrame:
    """Every question; what is wrong with a file that cannot be used is said on stderr."""
    from metrics.workbench.questions import questions

    library = questions(home)
    for problem in (problem for several in library.problems.values() for problem in several):
        say(problem)
    return pl.DataFrame(
        [
            {"name": one.name, "title": one.title, "owner": one.owner, "reviewed": one.reviewed, "standing": standing}
            for one in library.questions.values()
            for standing in ["scratch" if one.scratch else "review is due" if one.review_due(today) else "reviewed"]
        ],
        schema_overrides={"reviewed": pl.Date},
    )


def _history(home: "Home", person: str) -> pl.DataFrame:
    from metrics.ledger import open_ledger
    from metrics.workbench.history import history

    return history(open_ledger(home), person)


def person_of(by: str) -> str:
    """The name given, else the one this machine knows the user by."""
    from getpass import getuser

    return by.strip() or getuser()


def _parameters(given: list[str]) -> dict[str, str]:
    wrong = [f"--param {text}: expected name=value" for text in given if "=" not in text]
    if wrong:
        raise UserError(*wrong)
    return dict(text.split("=", 1) for text in given)
