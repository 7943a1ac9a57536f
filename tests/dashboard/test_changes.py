"""Sentences on change: a direction is told only where a rule fired."""

from itertools import product

import pytest

from metrics.dashboard import changes, icons
from metrics.dashboard.changes import LABEL_WORDS, Speaker
from tests.dashboard.signal_frames import signal

SPEAK = Speaker("within", "minutes", "week")
DIRECTIONS = ("better", "worse", "higher", "lower", "improve", "deteriorat", "rise", "fall", "rising", "falling")
QUIET = {"variation": "common_cause", "label": None, "rules": None, "since": None}


def test_nothing_is_said_to_have_changed_where_no_rule_fired() -> None:
    quiet = signal(**QUIET)
    assert changes.title(quiet, SPEAK) == "No significant change: 78%"
    sentence = changes.what_changed(quiet, SPEAK)
    assert sentence == "Week of 26 May 2025: 78%, within the range that chance explains, 73% to 87%."
    assert not any(word in f"{changes.title(quiet, SPEAK)} {sentence}".lower() for word in DIRECTIONS)


def test_what_changed_names_the_rule_the_figure_and_since_when() -> None:
    assert changes.what_changed(signal(), SPEAK) == (
        "Week of 26 May 2025: 78%, one of a run of weeks below the mean of 80%; flagged in a row since week of 7 April 2025."
    )


@pytest.mark.parametrize(("label", "variation"), list(product(LABEL_WORDS, icons.VARIATION)))
def test_every_verdict_has_a_title_and_a_sentence(label: str, variation: str) -> None:
    told = signal(label=label, variation=variation)
    assert 0 < len(changes.title(told, SPEAK).split()) <= 10
    assert changes.what_changed(told, SPEAK).endswith(".")
    assert "flagged," not in changes.what_changed(told, SPEAK)


def test_a_point_flagged_alone_is_told_as_the_newest() -> None:
    alone = signal(since=signal()["period_start"], label="below_limit")
    assert changes.title(alone, SPEAK) == "Worse in the newest week: 78%"
    assert changes.what_changed(alone, SPEAK) == "Week of 26 May 2025: 78%, below the lower limit of 73%."


def test_too_few_points_get_no_verdict() -> None:
    young = signal(variation="not_assessed", assurance="not_assessed", points=1)
    assert changes.title(young, SPEAK) == "Too few closed weeks for limits: 78%"
    assert "1 closed week, and a verdict takes 13" in changes.what_changed(young, SPEAK)
    assert changes.will_it_do(young, SPEAK) == ""


def test_a_figure_that_looks_back_further_than_the_data_says_so() -> None:
    none = signal(variation="not_assessed", assurance="not_assessed", points=0, value=None)
    assert changes.title(none, SPEAK) == "Too few closed weeks for limits"
    assert changes.what_changed(none, SPEAK) == "0 closed weeks, and a verdict takes 13."
    panel = Speaker("count", "minutes", "week", "547 days")
    assert changes.what_changed(none, panel) == "A figure looks back on 547 days: it is not judged before the data are as long."


@pytest.mark.parametrize(
    ("assurance", "begins"),
    [("consistent_pass", "If nothing changes: all of 73% to 87% is on the good side of 85%."),
     ("consistent_fail", "If nothing changes: all of 73% to 87% is on the bad side of 85%."),
     ("inconsistent", "The target of 85% lies within 73% to 87%"), ("none", "")],
)  # fmt: skip
def test_the_target_is_told_as_what_will_be_if_nothing_changes(assurance: str, begins: str) -> None:
    assert changes.will_it_do(signal(assurance=assurance, **QUIET), SPEAK).startswith(begins)


def test_limits_that_stand_still_tell_of_before_the_change() -> None:
    told = changes.will_it_do(signal(assurance="consistent_pass"), SPEAK)
    assert told == "By the limits of before the change: all of 73% to 87% is on the good side of 85%."


def test_a_reader_is_warned_of_what_weakens_the_verdict() -> None:
    careful = changes.cautions(signal(muted=True, lag1=0.42, missing=3), SPEAK)
    assert careful == [
        "One week follows the next (lag-1 r 0.42): runs and trends raise no alert here.",
        "3 weeks have no figure; they break every run.",
    ]
    assert changes.cautions(signal(missing=0), SPEAK) == []


def test_a_baseline_says_who_decided_it_and_why() -> None:
    assert changes.baseline_words(signal()) == (
        "Baseline 18 November 2024 to 23 March 2025, set by A. Okafor: a second triage nurse since November"
    )
    assert changes.baseline_words(signal(baseline_by=None)).endswith("the first closed periods, until a person decides.")
