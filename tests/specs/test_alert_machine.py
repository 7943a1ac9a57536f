"""The state machine of an alert, drawn: what each verdict does in each state, and a few lives from start to end."""

import pytest

from metrics.alerts.machine import TABLE, VERDICTS, transition
from tests.alerts.drawn import rule, sample, walked

# The table of the reference. `enough` is the N-th breach or the M-th ok in a row (N = M = 2 here), `-` writes no event.
STATES = """
    samples before | verdict | state      | events
                   | B       | pending    | opened
                   | o       |            | -
                   | m       |            | -
    B              | B       | firing     | fired
    B              | o       | expired    | expired
    B              | m       | pending    | -
    BB             | B       | firing     | -
    BB             | o       | recovering | recovering
    BB             | n       | firing     | -
    BBo            | B       | firing     | refired
    BBo            | o       | resolved   | resolved
    BBo            | f       | recovering | -
    BBoo           | B       | pending    | opened
    BBoo           | o       | resolved   | -
    BBoo           | e       | resolved   | -
    Bo             | B       | pending    | opened
    Bo             | o       | expired    | -
"""

# Whole lives: rule (N breaches to fire, M oks to end), samples a week apart, and the events in order.
LIVES = """
    3 2 | BBB           | opened fired
    3 2 | BBoB          | opened expired opened
    3 2 | BnBfBm        | opened fired
    3 2 | BBBoo         | opened fired recovering resolved
    3 2 | BBBomo        | opened fired recovering resolved
    3 2 | BBBoBoBoo     | opened fired recovering refired recovering refired recovering resolved
    3 2 | BBBooBBB      | opened fired recovering resolved opened fired
    1 1 | Bo            | opened fired resolved
    1 1 | BoB           | opened fired resolved opened fired
    1 2 | BoB           | opened fired recovering refired
    2 1 | BBo           | opened fired resolved
    3 2 | nnnnnnnn      |
    3 2 | mmmBmmm       | opened
    3 2 | eeeeee        |
    1 1 | Bnnnnn        | opened fired
"""


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").splitlines()]


@pytest.mark.parametrize(("before", "verdict", "state", "events"), rows(STATES)[1:])
def test_what_a_verdict_does(before: str, verdict: str, state: str, events: str) -> None:
    of = rule(2, 2)
    episode, _ = walked(before, of)
    after, happened = transition(episode, sample(verdict, len(before), of), of, "Anna")
    assert (after.state if after else "") == state
    assert " ".join(event.type for event in happened) == events.replace("-", "")


def test_the_drawn_table_has_every_row_of_the_machine() -> None:
    drawn = {(walked(before, rule(2, 2))[0], verdict) for before, verdict, *_ in rows(STATES)[1:] if verdict in "Bo"}
    reached = {(e.state if e and e.active else "quiet", {"B": "breach", "o": "ok"}[verdict]) for e, verdict in drawn}
    assert reached == set(TABLE) | {("quiet", "ok")}


@pytest.mark.parametrize(("numbers", "samples", "events"), rows(LIVES))
def test_a_life(numbers: str, samples: str, events: str) -> None:
    n, m = map(int, numbers.split())
    assert " ".join(event.type for event in walked(samples, rule(n, m))[1]) == events


def test_only_a_breach_and_an_ok_are_verdicts() -> None:
    assert {outcome for outcome, verdict in VERDICTS.items() if verdict == "hold"} == {
        "inside_margin",
        "too_few",
        "no_data",
        "error",
    }
