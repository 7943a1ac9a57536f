"""Who runs next, without a query: a table of who holds and who waits, and the order in which they come."""

import pytest

from metrics.workbench.turns import Turn, Turns


def turns_of(running: str, waiting: str) -> Turns:
    """A letter a turn, its person's; a capital one is slow."""
    made = Turns(each=2, all=4, quick=2)
    made.running = [Turn(letter.lower(), slow=letter.isupper()) for letter in running]
    made.waiting = [Turn(letter) for letter in waiting]
    return made


@pytest.mark.parametrize(
    ("running", "waiting", "next_one"),
    [
        ("", "", None),
        ("", "ab", 0),  # who came first
        ("a", "ab", 0),  # a second of one person
        ("aA", "ab", 1),  # no third of one person, and whoever came later is not held up by that
        ("aA", "aa", None),
        ("ab", "c", None),  # as many quick ones as may run at once
        ("aB", "c", 0),  # a slow one holds up no quick one
        ("ABCc", "d", None),  # as many as may run at all, though three are slow
        ("ABC", "d", 0),
    ],
)
def test_who_runs_next(running: str, waiting: str, next_one: int | None) -> None:
    turns = turns_of(running, waiting)
    assert turns._next() is (None if next_one is None else turns.waiting[next_one])


def test_a_turn_that_came_is_given_back_and_one_that_did_not_leaves_nothing() -> None:
    turns = Turns(each=1, quick=2, wait=0)
    with turns.of("ann") as first, turns.of("ann") as second, turns.of("ben") as other:
        assert (first.why_not, other.why_not) == (None, None)
        assert second.why_not == "1 of your queries are still running; wait for one of them, or cancel it, and run this one again"
        with turns.of("cat") as third:
            assert third.why_not == "2 queries are running already; run this one again in a moment"
        turns.slowed(first)
        with turns.of("cat") as third:
            assert third.why_not is None
    assert (turns.running, turns.waiting) == ([], [])
