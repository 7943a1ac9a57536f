"""The alerts that an executive sees: of each matter the gravest and oldest, few enough to be read."""

from datetime import date

import polars as pl
import pytest

from metrics.snapshot.alert_lines import MOST, SCHEMA, lines_of
from metrics.snapshot.page_tables import alerts_caption


def rows(*drawn: tuple[str, str, str]) -> pl.DataFrame:
    """Alerts in the order of `alert_rows`: id, what it is about, state."""
    said = {"severity": "act", "what": "W", "where": "P", "owner": "O", "age": "1 day", "since": date(2026, 11, 16), "taken_by": ""}
    return pl.DataFrame([{**said, "alert_id": one, "about": about, "state": state} for one, about, state in drawn], schema=SCHEMA)


def test_of_each_metric_and_site_the_first_is_shown() -> None:
    found = lines_of(rows(("a", "waits EAS", "open"), ("b", "waits EAS", "open"), ("c", "waits CEN", "open")))
    assert [line.alert_id for line in found] == ["a", "c"]


def test_what_is_over_stands_last_and_what_does_not_fit_is_left_out() -> None:
    found = lines_of(rows(("over", "x", "resolved"), *((f"{at}", f"m{at}", "open") for at in range(MOST + 3))))
    assert [line.alert_id for line in found] == [str(at) for at in range(MOST)]
    few = lines_of(rows(("over", "x", "resolved"), ("now", "y", "open")))
    assert [line.alert_id for line in few] == ["now", "over"]


@pytest.mark.parametrize(
    ("shown", "stood", "said"),
    [(1, 1, "1 alert stood in the week"), (2, 2, "2 alerts stood in the week"),
     (8, 34, "8 of the 34 alerts of the week: of each metric and site the gravest and oldest")],
)  # fmt: skip
def test_the_page_says_how_many_there_were(shown: int, stood: int, said: str) -> None:
    assert alerts_caption(shown, stood) == said
