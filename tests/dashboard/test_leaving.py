"""What is taken away from a page: small numbers withheld by the home's policy, and nothing that gives them away."""

import io
from datetime import date

import polars as pl
import pytest

from metrics.dashboard import icon_table, leaving
from metrics.observe import Slice
from metrics.suppression import POLICIES


@pytest.fixture
def under(monkeypatch: pytest.MonkeyPatch):
    """Puts the pages under a policy."""
    return lambda name: monkeypatch.setattr(leaving, "policy_here", lambda: POLICIES[name])


def rows(csv: bytes) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(csv))


def test_a_small_bar_goes_with_the_next_smallest_for_bars_add_up(under) -> None:
    bars = pl.DataFrame({"from_minutes": [0.0, 5.0, 10.0, 15.0], "n": [100, 3, 20, 50]})
    under("cms")
    told = rows(leaving.csv_of_bins(bars))
    assert told["n"].to_list() == [100, None, None, 50]
    assert told["withheld"].to_list() == [False, True, True, False]
    assert told["from_minutes"].to_list() == bars["from_minutes"].to_list()
    under("off")
    assert rows(leaving.csv_of_bins(bars)).equals(bars)


def test_a_series_keeps_its_limits_and_loses_what_tells_of_few(under, monkeypatch) -> None:
    weeks = [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]
    table = pl.DataFrame({"period_start": weeks, "value": [0.5, 0.1, 0.2], "n": [100, 20, 50], "centre": [0.3] * 3})
    asked = []

    def published(home, slice_asked, policy):
        asked.append((slice_asked, policy.name))
        return pl.DataFrame({"period_start": weeks[:2], "value": [0.5, None], "n": [100, None], "withheld": [False, True]})

    monkeypatch.setattr(leaving, "published", published)
    monkeypatch.setattr(leaving.data, "home_here", lambda: None)
    under("nhs")
    told = rows(leaving.csv_of_series(table, Slice("no_show_rate", "share", site="CEN"), ("value", "n")))
    assert told["n"].to_list() == [100, None, None], "a period that nobody judged does not leave"
    assert told["withheld"].to_list() == [False, True, True]
    assert told["centre"].to_list() == [0.3] * 3
    assert asked == [(Slice("no_show_rate", "share", site="CEN"), "nhs")]


def test_of_the_changes_a_small_site_goes_with_another(under) -> None:
    signals = pl.DataFrame(
        {
            "metric": ["m"] * 4, "statistic": ["share"] * 4, "site_id": [None, "A", "B", "C"], "grain": ["week"] * 4,
            "period_start": [date(2026, 3, 2)] * 4, "value": [0.4, 0.5, 0.4, 0.35], "n": [334, 4, 130, 200],
        },
    )  # fmt: skip
    under("cms")
    held = leaving.withheld_series(signals)
    assert ("m", "share", "A") in held and len(held) >= 2
    under("off")
    assert leaving.withheld_series(signals) == set()


def test_a_series_withheld_has_neither_figure_nor_verdict_in_the_file() -> None:
    assert icon_table.frame([], {("m", "share", None)}).is_empty()


def test_an_answer_of_one_person_a_row_does_not_leave(under) -> None:
    people = pl.DataFrame({"patient_key": ["a"], "visits": [9]})
    under("nhs")
    with pytest.raises(Exception, match="a row for each patient_key"):
        leaving.answer_of(people)
    under("off")
    assert leaving.answer_of(people).equals(people)
