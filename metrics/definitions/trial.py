"""Each SQL expression of a definition tried on both engines, so that a broken one is an error at load.

Nothing is run over data: Polars resolves the expression on the table's empty frame, DuckDB binds it in a
`where` (which refuses aggregates and windows: a definition speaks of one row).
"""

from functools import cache

import duckdb
import polars as pl

from metrics.definitions.derived import usable_columns, usable_schema
from metrics.errors import did_you_mean
from metrics.events import TABLES
from metrics.events.declaration import Type

WANTED: dict[str, tuple[tuple[pl.DataType, ...], str]] = {
    "flag": ((pl.Boolean(),), "true or false"),
    "instant": ((pl.Datetime("us"),), "an instant"),
    "whole number": ((pl.Int32(), pl.Int64()), "a whole number"),
}
DUCKDB_TYPES: dict[Type, str] = {
    "text": "varchar", "instant": "timestamp", "date": "date", "integer": "bigint", "number": "double", "flag": "boolean",
}  # fmt: skip


def expression_problems(text: str, table: str, wanted: str) -> list[str]:
    """What is wrong with an expression over the table, as sentences; empty when both engines take it.

    `wanted` is 'flag' (a predicate), 'instant' or 'whole number'. Unknown columns are named first, and alone: what they break
    is not worth reading. KeyError for an unknown table.
    """
    try:
        expression = pl.sql_expr(text)
        names = expression.meta.root_names()
    except Exception as error:  # Polars raises several families, panics among them
        return [f"Polars does not take {text!r}: {_first_line(error)}"]
    columns = usable_columns(TABLES[table])
    unknown = [name for name in dict.fromkeys(names) if name not in columns]
    if unknown:
        return [f"unknown column '{name}'.{did_you_mean(name, tuple(columns))}" for name in unknown]
    return _type_problems(text, expression, table, wanted) or _engine_problems(text, table) or _codes_off_the_list(text, table)


def _type_problems(text: str, expression: pl.Expr, table: str, wanted: str) -> list[str]:
    empty = pl.DataFrame(schema=usable_schema(table))
    try:
        found = empty.select(expression.alias("found")).schema["found"]
    except Exception as error:
        return [f"Polars does not take {text!r}: {_first_line(error)}"]
    wanted_types, words = WANTED[wanted]
    return [] if found in wanted_types else [f"{text!r} gives {found}, not {words}"]


def _engine_problems(text: str, table: str) -> list[str]:
    try:
        with _empty_tables().cursor() as cursor:
            cursor.execute(f"select 1 from {table} where ({text}) is not null")
    except duckdb.Error as error:
        return [f"DuckDB does not take {text!r}: {_first_line(error)}"]
    return []


@cache
def _empty_tables() -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory with every event table empty, and no way to a file; made once, for it takes longer than a trial."""
    engine = duckdb.connect(config={"enable_external_access": "false"})
    for table in TABLES.values():
        columns = ", ".join(f'"{column.name}" {DUCKDB_TYPES[column.type]}' for column in usable_columns(table).values())
        engine.execute(f"create table {table.name} ({columns})")
    return engine


def _codes_off_the_list(text: str, table: str) -> list[str]:
    """Codes compared with a column whose closed list does not hold them: such a predicate never holds."""
    columns = TABLES[table].column
    return [
        f"{name} is never '{code}'.{did_you_mean(code, columns[name].values)}"
        for name, code in _compared_codes(text)
        if name in columns and columns[name].values and code not in columns[name].values
    ]


def _compared_codes(text: str) -> list[tuple[str, str]]:
    import sqlglot  # noqa: PLC0415 (asked for by a home's own definitions alone, and every command would wait for it)
    from sqlglot import exp  # noqa: PLC0415

    tree = sqlglot.parse_one(text, dialect="duckdb")
    found: list[tuple[str, str]] = []
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        against = node.expressions if isinstance(node, exp.In) else [node.expression]
        if isinstance(node.this, exp.Column):
            found += [(node.this.name, value.name) for value in against if isinstance(value, exp.Literal) and value.is_string]
    return found


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0]
