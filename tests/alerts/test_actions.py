"""What people do: who, when, whether they signed in, and what it changes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from metrics.alerts.actions import CAUSES, Person, acknowledged, assigned, cause_set, commented, snoozed, unacknowledged
from metrics.alerts.machine import transition
from metrics.errors import UserError
from tests.alerts.drawn import raised, rule, sample, walked

ANNA, BEN = Person("Anna", True), Person("Ben", False)
NOW = datetime(2026, 3, 24, 9)
FIRING = raised(rule())


def test_an_acknowledgement_says_who_and_when_and_whether_they_signed_in() -> None:
    after, event = acknowledged(FIRING, BEN, NOW, "on it")
    assert (after.ack_state, after.acked_by, after.acked_at, after.state) == ("acked", "Ben", NOW, "firing")
    assert (event.type, event.actor, event.verified, event.occurred_at, event.payload) == (
        "acked",
        "Ben",
        False,
        NOW,
        {"note": "on it"},
    )


def test_of_two_acknowledgements_both_are_told_and_the_first_stands() -> None:
    first, one = acknowledged(FIRING, ANNA, NOW)
    second, two = acknowledged(first, BEN, NOW)
    assert second.acked_by == "Anna" and {one.actor, two.actor} == {"Anna", "Ben"} and one.idempotency_key != two.idempotency_key


def test_the_same_act_given_twice_is_one_event() -> None:
    assert acknowledged(FIRING, ANNA, NOW)[1].idempotency_key == acknowledged(FIRING, ANNA, NOW)[1].idempotency_key


def test_an_alert_is_given_back_handed_over_and_explained() -> None:
    taken, _ = acknowledged(FIRING, ANNA, NOW)
    assert unacknowledged(taken, ANNA, NOW)[0].ack_state == "unacked"
    moved, event = assigned(taken, ANNA, NOW, " Ben ")
    assert (moved.owner, event.payload) == ("Ben", {"owner": "Ben", "was": "Anna"})
    assert cause_set(moved, BEN, NOW, "staffing")[0].cause == "staffing"
    assert commented(moved, BEN, NOW, " two are ill ")[1].payload == {"note": "two are ill"}


def test_a_snooze_ends_by_itself_at_its_time() -> None:
    asleep, event = snoozed(FIRING, ANNA, NOW, NOW + timedelta(days=3))
    assert (asleep.ack_state, event.payload) == ("snoozed", {"until": "2026-03-27T09:00:00"})
    of = rule()
    still, _ = transition(asleep, replace(sample("B", 3, of), evaluated_at=NOW + timedelta(days=2)), of, "Anna")
    awake, events = transition(asleep, replace(sample("B", 3, of), evaluated_at=NOW + timedelta(days=3)), of, "Anna")
    assert still is not None and still.ack_state == "snoozed"
    assert (
        awake is not None
        and (awake.ack_state, awake.snoozed_until) == ("unacked", None)
        and [e.type for e in events] == ["unsnoozed"]
    )


@pytest.mark.parametrize("taken", ["acked", "snoozed"])
def test_a_rise_in_severity_opens_it_again_and_a_fall_does_not(taken: str) -> None:
    mine, _ = acknowledged(FIRING, ANNA, NOW) if taken == "acked" else snoozed(FIRING, ANNA, NOW, NOW + timedelta(days=30))
    graver, milder = rule(severity="act"), rule(severity="info")
    worse, events = transition(mine, sample("m", 4, graver), graver, "Anna")
    assert (
        worse is not None and (worse.severity, worse.ack_state) == ("act", "unacked") and [e.type for e in events] == ["escalated"]
    )
    better, events = transition(mine, sample("m", 4, milder), milder, "Anna")
    assert (
        better is not None
        and (better.severity, better.ack_state) == ("info", taken)
        and [e.type for e in events] == ["rule_changed"]
    )


def test_acknowledgement_owner_and_snooze_end_with_the_alert() -> None:
    mine, _ = assigned(acknowledged(FIRING, ANNA, NOW)[0], ANNA, NOW, "Ben")
    over, _ = walked("oo", rule(), mine, first_week=3)
    assert over is not None and over.state == "resolved"
    again, _ = walked("BBB", rule(), over, first_week=5)
    assert again is not None and (again.state, again.ack_state, again.owner) == ("firing", "unacked", "Anna")
    assert again.alert_id != over.alert_id


@pytest.mark.parametrize("act", [
    lambda e: acknowledged(e, ANNA, NOW), lambda e: unacknowledged(e, ANNA, NOW), lambda e: assigned(e, ANNA, NOW, "Ben"),
    lambda e: snoozed(e, ANNA, NOW, NOW + timedelta(days=1)),
])  # fmt: skip
def test_what_is_over_cannot_be_taken_on(act) -> None:
    over, _ = walked("oo", rule(), FIRING, first_week=3)
    with pytest.raises(UserError, match=r"is over \(resolved on 2026-04-06 06:00 UTC\); it is too late to"):
        act(over)
    assert cause_set(over, ANNA, NOW, "demand")[0].cause == "demand"  # type: ignore[arg-type]


@pytest.mark.parametrize(("act", "said"), [
    (lambda: cause_set(FIRING, ANNA, NOW, "stafing"), "Did you mean staffing?"),
    (lambda: commented(FIRING, ANNA, NOW, "  "), "the note is empty"),
    (lambda: assigned(FIRING, ANNA, NOW, " "), "the new owner has no name"),
    (lambda: snoozed(FIRING, ANNA, NOW, NOW), "choose a time after now"),
    (lambda: snoozed(FIRING, ANNA, NOW, NOW + timedelta(days=91)), "before 2026-06-22 09:00 UTC"),
    (lambda: unacknowledged(FIRING, ANNA, NOW), "is unacked; only one that somebody took on can be given back"),
])  # fmt: skip
def test_a_mistake_says_what_to_do(act, said: str) -> None:
    with pytest.raises(UserError, match=said.replace("?", r"\?")):
        act()


def test_every_cause_has_words() -> None:
    assert all(CAUSES.values()) and "no_problem" in CAUSES
