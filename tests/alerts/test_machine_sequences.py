"""The machine through every sequence of eight samples for N, M in 1..3: 59,049 walks, told apart by what may never happen."""

from functools import cache
from itertools import product

import pytest

from metrics.alerts.episode import Episode
from metrics.alerts.kinds import ThresholdRule
from metrics.alerts.machine import VERDICTS, transition
from tests.alerts.drawn import OUTCOME, rule, sample

LENGTH = 8
LETTERS = "Bom"  # a breach, an ok, and a hold: the four holds act alike, which has a test of its own
Walk = tuple[str, tuple[str, ...], Episode | None]  # the samples so far, the events, the episode


@cache
def walks(of: ThresholdRule) -> list[Walk]:
    """Every walk of 0 to 8 samples, each reached from the one before it by one step."""
    level: list[Walk] = [("", (), None)]
    found = list(level)
    while level:
        level = [longer(walk, letter, of) for walk in level if len(walk[0]) < LENGTH for letter in LETTERS]
        found += level
    return found


def longer(walk: Walk, letter: str, of: ThresholdRule) -> Walk:
    letters, events, episode = walk
    after, happened = transition(episode, sample(letter, len(letters), of), of, "Anna")
    return letters + letter, (*events, *(event.type for event in happened)), after


def judged(letters: str) -> str:
    """The samples that were judged: without the holds."""
    return letters.replace("m", "")


RULES = [pytest.param(rule(n, m), id=f"N={n} M={m}") for n, m in product((1, 2, 3), repeat=2)]


@pytest.mark.parametrize("of", RULES)
def test_what_never_happens_never_happens(of: ThresholdRule) -> None:
    n, m = of.for_periods, of.clear_periods
    seen = 0
    for letters, events, episode in walks(of):
        seen += len(letters) == LENGTH
        state = episode.state if episode and episode.active else "quiet"
        raised = state in ("firing", "recovering")
        told = [event for event in events if event in ("fired", "resolved")]
        assert told == ["fired", "resolved"] * (len(told) // 2) + ["fired"] * (len(told) % 2), letters
        assert raised == (len(told) % 2 == 1), letters
        assert events.count("opened") == events.count("fired") + events.count("expired") + (state == "pending"), letters
        if judged(letters).endswith("B" * n):
            assert state == "firing", f"{letters}: {n} breaches in a row, and it does not fire"
        if judged(letters).endswith("o" * m):
            assert state == "quiet", f"{letters}: {m} oks in a row, and it goes on"
        if judged(letters).endswith("o"):
            assert state != "pending", letters
        assert episode is None or episode.flap_count <= events.count("refired"), letters
    assert seen == len(LETTERS) ** LENGTH


@pytest.mark.parametrize("of", RULES)
def test_each_event_has_its_cause_in_the_sample_that_brought_it(of: ThresholdRule) -> None:
    n, m = of.for_periods, of.clear_periods
    before: dict[str, tuple[str, ...]] = {}
    for letters, events, _ in walks(of):
        before[letters] = events
        new = events[len(before[letters[:-1]]) :] if letters else ()
        causes = {
            "opened": judged(letters)[-1:] == "B",
            "fired": judged(letters).endswith("B" * n),
            "refired": letters[-1:] == "B" and judged(letters)[-2:-1] == "o",
            "expired": letters[-1:] == "o",
            "recovering": letters[-1:] == "o" and m > 1,
            "resolved": judged(letters).endswith("o" * m),
        }
        assert all(causes[event] for event in new), f"{letters}: {new}"
        assert not (new and letters[-1] == "m"), f"{letters}: a hold moved it"


@pytest.mark.parametrize("hold", [letter for letter, outcome in OUTCOME.items() if VERDICTS[outcome] == "hold"])
def test_every_hold_leaves_every_state_as_it_is(hold: str) -> None:
    of = rule(2, 2)
    for letters, _, episode in walks(of):
        if len(letters) <= 5:
            assert transition(episode, sample(hold, len(letters), of), of, "Anna") == (episode, ())


@pytest.mark.parametrize("of", RULES)
def test_a_sample_given_again_changes_nothing(of: ThresholdRule) -> None:
    for letters, _, episode in walks(of):
        if letters and len(letters) <= 6:
            assert transition(episode, sample(letters[-1], len(letters) - 1, of), of, "Anna") == (episode, ())
