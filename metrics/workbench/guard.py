"""The guard: whether a query that a person wrote may run, and if not, why, in one sentence.

It judges DuckDB's own parse, never the text. The engine is locked down as well (see metrics/warehouse/reading.py);
either alone would let something through: DuckDB 2.0 overwrites an open file from inside a CTE however it is locked.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from metrics.sources.reading_nodes import REMEMBERED, Tree, every_node, parsed_statements, refusal_of
from metrics.warehouse.explaining import split_explain
from metrics.workbench import allowed
from metrics.workbench.inflating import inflation

LONGEST = 100_000  # characters: far above any query a person writes, far below what would tire the parser
STRANGE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # control characters and halves of characters
PIVOT = re.compile(r"\b(?:pivot|pivot_wider)\b", re.IGNORECASE)
FILE_LIKE = re.compile(r"[/\\*?:]|\.[a-z0-9]{1,8}$", re.IGNORECASE)


@lru_cache(REMEMBERED)
def refusal(sql: str) -> str | None:
    """Why the text may not run, as one sentence, or None when it is one statement that only reads the generation.

    EXPLAIN (and EXPLAIN ANALYZE) may stand before a query that passes by itself.
    """
    if len(sql) > LONGEST:
        return f"Refused: the query has {len(sql):,} characters; at most {LONGEST:,} are allowed."
    if STRANGE.search(sql):
        return "Refused: the query holds control characters; write it in plain text."
    why = _why(split_explain(sql)[1])
    return f"Refused: {why}." if why else None


@lru_cache(REMEMBERED)
def unrepeatable(sql: str) -> tuple[str, ...]:
    """What the query calls that reads the clock or draws by chance, in order; empty where asking again gives the same.

    The query is one that parses.
    """
    nodes = list(_nodes(sql))
    calls = {str(node.get("function_name", "")).lower() for node in nodes}
    words = {str(name).lower() for node in nodes for name in node.get("column_names", ())}  # current_date is parsed as a column
    return tuple(sorted((calls | words) & allowed.IMPURE))


def tables_read(sql: str) -> set[str]:
    """The names of the tables that a query that parses reads, in small letters; those of its own CTEs are among them."""
    return {str(node["qualified_name"]["path"][-1]).lower() for node in _nodes(sql) if node.get("type") == "BASE_TABLE"}


def _nodes(sql: str) -> Iterator[Tree]:
    return (node for tree in _parsed(split_explain(sql)[1]) for node in every_node(tree))


@lru_cache(maxsize=4)  # whoever asks one thing of a query asks the next of it, too
def _parsed(sql: str) -> tuple[Tree, ...]:
    """The statements' trees, to be read alone. Raises as `parsed_statements`."""
    return tuple(parsed_statements(sql))


def _why(sql: str) -> str | None:
    try:
        statements = _parsed(sql)
    except ValueError as problem:
        return _unparsed(sql, str(problem))
    if len(statements) != 1:
        return "there is no query in it" if not statements else f"it holds {len(statements)} statements; exactly one is allowed"
    return next(_problems(statements[0]), None)


def _unparsed(sql: str, problem: str) -> str:
    if PIVOT.search(sql):
        return "PIVOT cannot be checked before it runs; write a sum(...) filter (where ...) for each column instead"
    return " ".join(problem.split()).rstrip(".")


def _problems(statement: Tree) -> Iterator[str]:
    """What is wrong with any node of the tree, the outermost first."""
    after_from = set()  # the calls that stand after FROM, by identity: those are judged as table functions
    for node in every_node(statement):
        if node.get("type") == "TABLE_FUNCTION":
            after_from.add(id(node["function"]))
        function = None if id(node) in after_from else _wrong_function(node)
        for judged in (refusal_of(node, allowed.TABLE_FUNCTIONS), function, _wrong_table(node), _wrong_show(node)):
            if judged:
                yield judged


def _wrong_function(node: Tree) -> str | None:
    name = str(node.get("function_name", "")).lower()
    if name and name not in allowed.functions():
        return f"the function {name}() is not allowed here"
    return inflation(node) if name else None


def _wrong_table(node: Tree) -> str | None:
    """A table by a name that is a file's, another database's, or a part of DuckDB's catalogue that shows paths."""
    if node.get("type") != "BASE_TABLE":
        return None
    *places, name = [str(part).lower() for part in node["qualified_name"]["path"]]
    elsewhere = [place for place in places if place not in allowed.PLACES]
    if FILE_LIKE.search(name):
        return "files cannot be read here, only the tables of the generation (see: show tables)"
    if elsewhere:
        return f"{'.'.join(places)}.{name} is not a table of the generation (see: show tables)"
    if name.startswith(allowed.CATALOGUE_PREFIXES) and name not in allowed.CATALOGUE_TABLES:
        return f"the catalogue table {name} is not open to queries (see: show tables)"
    return None


def _wrong_show(node: Tree) -> str | None:
    if node.get("type") != "SHOW_REF" or node.get("show_type") != "SHOW_SPECIAL":
        return None
    name = str(node["table_name"]).strip('"')
    return None if name in allowed.SPECIAL_SHOWS else f"show {name} is not allowed here (see: show tables)"
