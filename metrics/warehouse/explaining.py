"""EXPLAIN: DuckDB cannot serialise it, so the query inside it is what is judged."""

import re

BLANK = r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*"
EXPLAIN = re.compile(rf"{BLANK}explain\b{BLANK}(?:analyze\b)?", re.IGNORECASE | re.DOTALL)


def explained(sql: str) -> str | None:
    """The query under EXPLAIN or EXPLAIN ANALYZE, or None when the text is something else.

    Options in brackets are left in front of the query, where they make it no query at all: it is then refused.
    """
    found = EXPLAIN.match(sql)
    return sql[found.end() :] if found else None
