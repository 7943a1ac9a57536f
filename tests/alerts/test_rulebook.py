"""alerts.toml: what it may say, and that whatever is wrong with one block is told and stops no other."""

import tomllib
from datetime import datetime
from typing import Any

import pytest

from metrics.alerts.kinds import BROKEN_RULE, KINDS
from metrics.alerts.rulebook import RuleBook, fitted, placed, rules_from
from metrics.definitions import BUILT_IN, load_catalog

GOOD = """
[[rule]]
id = "misses"
name = "Misses of the target add up"
kind = "cusum"
"""
CUSUM = 'id = "b"\nname = "B"\nkind = "cusum"\n'
QUIET = "[[silence]]\nsite_id = 'CEN'\nreason = 'works'\ncreated_by = 'Anna'\nstarts_at = 2026-11-02T00:00:00Z\n"
METRICS = load_catalog(BUILT_IN)


def book(text: str) -> RuleBook:
    return rules_from(tomllib.loads(text))


def told(text: str) -> list[str]:
    return [problem.sentence for problem in book(text).problems]


def test_an_empty_file_has_only_the_rule_about_rules() -> None:
    assert book("").rules == (BROKEN_RULE,) and not book("").problems


def test_every_key_has_its_default_and_cusum_needs_one_breach() -> None:
    rule, error = book(GOOD).rules
    assert (rule.for_periods, rule.clear_periods, rule.min_n, rule.k, rule.h, rule.metric) == (1, 2, 30, 0.5, 5.0, "*")
    assert error == BROKEN_RULE


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_written_with_its_least_keys(kind: str) -> None:
    needed = {"live_wait": 'metric = "door_to_provider"\nlonger_than = "4 hours"'}.get(kind, "")
    found = book(f'[[rule]]\nid = "a"\nname = "A"\nkind = "{kind}"\n{needed}')
    assert [rule.kind for rule in found.rules][:1] == [kind] and not found.problems
    assert (found.rules[0].for_periods == 3) == (kind in ("threshold", "binomial", "assurance"))


@pytest.mark.parametrize(("block", "sentence"), [
    ('id = "b"\nname = "B"', ".kind is missing."),
    ('id = "b"\nname = "B"\nkind = "cusm"', ".kind = 'cusm' is not a kind of rule. Did you mean cusum?"),
    ('id = "b"\nkind = "cusum"', ".name is missing. What people read at the head of the alert."),
    ('id = "B!"\nname = "B"\nkind = "cusum"', ".id = 'B!'; expected lower-case letters, digits and _, starting with a letter."),
    ('id = "misses"\nname = "B"\nkind = "spc"', ".id = 'misses' is taken; the first one counts. Rename this one."),
    ('id = "broken_rule"\nname = "B"\nkind = "spc"', ".id = 'broken_rule' is taken; the first one counts. Rename this one."),
    ('hh = 4', ".hh is not a key it knows. Did you mean h?"),
    ('h = 0', ".h = 0.0; expected a number above 0."),
    ('h = "5"', ".h = '5'; expected a number above 0."),
    ('severity = "red"', ".severity = 'red'; expected 'info', 'watch' or 'act'."),
    ('for_periods = 0', ".for_periods = 0; expected a whole number from 1 to 52."),
    ('sites = "CEN"', ".sites = 'CEN'; expected a list."),
    ('services = ["x"]',
     ": services is given, but fan_out = 'site' has none; write fan_out = 'service' or 'site_service'."),
    ('id = "b"\nname = "B"\nkind = "threshold"\nlimit = "76%"',
     ": limit = 0.76 needs one metric and one statistic to be the limit of; name them."),
    ('id = "b"\nname = "B"\nkind = "binomial"\nstatistic = "median"',
     ": statistic = 'median' is no share of cases; name 'share' or 'within'."),
    ('id = "b"\nname = "B"\nkind = "live_wait"\nmetric = "door_to_provider"\nlonger_than = "soon"',
     ".longer_than: 'soon' is not a length of time; write a whole number and a unit, as in '60 minutes'."),
    ('id = "b"\nname = "B"\nkind = "stale"\nafter = "0 hours"', ".after = '0 hours': it must be longer than nothing."),
])  # fmt: skip
def test_a_broken_rule_is_told_and_the_others_go_on(block: str, sentence: str) -> None:
    found = book(f"{GOOD}\n[[rule]]\n{block if 'kind' in block or 'name' in block else CUSUM + block}")
    assert [problem.sentence for problem in found.problems] == [f"alerts.toml: rule[2]{sentence}"]
    assert [rule.id for rule in found.rules] == ["misses", "broken_rule"]


def test_every_problem_of_a_rule_is_told_at_once_and_by_its_name() -> None:
    found = book('[[rule]]\nid = "b"\nname = ""\nkind = "cusum"\nh = -1\nwhat = 2')
    assert len(found.problems) == 3 and {problem.rule_id for problem in found.problems} == {"b"} and found.broken == {"b"}


