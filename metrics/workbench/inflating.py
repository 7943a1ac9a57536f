"""Functions that make something huge of something small.

DuckDB makes one value in one go, outside its memory limit and without looking at the clock: measured on 2.0.0 under
128 MB and 1 second, `repeat('x', 1000000000)` took 2 GB and 11 seconds. So their sizes have to be plain to see. Many
steps, each within bounds, can still add up to something huge: against malice only the operating system's limits help.
"""

import re
from collections.abc import Iterator
from typing import Any

from metrics.sources.reading_nodes import Tree

MOST = 1000  # times, characters, elements: enough for any bar or padding a person draws
SIZED = {"repeat": 1, "lpad": 1, "rpad": 1, "list_resize": 1, "array_resize": 1, "bitstring": 1}  # which argument is the size
WIDTHS = frozenset({"format", "printf"})  # a width in their text is a size
WIDE = re.compile(r"\d{4,}|\*|\{[^}]*\{")  # a width of four digits, or one that is given by another argument
LISTS = frozenset({"range", "generate_series"})  # in FROM they stream; in an expression they are one list


def inflation(node: Tree) -> str | None:
    """Why a call in an expression may not stand, or None."""
    name = str(node.get("function_name", "")).lower()
    values = list(_arguments(node))
    if name in LISTS:
        return f"{name}() may stand after FROM only, as in: select * from {name}(10)"
    if name in SIZED and len(values) > SIZED[name] and not _is_small(values[SIZED[name]]):
        return f"{name}() needs a size that is plainly at most {MOST:,}: a number, or least(x, {MOST})"
    if name in WIDTHS and values and not _is_narrow(values[0]):
        return f"{name}() needs its layout written out, with widths under {MOST:,}"
    return None


def _arguments(node: Tree) -> Iterator[Tree]:
    """The expressions of a call; DuckDB wraps each with the name it was given by, if any."""
    for argument in node.get("arguments", []):
        yield argument.get("expression", argument)


def _is_small(node: Tree) -> bool:
    """A whole number up to MOST, or `least` of anything and such a number; a cast of either."""
    if node.get("class") == "CAST":
        return _is_small(node["child"])
    if str(node.get("function_name", "")).lower() == "least":
        return any(_is_small(argument) for argument in _arguments(node))
    number = _literal(node)
    return number.isdecimal() and int(number) <= MOST


def _is_narrow(node: Tree) -> bool:
    return node.get("class") == "CONSTANT" and not WIDE.search(_literal(node))


def _literal(node: Tree) -> str:
    literal: Any = node.get("literal") or {}
    return str(literal.get("text", ""))
