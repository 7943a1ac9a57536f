"""States: a word and a shape, trouble with the data first."""

import pytest

from metrics.dashboard import states


@pytest.mark.parametrize(
    ("value", "target", "better", "stale", "state"),
    [
        (None, 0.9, "higher", True, states.NO_DATA),  # nothing to show outranks an old feed
        (0.95, 0.9, "higher", True, states.STALE),  # an old figure is never "on target"
        (0.95, 0.9, "higher", False, states.ON_TARGET),
        (0.9, 0.9, "higher", False, states.ON_TARGET),  # on the line is met
        (0.89, 0.9, "higher", False, states.OFF_TARGET),
        (7.0, 8.0, "lower", False, states.ON_TARGET),
        (8.1, 8.0, "lower", False, states.OFF_TARGET),
        (7.0, None, "lower", False, states.NOT_ASSESSED),
        (7.0, 8.0, "neither", False, states.NOT_ASSESSED),
    ],
)
def test_the_first_state_that_holds(
    value: float | None, target: float | None, better: str, stale: bool, state: states.State
) -> None:
    assert states.state_of(value, 100, target, better, stale) is state


def test_every_state_has_its_own_word_shape_and_rank() -> None:
    for part in ("word", "shape", "rank"):
        assert len({getattr(state, part) for state in states.STATES}) == len(states.STATES)
    assert [state.rank for state in states.STATES] == sorted(state.rank for state in states.STATES)


def test_a_wait_that_should_be_low_should_be_within_its_limit_often() -> None:
    assert states.direction("lower", "within") == "higher"
    assert states.direction("lower", "p90") == "lower"
    assert states.direction("neither", "within") == "neither"


def test_a_few_cases_are_not_judged() -> None:
    assert states.state_of(1.0, states.LEAST_CASES - 1, 0.9, "higher", False) is states.NOT_ASSESSED
    assert states.state_of(1.0, states.LEAST_CASES, 0.9, "higher", False) is states.ON_TARGET


def test_a_target_is_told_with_its_side_and_its_verdict() -> None:
    assert states.target_words("90%", states.OFF_TARGET, "higher") == "Target at least 90%: missed"
    assert states.target_words("5%", states.ON_TARGET, "lower") == "Target at most 5%: met"
    assert states.target_words("5%", states.STALE, "lower") == "Target at most 5%"  # an old figure gets no verdict
    assert states.target_words("5%", states.NOT_ASSESSED, "lower") == "Target at most 5%: not judged under 10 cases"
    assert states.target_words("5%", states.OFF_TARGET, "lower", verified=False) == "Target at most 5% (not verified): missed"
    assert states.target_words(None, states.NOT_ASSESSED, "lower") == "No target set"
