"""Whether an SQL text only reads: DuckDB parses it, and every node of the tree must be on a list of reading nodes.

The statement type is not enough: DuckDB 2.0 calls `with x as (copy ...) select ...` a SELECT and lets it overwrite an
open database file, and some table functions run SQL they are given as text or change the process. So this is an
allow-list of what a tree may hold, not a search for what is bad.
"""

import json
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import duckdb

Tree = dict[str, Any]
REMEMBERED = 128  # judgements: a saved question is judged once, and not each time somebody asks it

QUERY_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
TABLE_NODES = frozenset(
    {"BASE_TABLE", "TABLE_FUNCTION", "JOIN", "SUBQUERY", "EMPTY", "EXPRESSION_LIST", "PIVOT", "SHOW_REF", "COLUMN_DATA", "CTE"}
)
MODIFIERS = frozenset(
    {"ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER", "ORDER_DEFAULT", "ASCENDING", "DESCENDING"}
)
EXPRESSIONS = frozenset(
    {"BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT", "DEFAULT", "FUNCTION", "LAMBDA",
     "LAMBDA_REF", "OPERATOR", "PARAMETER", "POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "TYPE", "WINDOW"}
)  # fmt: skip
# Table functions that only make rows of their arguments or describe the catalogue. Others can run SQL given as text
# (query, json_execute_serialized_sql), write a file (enable_profiling) or follow a raw pointer (arrow_scan).
TABLE_FUNCTIONS = frozenset(
    {"unnest", "range", "generate_series", "repeat", "repeat_row", "json_each", "json_tree", "histogram", "histogram_values",
     "summary", "duckdb_columns", "duckdb_tables", "duckdb_views", "duckdb_functions", "duckdb_types", "duckdb_keywords",
     "duckdb_schemas", "pragma_table_info", "pragma_version"}
)  # fmt: skip
READERS = frozenset({"read_csv", "read_csv_auto", "read_parquet", "parquet_scan", "read_json", "read_json_auto", "read_ndjson",
                     "read_ndjson_auto", "read_json_objects", "read_ndjson_objects", "read_xlsx"})  # fmt: skip


@lru_cache(REMEMBERED)
def refused_node(sql: str, table_functions: frozenset[str] = TABLE_FUNCTIONS) -> str | None:
    """Why the text is refused, as the end of a sentence, or None when it is one statement that only reads.

    What DuckDB cannot serialise (PIVOT as a statement, EXPLAIN, anything that writes) is refused in DuckDB's words.
    `table_functions` are the names that may stand in FROM with arguments.
    """
    try:
        statements = parsed_statements(sql)
    except ValueError as problem:
        return str(problem)
    if len(statements) != 1:
        return f"it holds {len(statements)} statements; exactly one is allowed"
    return next((why for node in every_node(statements[0]) if (why := refusal_of(node, table_functions))), None)


def parsed_statements(sql: str) -> list[Tree]:
    """DuckDB's own parse of the text, a tree a statement. Raises ValueError with DuckDB's sentence when there is none."""
    try:
        text = _parser().cursor().execute("select json_serialize_sql($sql)", {"sql": sql}).fetchone()
    except duckdb.Error as problem:
        raise ValueError(f"DuckDB could not parse it: {str(problem).splitlines()[0]}") from problem
    answer: Tree = _loaded(text[0]) if text else {"error": True, "error_message": "there is nothing in it"}
    if answer["error"]:
        raise ValueError(_sentence(answer))
    trees: list[Tree] = answer["statements"]
    return trees


def written_sql(tree: Tree) -> str:
    """The SQL text of one parsed statement (the inverse of `parsed_statements`)."""
    whole = json.dumps({"error": False, "statements": [tree]})
    row = _parser().cursor().execute("select json_deserialize_sql($tree::json)", {"tree": whole}).fetchone()
    return str(row[0]) if row else ""


def every_node(tree: object) -> Iterator[Tree]:
    """Every object of the tree, parents first; a loop and not recursion, so that deep nesting cannot exhaust the stack."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def refusal_of(node: Tree, table_functions: frozenset[str]) -> str | None:
    """Why this one node may not stand in a reading query, or None."""
    if "class" in node:
        return None if node["class"] in EXPRESSIONS else f"{_plain(node['class'])} is not allowed in a reading query"
    kind = node.get("type")
    if not isinstance(kind, str) or kind.endswith("TYPE_INFO"):
        return None if "cte_map" not in node else "it holds a part that is not a reading query"
    if kind not in QUERY_NODES | TABLE_NODES | MODIFIERS:
        return f"{_plain(kind)} is not allowed: only reading is"
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        return None if name in table_functions else f"the table function {name}() is not allowed here"
    return None


def _sentence(answer: Tree) -> str:
    message = str(answer["error_message"])
    if message.startswith("Only SELECT statements"):
        return "only a single SELECT is allowed (no PIVOT, EXPLAIN, or statement that changes anything)"
    return f"DuckDB could not parse it: {message.splitlines()[0]}"


def _loaded(text: str) -> Tree:
    try:
        tree: Tree = json.loads(text)
    except RecursionError:
        return {"error": True, "error_message": "it is nested too deeply"}
    return tree


def _plain(kind: str) -> str:
    return kind.removesuffix("_QUERY_NODE").removesuffix("_NODE").replace("_", " ")


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """One private in-memory database that only parses; each use takes its own cursor."""
    return duckdb.connect(":memory:", config={"enable_external_access": "false", "lock_configuration": "true"})
