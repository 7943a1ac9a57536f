"""A query laid out as the house writes SQL: a clause a line, in lower case, its header and comments kept."""

import re
from typing import Any

import sqlglot
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from metrics.sources.reading_nodes import every_node, parsed_statements

WIDTH = 110  # characters: longer lists are broken over lines
COMMENT = re.compile(r"/\* (.*?) \*/(?=\n|$)")
PLACES = ("query_location", "location")  # where in the text a node stood: the one thing that may differ
QUOTED = {TokenType.STRING, TokenType.IDENTIFIER, TokenType.HEREDOC_STRING, TokenType.RAW_STRING, TokenType.NATIONAL_STRING}


def formatted(sql: str) -> str:
    """The query laid out anew. It means the same: DuckDB parses both texts to one tree, else the text is given back as it is.

    So a text that is wrong, or says what the layout does not know, comes back unchanged. The header stays letter for letter.
    """
    header, body = split_header(sql)
    try:
        laid_out = "\n".join(sqlglot.transpile(body, read="duckdb", write="duckdb", **_LAYOUT))
    except (SqlglotError, RecursionError):
        return sql
    for candidate in (lower_case(laid_out), lower_case(body)):
        text = header + COMMENT.sub(r"-- \1", candidate).strip() + "\n"
        if _same(sql, text):
            return text
    return sql


def split_header(sql: str) -> tuple[str, str]:
    """The lines of comment at the head of the text, and what follows."""
    lines = sql.splitlines(keepends=True)
    count = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return "".join(lines[:count]), "".join(lines[count:])


def lower_case(sql: str) -> str:
    """The words of SQL and the functions in small letters; names, texts and comments as they are."""
    tokens = DuckDB().tokenize(sql)
    text = list(sql)
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        if _is_word(before, token, after):
            text[token.start : token.end + 1] = sql[token.start : token.end + 1].lower()
    return "".join(text)


_LAYOUT: dict[str, Any] = {"pretty": True, "normalize_functions": "lower", "max_text_width": WIDTH, "indent": 4, "pad": 4}


def _is_word(before: Token | None, token: Token, after: Token | None) -> bool:
    """Whether the token is a word of SQL: not quoted, not a name (after a point or AS, or one that SQL does not know)."""
    if token.token_type in QUOTED or (before and before.token_type in (TokenType.DOT, TokenType.ALIAS, TokenType.PARAMETER)):
        return False
    return token.token_type is not TokenType.VAR or (after is not None and after.token_type is TokenType.L_PAREN)


def _same(one: str, other: str) -> bool:
    try:
        return bool(_bare(parsed_statements(one)) == _bare(parsed_statements(other)))
    except ValueError:
        return False


def _bare(trees: Any) -> Any:
    """The trees without the places in the text that their nodes stood at."""
    for node in every_node(trees):
        for key in PLACES:
            node.pop(key, None)
    return trees
