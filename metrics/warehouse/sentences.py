"""DuckDB's errors as sentences for whoever wrote the query; no path of the machine in any of them."""

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches

import duckdb

from metrics.warehouse.limits import Limits

PATH = re.compile(r"[\"']?(?:[A-Za-z]:)?/[^\s\"':,]*[\"']?")
NO_COLUMN = re.compile(r'column "([^"]+)" not found', re.IGNORECASE)
NO_COLUMN_OF = re.compile(r'(?:table|list) "([^"]+)" does not have a column named "([^"]+)"', re.IGNORECASE)
CANDIDATES = re.compile(r"Candidate (?:bindings|Entries):?\s*([^\n]*)", re.IGNORECASE)
NO_TABLE = re.compile(r"Table with name (\S+) does not exist", re.IGNORECASE)
NO_FUNCTION = re.compile(r"Function with name (\S+) does not exist", re.IGNORECASE)
MEANT = re.compile(r'Did you mean "([^"]+)"')
NOT_GIVEN = re.compile(r"Values were not provided for the following parameters: (.*)")
LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)


def sentences_of(problem: duckdb.Error, limits: Limits, columns: Callable[[], Sequence[str]] = tuple) -> list[str]:
    """What went wrong, and the next step where there is one.

    `columns` gives the names there are, for a mistyped one that DuckDB has no suggestion for.
    """
    if isinstance(problem, duckdb.InterruptException):
        return [f"stopped after {limits.seconds:g} seconds. Ask for fewer days or places, or add up observations instead of facts"]
    if isinstance(problem, duckdb.OutOfMemoryException):
        return [f"stopped: it needs more than {limits.memory_mb:,} MB. Ask for fewer days or columns, or group before joining"]
    text = str(problem)
    said = _column(text, columns) or next((sentence for tell in _TELLERS if (sentence := tell(text))), _first_line(text))
    return [said + _where(text)]


def _column(text: str, columns: Callable[[], Sequence[str]]) -> str:
    of = NO_COLUMN_OF.search(text)
    found = NO_COLUMN.search(text)
    if of:
        return f"{of[1]} has no column {of[2]}.{_nearest(of[2], text, columns)}"
    return f"there is no column {found[1]}.{_nearest(found[1], text, columns)}" if found else ""


def _table(text: str) -> str:
    found = NO_TABLE.search(text)
    meant = MEANT.search(text)
    near = f" Did you mean {meant[1].rpartition('.')[2]}?" if meant and not meant[1].startswith("sqlite_") else " See: show tables."
    return f"there is no table {found[1]}.{near}" if found else ""


def _function(text: str) -> str:
    found, meant = NO_FUNCTION.search(text), MEANT.search(text)
    return f"there is no function {found[1]}.{f' Did you mean {meant[1]}?' if meant else ''}" if found else ""


def _parameters(text: str) -> str:
    found = NOT_GIVEN.search(text)
    if not found:
        return ""
    names = ", ".join(f"${name.strip()}" for name in found[1].split(","))
    return f"no value for {names}. Give one: --param name=value"


def _nearest(word: str, text: str, columns: Callable[[], Sequence[str]]) -> str:
    """The nearest of DuckDB's own candidates; through a view it has none, and the nearest column of any table is named."""
    candidates = re.findall(r'"([^"]+)"', (CANDIDATES.search(text) or [""])[0]) or columns()
    near = get_close_matches(word, candidates, n=1)
    return f" Did you mean {near[0]}?" if near else ""


_TELLERS: tuple[Callable[[str], str], ...] = (_table, _function, _parameters)


def _first_line(text: str) -> str:
    """DuckDB's first line without the kind of error before it, and without paths."""
    line = text.split("\n", 1)[0]
    line = re.sub(r"^[A-Z][\w ]* Error: ", "", line)
    return PATH.sub("(a file)", line)


def _where(text: str) -> str:
    line = LINE.search(text)
    return f" (line {line[1]})" if line and line[1] != "1" else ""
