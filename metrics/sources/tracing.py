"""Following rows of a mapping's result back to the file: `_file` and `_row` are carried through its SELECTs.

Only where that cannot change the result: along the chain of FROM clauses that begins at a file, each SELECT giving one
row for a row of its first table. A mapping that groups, or makes rows distinct, is run untraced; its rows are then
counted in the mapping's own result.
"""

from collections.abc import Iterator
from copy import deepcopy

from metrics.sources.readers import is_reader
from metrics.sources.reading_nodes import Tree, every_node

TRACE = ("_row", "_file")


def with_views(tree: Tree, views: dict[int, str]) -> Tree:
    """A copy of the statement with each reader call (by its place in `reader_nodes`) replaced by the named view."""
    copy = deepcopy(tree)
    for place, node in enumerate(reader_nodes(copy)):
        view = base_table(views[place], node["alias"], node)
        node.clear()
        node.update(view)
    return copy


def reader_nodes(tree: Tree) -> list[Tree]:
    return [node for node in every_node(tree) if is_reader(node)]


def base_table(name: str, alias: str, node: Tree) -> Tree:
    return {
        "type": "BASE_TABLE", "alias": alias, "sample": node["sample"], "schema_name": "", "table_name": name,
        "column_name_alias": node["column_name_alias"], "catalog_name": "", "at_clause": None, "qualified_name": {"path": [name]},
    }  # fmt: skip


def traced(tree: Tree) -> tuple[Tree, set[int]] | None:
    """A copy of the statement that also selects `_row` and `_file`, and the places of the readers that must have them.

    None when a row of the result cannot be followed without a risk of changing the result.
    """
    if any(unsafe(node) for node in every_node(tree)):
        return None
    copy = deepcopy(tree)
    readers = reader_nodes(copy)
    trail = Trail()
    if not trail.carry(copy["node"], {}):
        return None
    return copy, {place for place, node in enumerate(readers) if any(node is leaf for leaf in trail.leaves)}


def unsafe(node: Tree) -> bool:
    """Whether one more column in a table could change what this node gives."""
    kind = node.get("type")
    if kind == "SET_OPERATION_NODE":
        return node.get("setop_type") != "UNION" or not node.get("setop_all")
    return (
        kind in ("DISTINCT_MODIFIER", "PIVOT", "SHOW_REF", "RECURSIVE_CTE_NODE")
        or (kind == "JOIN" and node.get("ref_type") not in ("REGULAR", "CROSS", "ASOF"))
        or (node.get("class") == "STAR" and bool(node.get("columns")))
        or (kind == "SELECT_NODE" and node.get("aggregate_handling") == "FORCE_AGGREGATES")
    )


class Trail:
    """The chain of FROM clauses from a mapping's result back to its files, while `_row` and `_file` are put into it."""

    def __init__(self) -> None:
        self.leaves: list[Tree] = []
        self.carried: dict[int, bool] = {}  # by id() of a query node: a CTE named twice is changed once

    def carry(self, node: Tree, outer: dict[str, Tree]) -> bool:
        """Adds the trace to a query node's columns; False when its first table does not lead to a file.

        `outer` holds the CTEs in reach, by name in small letters.
        """
        if id(node) not in self.carried:
            self.carried[id(node)] = False  # a CTE that names itself leads nowhere
            self.carried[id(node)] = self.carried_now(node, outer)
        return self.carried[id(node)]

    def carried_now(self, node: Tree, outer: dict[str, Tree]) -> bool:
        reach = {**outer, **{str(entry["key"]).lower(): entry["value"]["query_node"] for entry in node["cte_map"]["map"]}}
        if node["type"] == "SET_OPERATION_NODE":
            return all(self.carry(arm, reach) for arm in arms_of(node))
        if node["type"] != "SELECT_NODE" or node["group_expressions"]:
            return False
        first = first_table(node["from_table"])
        if not self.leads_to_file(first, reach):
            return False
        if not any(plain_star(column) for column in node["select_list"]):
            name = first["alias"] or first.get("table_name") or ""
            node["select_list"] += [column_of(name, column) for column in TRACE]
        return True

    def leads_to_file(self, table: Tree, reach: dict[str, Tree]) -> bool:
        if is_reader(table):
            table["alias"] = table["alias"] or table["function"]["function_name"]
            self.leaves.append(table)
            return True
        if table["type"] == "SUBQUERY":
            return self.carry(table["subquery"]["node"], reach)
        body = reach.get(str(table.get("table_name", "")).lower()) if table["type"] == "BASE_TABLE" else None
        return body is not None and self.carry(body, reach)


def first_table(table: Tree) -> Tree:
    while table["type"] == "JOIN" and table.get("join_type") in ("LEFT", "INNER", "SEMI", "ANTI"):
        table = table["left"]
    return table


def arms_of(node: Tree) -> Iterator[Tree]:
    yield from (node[side] for side in ("left", "right") if node.get(side))
    yield from node.get("children", [])


def plain_star(column: Tree) -> bool:
    return column.get("class") == "STAR" and not column.get("relation_name")


def column_of(table: str, name: str) -> Tree:
    return {"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": name, "column_names": [table, name] if table else [name]}
