"""How a figure is said in an alert: of how many, where that says something, and places without raw ids."""

import polars as pl
import pytest

from metrics.alerts.periods import spoken_of_n


@pytest.mark.parametrize(
    ("statistic", "value", "words"),
    [
        ("share", 0.713, "71.3 % of 213"), ("within", 0.8, "80.0 % of 213"), ("count", 213.0, "213"),
        ("median", 38.0, "38 days (n 213)"), ("p90", 34.54, "34.5 days (n 213)"), ("median", None, "nothing (n 213)"),
    ],
)  # fmt: skip
def test_a_count_is_not_of_itself_and_a_wait_is_not_of_anything(statistic: str, value: float | None, words: str) -> None:
    row = pl.DataFrame({"statistic": statistic, "value": value, "unit": "days", "n": 213}, schema_overrides={"value": pl.Float64})
    assert row.select(spoken_of_n()).item() == words
