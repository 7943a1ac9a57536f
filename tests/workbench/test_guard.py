"""The guard's own rules; what it meets in the wild is in tests/hostile/test_query_guard.py."""

import pytest

from metrics.workbench.allowed import functions
from metrics.workbench.guard import refusal


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("", "Refused: there is no query in it."),
        ("-- nothing", "Refused: there is no query in it."),
        ("select 1; select 2", "Refused: it holds 2 statements; exactly one is allowed."),
        ("with x as (copy t to 'f') select 1", "Refused: COPY is not allowed: only reading is."),
        ("select getvariable('x')", "Refused: the function getvariable() is not allowed here."),
        ("from read_csv('x')", "Refused: the table function read_csv() is not allowed here."),
        ("from 'x.csv'", "Refused: files cannot be read here, only the tables of the generation (see: show tables)."),
        ("from base.main.sites", "Refused: base.main.sites is not a table of the generation (see: show tables)."),
        ("from duckdb_databases", "Refused: the catalogue table duckdb_databases is not open to queries (see: show tables)."),
        ("show variables", "Refused: show variables is not allowed here (see: show tables)."),
        ("select 1\x00", "Refused: the query holds control characters; write it in plain text."),
        ("select repeat('x', 1001)", "Refused: repeat() needs a size that is plainly at most 1,000: a number, or least(x, 1000)."),
        ("select range(3)", "Refused: range() may stand after FROM only, as in: select * from range(10)."),
        ("select format('{:{}}', 1, 2)", "Refused: format() needs its layout written out, with widths under 1,000."),
        (
            "pivot t on a using sum(b)",
            "Refused: PIVOT cannot be checked before it runs; write a sum(...) filter (where ...) for each column instead.",
        ),
    ],
)
def test_a_refusal_says_what_and_where_to_go(sql: str, sentence: str) -> None:
    assert refusal(sql) == sentence


@pytest.mark.parametrize(
    "sql", ["select repeat('x', 1000)", "select repeat('x', least(n, 20)::int) from t", "from range(1000000000)"]
)
def test_a_size_that_is_plainly_small_or_streams_passes(sql: str) -> None:
    assert refusal(sql) is None


def test_functions_that_reach_outside_the_query_are_not_among_those_allowed() -> None:
    outside = "current_setting getvariable nextval setval currval sleep_ms write_log pg_sleep getenv query read_text current_query"
    assert not {*outside.split(), "error", "txid_current", "current_user"} & functions()
    assert functions() >= {"median", "date_trunc", "row_number", "list_transform", "regexp_matches", "strftime", "now", "round"}