@pytest.mark.parametrize(("text", "sentence"), [
    ("rules = 3", "alerts.toml: rules is not a key it knows. Did you mean rule?"),
    ("rule = 3", "alerts.toml: rule is not a list of blocks; write each under [[rule]]."),
    ("[rule]\nid = 'a'", "alerts.toml: rule is not a list of blocks; write each under [[rule]]."),
    (QUIET,
     "alerts.toml: silence[1].ends_at is missing. Until when: a silence always ends."),
    (QUIET + "ends_at = 2026-11-01T00:00:00Z",
     "alerts.toml: silence[1]: ends_at 2026-11-01 00:00:00 is not after starts_at 2026-11-02 00:00:00."),
    ("[[inhibit]]\nsource = { kind = 'stale' }\ntarget = { kind = 'spc' }",
     "alerts.toml: inhibit[1]: name what both must share with equal, or one alert would silence all the others."),
    ("[[inhibit]]\nsource = { knd = 'stale' }\ntarget = { kind = 'spc' }\nequal = ['site_id']",
     "alerts.toml: inhibit[1].source.knd is not a key it knows. Did you mean kind?"),
])  # fmt: skip
def test_a_broken_block_is_told(text: str, sentence: str) -> None:
    assert told(text) == [sentence]


def test_a_silence_of_everything_and_an_owner_of_everything_are_refused() -> None:
    text = "reason = 'x'\ncreated_by = 'x'\nstarts_at = 2026-11-01T00:00:00Z\nends_at = 2026-11-02T00:00:00Z"
    assert [words.split(":")[2].strip()[:21] for words in told(f"[[silence]]\n{text}\n[[owner]]\nname = 'Anna'")] == [
        "it names no alerts; na"[:21]
    ] * 2


def test_a_silence_is_kept_in_utc() -> None:
    text = "site_id = 'CEN'\nreason = 'x'\ncreated_by = 'x'\nstarts_at = 2026-07-01T01:00:00+01:00\nends_at = 2026-07-02T00:00:00"
    [silence] = book(f"[[silence]]\n{text}").silences
    assert (silence.starts_at, silence.ends_at) == (datetime(2026, 7, 1), datetime(2026, 7, 2))
    assert silence.holds(datetime(2026, 7, 1)) and not silence.holds(datetime(2026, 7, 2))


@pytest.mark.parametrize(("keys", "said"), [
    ('kind = "cusum"\nmetric = "no_shows"', "metric 'no_shows' is not in the catalogue. Did you mean no_show_rate?"),
    ('kind = "cusum"\nmetric = "no_show_rate"\nstatistic = "median"', "metric 'no_show_rate' has no median. Known: share."),
    ('kind = "live_wait"\nmetric = "no_show_rate"\nlonger_than = "1 hour"',
     "metric 'no_show_rate' is no wait that is counted case by case, so nobody can be seen waiting"),
    ('kind = "cusum"\nmetric = "virtual_visit_share"',
     "neither way is better for metric 'virtual_visit_share'; say which side is bad with bad = 'high' or 'low'"),
    ('kind = "assurance"\nmetric = "virtual_visit_share"',
     "neither way is better for metric 'virtual_visit_share', so no target can be missed"),
    ('kind = "spc"\nmetric = "virtual_visit_share"', "neither way is better for metric 'virtual_visit_share'; say side = 'any'"),
])  # fmt: skip
def test_a_rule_that_does_not_fit_the_catalogue_is_broken(keys: str, said: str) -> None:
    found = fitted(book(f'{GOOD}\n[[rule]]\nid = "b"\nname = "B"\n{keys}'), METRICS)
    assert list(found.problems) == [("b", f"alerts.toml: rule b: {said}")]
    assert [rule.id for rule in found.rules] == ["misses", "broken_rule"]


def test_a_rule_about_a_site_nobody_knows_is_broken() -> None:
    found = placed(book(GOOD + 'sites = ["CEM"]'), ["CEN", "NRT"])
    assert found.problems == (("misses", "alerts.toml: rule misses: site 'CEM' is not in sites.csv. Did you mean CEN?"),)
    assert found.broken == {"misses"}


def changed(**keys: Any) -> bool:
    """Whether a rule with these keys has another version."""
    plain = {"id": "a", "name": "A", "kind": "cusum"}
    return rules_from({"rule": [plain]}).rules[0].version != rules_from({"rule": [plain | keys]}).rules[0].version


def test_the_version_is_of_what_the_rule_asks_not_of_its_words() -> None:
    assert all(
        changed(**{key: value})
        for key, value in {"h": 4, "grain": "month", "min_n": 5, "sites": ["CEN"], "clear_margin": 1}.items()
    )
    words = {
        "name": "B",
        "owner": "Anna",
        "runbook": "Ask.",
        "severity": "act",
        "renotify_after_days": 7,
        "enabled": False,
        "h": 5.0,
    }
    assert not any(changed(**{key: value}) for key, value in words.items())
