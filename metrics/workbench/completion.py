"""What can be typed next in the editor, each with what it means."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import duckdb

from metrics.home import Home
from metrics.warehouse import Generation, run_query
from metrics.workbench import allowed
from metrics.workbench.meanings import meaning_of_table, schema
from metrics.workbench.questions import header_of, questions


@dataclass(frozen=True)
class Completion:
    """kind: table, column, metric, parameter or function. `table`: of a column, whose it is. `type`: of a column or parameter."""

    kind: str
    name: str
    meaning: str
    table: str = ""
    type: str = ""


def completions(generation: Generation, home: Home, sql: str = "") -> list[Completion]:
    """Every table, column (once a table), metric and function that a query can use, and the parameters: those that the header
    of `sql` declares, else those of the saved questions."""
    return [*_tables_and_columns(generation), *_metrics(generation), *_parameters(home, sql), *functions_told()]


def _tables_and_columns(generation: Generation) -> Iterator[Completion]:
    columns = schema(generation)
    for table in columns["table_name"].unique(maintain_order=True).to_list():
        yield Completion("table", table, meaning_of_table(table))
    for table, column, kind, meaning in columns.rows():
        yield Completion("column", column, meaning, table, kind.lower())


def _metrics(generation: Generation) -> Iterator[Completion]:
    known = run_query(generation, "select metric, title || ': ' || question from definitions order by position, metric").frame
    yield from (Completion("metric", metric, meaning) for metric, meaning in known.rows())


def _parameters(home: Home, sql: str) -> Iterator[Completion]:
    declared = header_of(sql).params or [param for question in questions(home).questions.values() for param in question.params]
    for name, param in {param.name: param for param in declared}.items():
        yield Completion("parameter", f"${name}", param.help, type=param.type)


@cache
def functions_told() -> tuple[Completion, ...]:
    """The functions that the guard allows, with DuckDB's own words for them; operators written as functions are left out."""
    asked = "select function_name, any_value(description) from duckdb_functions() group by all order by 1"
    with duckdb.connect(":memory:") as connection:
        told = dict(connection.execute(asked).fetchall())
    names = sorted(name for name in allowed.functions() | allowed.TABLE_FUNCTIONS if name.isidentifier() and "__" not in name)
    return tuple(Completion("function", name, told.get(name) or "") for name in names)
