"""Messages: one an owner and run, of what is news to them, in words that say what, where, since when, how sure and whose."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from metrics.alerts.actions import Person, acknowledged, snoozed
from metrics.alerts.digest import Digest, digests, suppressed, told
from metrics.alerts.episode import Episode
from metrics.alerts.kinds import KINDS
from metrics.alerts.muting import Mute
from metrics.alerts.rule import Rule
from metrics.alerts.sentences import Names, how_sure, message
from metrics.definitions import BUILT_IN, load_catalog
from tests.alerts.drawn import raised, rule, walked

NAMES = Names(load_catalog(BUILT_IN), {"CEN": "Central Hospital"}, "https://timely.example/")
NOW = datetime(2026, 3, 24, 9)
RULE = rule(renotify_after_days=7, severity="watch", runbook="Ask the site.")
FIRING = raised(RULE)


def news(
    *episodes: Episode, rules: Rule = RULE, mutes: dict[str, Mute] | None = None, now: datetime = NOW
) -> list[tuple[str, list[str]]]:
    """Each owner with the news they get."""
    found = digests(episodes, {rules.id: rules}, mutes or {}, NAMES, now)
    return [(one.owner, [item.news for item in one.items]) for one in found]


def after_telling(episode: Episode, now: datetime = NOW) -> Episode:
    """The episode once its owner was told."""
    [one] = digests([episode], {RULE.id: RULE}, {}, NAMES, now)
    return told(one.items[0], now)[0]


TOLD = after_telling(FIRING)


def test_what_fired_is_told_once() -> None:
    assert news(FIRING) == [("Anna", ["new"])]
    assert news(TOLD) == []


def test_what_is_pending_or_quiet_or_already_taken_is_not_told() -> None:
    pending, _ = walked("B", RULE)
    over, _ = walked("Bo", RULE)
    assert pending is not None and over is not None
    assert news(pending, over, acknowledged(FIRING, Person("Ben", True), NOW)[0]) == []


def test_a_recovery_is_told_only_of_what_was_told() -> None:
    for start, expected in ((FIRING, []), (TOLD, [("Anna", ["resolved"])])):
        over, _ = walked("oo", RULE, start, first_week=3)
        assert over is not None and over.state == "resolved" and news(over) == expected
        if expected:
            assert news(after_telling(over)) == []


def test_an_end_by_an_edit_is_told_as_that() -> None:
    [one] = digests([replace(TOLD, state="expired", ended_at=NOW)], {}, {}, NAMES, NOW)
    assert one.body.startswith("Ended by an edit of its rule, not by a recovery\n")


def test_who_took_it_is_left_alone_unless_it_gets_worse() -> None:
    taken = acknowledged(TOLD, Person("Ben", True), NOW)[0]
    again, _ = walked("oB", RULE, taken, first_week=3)
    untaken, _ = walked("oB", RULE, TOLD, first_week=3)
    assert again is not None and untaken is not None and again.flap_count == 1
    assert news(again) == [] and news(untaken) == [("Anna", ["again"])]
    assert news(replace(again, severity="act", ack_state="unacked")) == [("Anna", ["worse"])]
    assert news(replace(again, rule_version="other")) == [("Anna", ["changed"])]


@pytest.mark.parametrize(("days", "expected"), [(6, []), (7, [("Anna", ["still"])]), (30, [("Anna", ["still"])])])
def test_what_nobody_took_is_told_again_after_its_days(days: int, expected: list[tuple[str, list[str]]]) -> None:
    assert news(TOLD, now=NOW + timedelta(days=days)) == expected
    assert news(acknowledged(TOLD, Person("Ben", True), NOW)[0], now=NOW + timedelta(days=days)) == []
    assert news(TOLD, rules=rule(), now=NOW + timedelta(days=days)) == []  # no days are given: it is told once


def test_a_reminder_is_another_message_than_the_first() -> None:
    again, later = after_telling(TOLD, NOW + timedelta(days=7)), NOW + timedelta(days=14)
    told_at = ((FIRING, NOW), (TOLD, NOW + timedelta(days=7)), (again, later))
    keys = [digests([each], {RULE.id: RULE}, {}, NAMES, at)[0].key for each, at in told_at]
    assert len(set(keys)) == 3
    assert (
        digests([FIRING], {RULE.id: RULE}, {}, NAMES, NOW + timedelta(hours=1))[0].key == keys[0]
    )  # the same news: the same message


def test_what_is_muted_or_snoozed_is_told_when_that_ends_if_it_still_fires() -> None:
    mute = {FIRING.alert_id: Mute("feed", "explained by alert feed")}
    assert news(FIRING, mutes=mute) == [] and news(FIRING) == [("Anna", ["new"])]
    assert news(snoozed(FIRING, Person("Ben", True), NOW, NOW + timedelta(days=2))[0]) == []
    event = suppressed(FIRING, mute[FIRING.alert_id], NOW)
    assert event.type == "suppressed" and event.payload == {"reason": "explained by alert feed", "by": "feed"}
    assert suppressed(FIRING, mute[FIRING.alert_id], NOW + timedelta(days=1)).idempotency_key == event.idempotency_key


def test_each_owner_gets_one_message_gravest_first() -> None:
    others = [
        replace(FIRING, alert_id="b", severity="act"), replace(FIRING, alert_id="c", owner="Ben"),
        replace(TOLD, alert_id="d", state="resolved", severity="act"), replace(FIRING, alert_id="e", severity="info"),
    ]  # fmt: skip
    found = digests([FIRING, *others], {RULE.id: RULE}, {}, NAMES, NOW)
    assert [(one.owner, one.alert_ids) for one in found] == [("Anna", ("b", FIRING.alert_id, "e", "d")), ("Ben", ("c",))]
    assert found[0].subject == "ACT: Door to provider, median, at Central Hospital (CEN), and 3 more"


def first(episode: Episode, of: Rule = RULE) -> Digest:
    [one] = digests([episode], {of.id: of}, {}, NAMES, NOW)
    return one


def test_a_message_says_what_where_since_when_how_sure_whose_and_where_to_look() -> None:
    late = replace(
        FIRING, labels='{"metric":"door_to_provider","site_id":"CEN","statistic":"within"}', detail="71.3 % of 213 against 76.0 %"
    )
    assert message(late, RULE, NAMES).splitlines() == [
        "WATCH: Door to provider, share within 1 hour, at Central Hospital (CEN): Too many wait too long.",
        "71.3 % of 213 against 76.0 %. Since 2 March 2026, newest figure of the period to 22 March 2026.",
        "How sure: Weak: a figure that sits exactly on the line is beyond it 3 weeks running in 11 % of weeks.",
        "Owner: Anna. Nobody has it yet.",
        "What to do: Ask the site.",
        f"https://timely.example/alerts?alert={late.alert_id}",
    ]
    assert first(late).body == f"New\n{message(late, RULE, NAMES)}\n"


@pytest.mark.parametrize(("labels", "said"), [
    ('{"source":"pas","table_name":"appointments"}', "The feed of appointments from pas"),
    ('{"check":"accepted","subject":"visits from ed"}', "The check accepted of visits from ed"),
    ('{"rule_id":"misses"}', "The rule misses"), ('{"metric":"gone"}', "The metric gone"),
    ('{"metric":"door_to_provider"}', "Door to provider, people waiting now"),
])  # fmt: skip
def test_what_it_is_about_has_a_name_whatever_it_is(labels: str, said: str) -> None:
    assert first(replace(FIRING, labels=labels, site_id=None)).subject == f"WATCH: {said}, at all places"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_how_sure_it_is(kind: str) -> None:
    needed = {"live_wait": {"metric": "door_to_provider", "longer_than": "4 hours"}}.get(kind, {})
    assert how_sure(KINDS[kind].model_validate({"id": "a", "name": "A", "kind": kind, **needed})).endswith(".")


def test_a_message_without_a_rule_or_an_address_leaves_those_lines_out() -> None:
    assert len(message(FIRING, None, Names()).splitlines()) == 3
