"""Numbers as people read them."""

from datetime import date, timedelta

import pytest

from metrics.dashboard import numbers


@pytest.mark.parametrize(
    ("value", "statistic", "unit", "words"),
    [
        (0.0843, "share", "share", "8.4%"),
        (0.08, "share", "share", "8%"),
        (0.784, "within", "minutes", "78%"),
        (0.0996, "share", "share", "10%"),
        (0.996, "within", "minutes", "99.6%"),  # not 100%: somebody waited longer
        (0.0, "share", "share", "0%"),
        (1.0, "share", "share", "100%"),
        (None, "share", "share", "–"),
        (12_345.0, "count", "", "12,345"),
        (48.2, "median", "seconds", "48 s"),
        (130.0, "median", "seconds", "2 min 10 s"),
        (120.0, "p90", "seconds", "2 min"),
        (0.4, "median", "minutes", "24 s"),
        (23.4, "median", "minutes", "23 min"),
        (59.6, "median", "minutes", "1 h"),
        (245.0, "median", "minutes", "4 h 5 min"),
        (6_100.0, "p95", "minutes", "102 h"),
        (3.5, "median", "hours", "3 h 30 min"),
        (3.04, "median", "days", "3 days"),
        (1.0, "median", "days", "1 day"),
        (12.5, "p90", "days", "12 days"),
        (9.2, "median", "weeks", "9.2 weeks"),
    ],
)
def test_a_figure_has_few_decimals_and_its_unit(value: float | None, statistic: str, unit: str, words: str) -> None:
    assert numbers.figure(value, statistic, unit) == words


@pytest.mark.parametrize(
    ("start", "grain", "words"),
    [
        (date(2025, 6, 9), "day", "9 June 2025"),
        (date(2025, 6, 9), "week", "week of 9 June 2025"),
        (date(2025, 6, 1), "month", "June 2025"),
        (date(2025, 10, 1), "quarter", "October to December 2025"),
        (date(2025, 1, 1), "year", "2025"),
        (None, "week", "–"),
    ],
)
def test_a_period_is_named_by_its_first_day(start: date | None, grain: str, words: str) -> None:
    assert numbers.period(start, grain) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=-5), "under a minute"),  # a source's clock may run ahead
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=1200), "1,200 days"),
    ],
)
def test_an_age_is_one_number_in_one_unit(length: timedelta, words: str) -> None:
    assert numbers.age(length) == words


def test_an_interval_is_told_only_when_there_is_one() -> None:
    assert numbers.interval(0.081, 0.088, "share", "share") == "8.1% to 8.8%"
    assert numbers.interval(None, 0.088, "share", "share") == ""


def test_a_share_within_a_limit_is_named_by_the_limit() -> None:
    assert numbers.statistic_label("within", "60 minutes") == "Within 60 minutes"
    assert numbers.statistic_label("within") == "Share within the limit"
    assert numbers.statistic_label("p90", "60 minutes") == "90th percentile"


@pytest.mark.parametrize(
    ("value", "statistic", "unit", "words"),
    [
        (0.0324, "share", "", "+3.2 points"), (-0.05, "within", "minutes", "-5.0 points"), (-12.0, "median", "minutes", "-12 min"),
        (1.5, "p90", "days", "+1.5 days"), (None, "share", "", "–"),
    ],
)  # fmt: skip
def test_a_gap_says_its_sign(value: float | None, statistic: str, unit: str, words: str) -> None:
    assert numbers.gap(value, statistic, unit) == words
