"""The parameters of a query: what they are called, what they may be, how a text is read as one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from metrics.errors import did_you_mean
from metrics.sources.reading_nodes import every_node, parsed_statements

FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
READERS: dict[str, tuple[Callable[[str], Any], str]] = {  # how a parameter's text is read, and what is expected
    "text": (str, "a text"),
    "date": (date.fromisoformat, "a date such as 2026-11-01"),
    "instant": (datetime.fromisoformat, "an instant such as 2026-11-01T09:30"),
    "integer": (int, "a whole number"),
    "number": (float, "a number"),
    "flag": (lambda text: FLAGS[text.lower()], "true or false"),
}
PARAM_TYPES = tuple(READERS)


@dataclass(frozen=True)
class Param:
    """One parameter: `$name`, its type, the value it has when none is given, and what it means."""

    name: str
    type: str
    default: Any
    help: str = ""


def parameters_in(sql: str) -> list[str]:
    """The names of the `$name` parameters of a query, each once, in order. Raises ValueError when it cannot be parsed."""
    names = [str(node["identifier"]) for statement in parsed_statements(sql) for node in every_node(statement) if _is_param(node)]
    return list(dict.fromkeys(reversed(names)))


def value_of(text: Any, kind: str) -> Any:
    """The value a text stands for. Anything but text is taken as it is; 'null' is nothing. ValueError says what was expected."""
    if not isinstance(text, str):
        return text
    if text == "null":
        return None
    try:
        return READERS[kind][0](text)
    except (ValueError, KeyError):
        raise ValueError(f"'{text}' is not {READERS[kind][1]}") from None


def nearest(name: str, known: Iterable[str]) -> str:
    """' Did you mean $site?' for a parameter that is not among the known ones."""
    others = [f"${other}" for other in known]
    return did_you_mean(f"${name}", others) if others else " The query has none."


def _is_param(node: dict[str, Any]) -> bool:
    return node.get("class") == "PARAMETER"
