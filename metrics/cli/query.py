"""timely query: SQL by the same guarded path as the workbench."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from metrics.cli.application import home_path
from metrics.cli.printing import Format, print_rows, say
from metrics.errors import UserError


def query(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A saved question in queries/. Without any, the list of them.")] = None,
    sql: Annotated[str | None, typer.Option("-e", help="SQL to run.")] = None,
    file: Annotated[Path | None, typer.Option("-f", help="A file of SQL to run.")] = None,
    param: Annotated[list[str] | None, typer.Option(help="A parameter: name=value. May be given again.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print the rows.")] = Format.table,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Run a saved question, or SQL, against the generation in force. Only reading is possible."""
    from metrics.home import open_home
    from metrics.workbench.query import query as run
    from metrics.workbench.questions import load_questions

    home = open_home(home_path(context))
    form = Format.json if as_json else form
    if name is None and sql is None and file is None:
        rows = [{"name": q.name, "title": q.title, "owner": q.owner, "reviewed": q.reviewed} for q in load_questions(home).values()]
        print_rows(pl.DataFrame(rows), form)
        return
    result = run(home, name=name, sql=sql, file=file, params=_parameters(param or []))
    print_rows(result.frame, form)
    if result.truncated:
        say(f"truncated: only the first {result.frame.height:,} rows are shown")


def _parameters(given: list[str]) -> dict[str, str]:
    wrong = [f"--param {text}: expected name=value" for text in given if "=" not in text]
    if wrong:
        raise UserError(*wrong)
    return dict(text.split("=", 1) for text in given)
