"""FHIRPath, as much of it as field maps need: names and where(name = 'value'). Lists are walked through."""

import re
from functools import cache
from typing import Any

STEP = re.compile(r"where\(([\w.]+) = '([^']*)'\)|(\w+)")


@cache
def steps(path: str) -> tuple[tuple[str, str | None], ...]:
    """(name, None) to go into a field, (name, value) to keep what has that value there."""
    return tuple((match[1] or match[3], match[2]) for match in STEP.finditer(path))


def values(node: Any, path: str) -> list[Any]:
    """Every value that the path leads to, in the order of the document; nothing where a field is not there."""
    nodes = listed(node)
    for name, wanted in steps(path):
        if wanted is None:
            nodes = [value for one in nodes if isinstance(one, dict) for value in listed(one.get(name))]
        else:
            nodes = [one for one in nodes if wanted in values(one, name)]
    return nodes


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
