"""Titles and sentences follow from the verdicts, and keep their length."""

from datetime import date
from itertools import product

import pytest

from metrics.definitions import BUILT_IN, load_catalog
from metrics.snapshot.content import MOST_TITLE_WORDS
from metrics.snapshot.wording import assurance_sentence, chart_title, headline, value_sentence
from tests.snapshot.example import icon_row

METRICS = load_catalog(BUILT_IN)
VARIATIONS = (
    "concern_high", "concern_low", "improvement_high", "improvement_low", "neutral_high", "neutral_low", "common_cause",
    "not_assessed",
)  # fmt: skip
ASSURANCES = ("consistent_pass", "consistent_fail", "inconsistent", "none", "not_assessed")


@pytest.mark.parametrize("metric", METRICS)
def test_no_title_of_any_metric_is_longer_than_ten_words(metric: str) -> None:
    for variation, assurance, since in product(VARIATIONS, ASSURANCES, (None, date(2026, 9, 7))):
        row = icon_row(title=METRICS[metric].title, variation=variation, assurance=assurance, since=since)
        assert len(chart_title(row).split()) <= MOST_TITLE_WORDS


def test_nothing_is_better_or_worse_unless_a_rule_fired() -> None:
    for assurance in ASSURANCES:
        row = icon_row(variation="common_cause", since=None, assurance=assurance)
        said = f"{chart_title(row)} {value_sentence(row)}"
        assert "no significant change" in said and not {"better", "worse", "higher", "lower"} & set(said.split())


@pytest.mark.parametrize(
    ("variation", "title"),
    [
        ("concern_high", "No-show rate has been worse since October"),
        ("improvement_low", "No-show rate has been better since October"),
        ("common_cause", "No-show rate: no significant change"),
        ("not_assessed", "No-show rate: too few figures to judge"),
    ],
)
def test_the_title_says_what_the_chart_shows(variation: str, title: str) -> None:
    assert chart_title(icon_row(variation=variation)) == title


def test_a_withheld_figure_gives_no_number_away() -> None:
    said = value_sentence(icon_row(value="withheld", n="withheld", withheld=True))
    assert "withheld" in said and not any(letter.isdigit() for letter in said)


def test_the_page_title_counts_what_changed() -> None:
    assert headline(0, 0, 0) == "No significant change"
    assert headline(2, 1, 1) == "2 figures worse, 1 better, 1 will miss its target"
    assert headline(0, 1, 3) == "1 figure better, 3 will miss their target"


def test_a_target_that_chance_decides_is_said_to_be_so() -> None:
    assert assurance_sentence(icon_row(assurance="inconsistent")) == "Whether the target of 8% is met is a matter of chance."
    assert assurance_sentence(icon_row(target="–")) == "No target is set."
