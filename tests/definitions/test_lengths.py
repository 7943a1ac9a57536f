"""Lengths of time, read from words and said in words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.definitions.lengths import length_from_words, unit_in_words, words_from_length


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("60 minutes", timedelta(hours=1)),
        ("1 day", timedelta(days=1)),
        (" 2weeks ", timedelta(days=14)),
        (timedelta(seconds=5), timedelta(seconds=5)),
    ],
)
def test_words_make_a_length(words, length):
    assert length_from_words(words) == length


@pytest.mark.parametrize("words", ["", "an hour", "1.5 hours", "-1 day", "60", 60, "5 fortnights", "1 day 2 hours"])
def test_anything_else_says_what_was_expected(words):
    with pytest.raises(ValueError, match="write a whole number and a unit"):
        length_from_words(words)


def test_the_unit_is_the_one_written():
    assert (unit_in_words("72 hours"), unit_in_words("3 days")) == ("hour", "day")


@pytest.mark.parametrize(
    ("length", "largest", "words"),
    [
        (timedelta(hours=4), "day", "4 hours"),
        (timedelta(days=90), "day", "90 days"),
        (timedelta(hours=24), "hour", "24 hours"),
        (timedelta(seconds=90), "day", "90 seconds"),
        (timedelta(days=1), "day", "1 day"),
        (timedelta(0), "day", "0 days"),
    ],
)
def test_a_length_is_said_in_its_largest_whole_unit(length, largest, words):
    assert words_from_length(length, largest) == words


@given(st.integers(0, 10**9), st.sampled_from(["hour", "day"]))
def test_words_give_the_length_back(seconds, largest):
    length = timedelta(seconds=seconds)
    assert length_from_words(words_from_length(length, largest)) == length
