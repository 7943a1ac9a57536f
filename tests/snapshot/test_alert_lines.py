"""The alerts that an executive sees: of each matter the gravest and oldest, few enough to be read."""

from datetime import date

import polars as pl
import pytest

from metrics.snapshot.alert_lines import MOST, SCHEMA, lines_of
from metrics.snapshot.page_tables import alerts_caption


def rows(*drawn: tuple[str, str, str] | tuple[str, str, str, str]) -> pl.DataFrame:
    """Alerts in the order of `alert_rows`: id, what it is about, state, and where."""
    said = {"severity": "act", "what": "W", "owner": "O", "age": "1 day", "since": date(2026, 11, 16), "taken_by": ""}
    named = [dict(zip(("alert_id", "about", "state", "where"), one, strict=False)) for one in drawn]
    return pl.DataFrame([{**said, "where": "P", **one} for one in named], schema=SCHEMA)


def test_of_each_metric_the_first_is_shown_with_how_many_more_places_have_it() -> None:
    found = lines_of(rows(
        ("a", "waits", "open", "P"), ("b", "waits", "open", "P"), ("c", "waits", "open", "Q"), ("d", "waits", "open", "R"),
        ("e", "waits", "resolved", "S"), ("f", "calls", "open", "P"), ("g", "calls", "open", "Q"),
    ))  # fmt: skip
    assert [(line.alert_id, line.where) for line in found] == [("a", "P and 2 more places"), ("f", "P and 1 more place")]


def test_a_matter_that_is_open_somewhere_is_shown_where_it_is_open() -> None:
    found = lines_of(rows(("over", "waits", "resolved", "P"), ("now", "waits", "open", "Q")))
    assert [(line.alert_id, line.where) for line in found] == [("now", "Q")]


def test_what_is_over_stands_last_and_what_does_not_fit_is_left_out() -> None:
    found = lines_of(rows(("over", "x", "resolved"), *((f"{at}", f"m{at}", "open") for at in range(MOST + 3))))
    assert [line.alert_id for line in found] == [str(at) for at in range(MOST)]
    few = lines_of(rows(("over", "x", "resolved"), ("now", "y", "open")))
    assert [line.alert_id for line in few] == ["now", "over"]


@pytest.mark.parametrize(
    ("shown", "stood", "said"),
    [(1, 1, "1 alert stood in the week"), (2, 2, "2 alerts stood in the week"),
     (8, 34, "8 of the 34 alerts of the week: of each metric the gravest and oldest")],
)  # fmt: skip
def test_the_page_says_how_many_there_were(shown: int, stood: int, said: str) -> None:
    assert alerts_caption(shown, stood) == said
