"""Titles of at most ten words that state a finding, and alt texts that say what a chart shows."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from metrics.dashboard import sentences


def rows(*pairs: tuple[str, float | None]) -> pl.DataFrame:
    frame = pl.DataFrame(pairs, schema={"name": pl.String, "value": pl.Float64}, orient="row")
    return frame.with_columns(n=pl.lit(10))


def test_a_trend_is_titled_with_its_newest_figure_and_the_targets_verdict() -> None:
    latest = {"value": 0.69, "n": 100, "target": 0.9, "period_start": date(2025, 6, 9)}
    assert sentences.trend_title(latest, "within", "minutes", "week", "higher") == "Week of 9 June: 69%, target missed"
    assert sentences.trend_title({**latest, "n": 9}, "within", "minutes", "week", "higher") == "Week of 9 June: 69%"
    assert sentences.trend_title({**latest, "target": None}, "within", "minutes", "month", "higher") == "June: 69%"
    assert sentences.trend_title({**latest, "value": None}, "within", "minutes", "year", "higher") == "2025: –"


def test_places_are_titled_by_the_worst_and_the_best() -> None:
    worst_first = rows(("Northgate Hospital", 0.6), ("Central Hospital", 0.8))
    assert sentences.places_title(worst_first, "higher") == "Lowest at Northgate Hospital, highest at Central Hospital"
    assert sentences.places_title(rows(("Central Hospital", 0.8)), "higher") == "Only Central Hospital has figures"
    assert sentences.places_title(rows(("Central Hospital", None)), "higher") == "No figures to compare"


@given(st.lists(st.text(alphabet="abc ", min_size=1, max_size=120), min_size=1, max_size=4, unique=True))
def test_no_title_is_longer_than_ten_words(names: list[str]) -> None:
    told = rows(*((name, float(place)) for place, name in enumerate(names)))
    assert len(sentences.places_title(told, "lower").split()) <= sentences.TITLE_WORDS


def test_a_distribution_tells_the_half_and_the_nine_in_ten() -> None:
    bars = pl.DataFrame(
        {"from_minutes": [0.0, 10.0, 20.0], "to_minutes": [10.0, 20.0, 30.0], "longer": [False, False, True], "n": [6, 3, 1]}
    )
    assert sentences.distribution_title(bars) == "Half waited under 10 min, 90% under 20 min"
    spoken = sentences.distribution_alt("Door to provider", bars)
    assert "10 completed waits" in spoken
    assert "the last, open bar holds 1." in spoken


def test_waits_beyond_the_last_bar_are_told_as_over() -> None:
    bars = pl.DataFrame({"from_minutes": [0.0, 10.0], "to_minutes": [10.0, 20.0], "longer": [False, True], "n": [1, 9]})
    assert sentences.distribution_title(bars) == "Half waited over 10 min, 90% over 10 min"


def test_the_alt_text_of_a_trend_says_its_span_and_its_end() -> None:
    series = pl.DataFrame(
        {
            "period_start": [date(2025, 5, 1), date(2025, 6, 1), date(2025, 7, 1)],
            "value": [0.2, 0.4, 0.3],
            "mature": [True, True, False],
        }
    )
    spoken = sentences.trend_alt("No-show rate, share", series, "share", "share", "month")
    assert spoken == (
        "No-show rate, share by month, 2 settled: lowest 20% in May 2025, highest 40% in June 2025, "
        "last settled 40% in June 2025. 1 newer can still move."
    )
    unsettled = series.with_columns(mature=pl.lit(False))
    assert "no settled month" in sentences.trend_alt("No-show rate", unsettled, "share", "share", "month")


def test_gaps_say_how_many_groups_differ() -> None:
    def found(*findings: str) -> pl.DataFrame:
        return pl.DataFrame({"finding": ["reference", *findings], "reference": ["18-34"] * (len(findings) + 1)})

    assert (
        sentences.gaps_title(found("worse", "no difference shown", "not assessed")) == "Compared with 18-34: 1 of 2 groups differs"
    )
    assert sentences.gaps_title(found("worse", "better")) == "Compared with 18-34: 2 of 2 groups differ"
    assert sentences.gaps_title(found("no difference shown")) == "Compared with 18-34: none of 1 group differs"
    assert sentences.gaps_title(found("not assessed")) == "Compared with 18-34: no group is large enough to be assessed"
