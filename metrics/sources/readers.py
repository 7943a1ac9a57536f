"""The reader calls of a mapping (`read_csv($files, ...)`): which function, which of the files given, which options."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from pathlib import Path

import duckdb

from metrics.errors import UserError
from metrics.sources.reading_nodes import READERS, Tree, every_node, written_sql

EXCEL = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})


@dataclass(frozen=True)
class ReaderCall:
    """One reader call: the function, the files it is to read, its options as SQL text."""

    function: str
    files: tuple[Path, ...]
    options: MappingOf[str, str]

    @property
    def kind(self) -> str:
        """csv, parquet, json, objects (whole JSON objects) or xlsx."""
        if self.function.endswith("_objects"):
            return "objects"
        return next(kind for kind in ("csv", "parquet", "xlsx", "json") if kind in self.function.replace("ndjson", "json"))

    def value(self, connection: duckdb.DuckDBPyConnection, *names: str) -> object:
        """The value of the first of the named options that is given, or None."""
        text = next((self.options[name] for name in names if name in self.options), None)
        rows = connection.execute(f"select {text}").fetchall() if text else []  # all: a result half read blocks the connection
        return rows[0][0] if rows else None


def is_reader(node: Tree) -> bool:
    return node.get("type") == "TABLE_FUNCTION" and str(node["function"]["function_name"]).lower() in READERS


def call_of(node: Tree, groups: MappingOf[str, list[str]], connection: duckdb.DuckDBPyConnection) -> ReaderCall:
    """The call a reader's node makes. `groups` are the lists of files by name ('files': all of them).

    Raises UserError when it reads anything but the files given, or none of them, or a file of another kind.
    """
    name = str(node["function"]["function_name"]).lower()
    first, *rest = node["function"]["arguments"]
    parameters = {inner["identifier"] for inner in every_node(first) if inner.get("class") == "PARAMETER"}
    text = expression_text(first["expression"])
    if not parameters or parameters - groups.keys():
        known = ", ".join(f"${group}" for group in groups)
        raise UserError(f"{name}({text}) does not read the files given. Write {name}($files). Known: {known}.")
    rows = connection.execute(f"select {text}", {group: groups[group] for group in parameters}).fetchall()
    found = rows[0][0] if rows else None
    files = tuple(Path(file) for file in ([found] if isinstance(found, str) else found or []))
    if not files:
        raise UserError(f"{name}({text}) finds none of the files given. Give the file it asks for as well.")
    given = {file for group in groups.values() for file in group}
    problems = [f"{name}({text}) asks for {file}, which was not given." for file in files if str(file) not in given]
    problems += [problem for file in files if (problem := wrong_kind(name, file))]
    if problems:
        raise UserError(*problems)
    return ReaderCall(name, files, dict(option_of(argument) for argument in rest))


def wrong_kind(function: str, file: Path) -> str | None:
    excel = file.suffix.lower() in EXCEL
    if excel and function != "read_xlsx":
        return f"{file.name} is an Excel file: read it with read_xlsx($files, sheet = 'NAME'), not {function}()."
    if function == "read_xlsx" and not excel:
        return f"{file.name} is not an Excel file: read it with read_csv($files), not read_xlsx()."
    return None


def option_of(argument: Tree) -> tuple[str, str]:
    """Name and SQL text of one `name = value` (or `name := value`) of a reader call."""
    expression = argument["expression"]
    if argument["name"]:
        return str(argument["name"]).lower(), expression_text(expression)
    if expression.get("type") == "COMPARE_EQUAL" and expression["left"].get("class") == "COLUMN_REF":
        return str(expression["left"]["column_names"][-1]).lower(), expression_text(expression["right"])
    raise UserError(f"A reader takes the files first, then options such as all_varchar = true; not {expression_text(expression)}.")


def expression_text(expression: Tree) -> str:
    """An expression of a parse tree as SQL text."""
    parameters = [node["identifier"] for node in every_node(expression) if node.get("class") == "PARAMETER"]
    select: Tree = {
        "type": "SELECT_NODE", "modifiers": [], "cte_map": {"map": []}, "select_list": [expression],
        "from_table": {"type": "EMPTY", "alias": "", "sample": None}, "where_clause": None, "group_expressions": [],
        "group_sets": [], "aggregate_handling": "STANDARD_HANDLING", "having": None, "sample": None, "qualify": None,
    }  # fmt: skip
    numbered = [{"key": name, "value": place} for place, name in enumerate(dict.fromkeys(parameters), start=1)]
    return written_sql({"node": select, "named_param_map": numbered}).removeprefix("SELECT ")
