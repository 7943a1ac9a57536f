"""EXPLAIN: DuckDB cannot serialise it, so it is taken off, what is under it is judged, and it is put back."""

import re

BLANK = r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*"
EXPLAIN = re.compile(rf"{BLANK}explain\b{BLANK}(analyze\b)?", re.IGNORECASE | re.DOTALL)


def split_explain(sql: str) -> tuple[str, str]:
    """('explain ' or 'explain analyze ', the query under it), or ('', the text).

    What runs has to be put together from these two, never the text as it came: the reader of comments here is
    simpler than DuckDB's, and what it takes for a comment may not be one there. Options in brackets stay in front
    of the query, where they make it no query at all: it is then refused.
    """
    found = EXPLAIN.match(sql)
    if not found:
        return "", sql
    return ("explain analyze " if found[1] else "explain "), sql[found.end() :]
