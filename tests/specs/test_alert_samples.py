"""What each kind of rule finds in a figure, drawn: one row of `signals`, one rule, one outcome."""

from typing import Any

import pytest

from tests.alerts.moments import asked, rule_of, signal, with_rows

# The figure is a share that should be high (door to provider, within the hour), its target 76 %, with 150 cases unless drawn.
AGAINST_TARGET = """
    rule                          | value | n   | target | outcome       | excess
    threshold                     | 0.80  | 150 | 0.76   | ok            | -0.04
    threshold                     | 0.76  | 150 | 0.76   | ok            | 0
    threshold                     | 0.75  | 150 | 0.76   | breach        | 0.01
    threshold                     |       | 150 | 0.76   | no_data       |
    threshold                     | 0.10  | 29  | 0.76   | too_few       | 0.66
    threshold                     | 0.10  | 30  | 0.76   | breach        | 0.66
    threshold min_n=5             | 0.10  | 29  | 0.76   | breach        | 0.66
    threshold clear_margin=0.05   | 0.80  | 150 | 0.76   | inside_margin | -0.04
    threshold clear_margin=0.05   | 0.81  | 150 | 0.76   | ok            | -0.05
    threshold clear_margin=0.05   | 0.75  | 150 | 0.76   | breach        | 0.01
    threshold limit=0.9           | 0.80  | 150 | 0.76   | breach        | 0.1
    threshold limit=0.9           | 0.80  | 150 |        | breach        | 0.1
    threshold limit=0.7 bad=high  | 0.80  | 150 |        | breach        | 0.1
    threshold                     | 0.10  | 150 |        | -             |
    binomial                      | 0.72  | 150 | 0.76   | ok            | -0.0200
    binomial                      | 0.69  | 150 | 0.76   | breach        | 0.0100
    binomial confidence=0.999     | 0.69  | 150 | 0.76   | ok            | -0.0433
    binomial                      | 0.69  | 29  | 0.76   | too_few       |
    binomial                      | 0.10  | 150 |        | -             |
    assurance                     | 0.80  | 150 | 0.76   | ok            |
"""

# A rule about change looks at the rules that the newest point breaks. A falling share is the bad way.
CHANGE = """
    rule                  | rules                     | muted | variation        | outcome | signal
    spc                   |                           |       | common_cause     | ok      |
    spc                   | below_limit               |       | concern_low      | breach  | below_limit
    spc                   | above_limit               |       | improvement_high | ok      |
    spc                   | below_limit,shift_below   |       | concern_low      | breach  | below_limit,shift_below
    spc                   | shift_below               | yes   | concern_low      | ok      |
    spc                   | trend_down                | yes   | concern_low      | ok      |
    spc                   | below_limit,shift_below   | yes   | concern_low      | breach  | below_limit
    spc                   | two_in_three_below        | yes   | concern_low      | breach  | two_in_three_below
    spc on=outside        | shift_below               |       | concern_low      | ok      |
    spc on=outside        | below_limit               |       | concern_low      | breach  | below_limit
    spc side=improvement  | above_limit               |       | improvement_high | breach  | above_limit
    spc side=improvement  | below_limit               |       | concern_low      | ok      |
    spc side=any          | above_limit               |       | improvement_high | breach  | above_limit
    spc                   | trend_up,shift_below      |       | improvement_high | breach  | shift_below
    spc                   | below_limit               |       | not_assessed     | too_few | below_limit
"""

# Assurance asks the whole process.
ASSURANCE = """
    consistent_fail | breach
    inconsistent    | ok
    consistent_pass | ok
    not_assessed    | too_few
"""


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").splitlines()]


def drawn_rule(words: str):
    kind, *keys = words.split()
    given: dict[str, Any] = dict(key.split("=") for key in keys)
    numbers = {name: float(value) for name, value in given.items() if name in ("limit", "clear_margin", "confidence")}
    whole = {name: int(value) for name, value in given.items() if name == "min_n"}
    lists = {name: [value] for name, value in given.items() if name == "on"}
    return rule_of(kind, **(given | numbers | whole | lists))


@pytest.mark.parametrize(("rule", "value", "n", "target", "outcome", "excess"), rows(AGAINST_TARGET)[1:])
def test_a_figure_and_its_target(rule: str, value: str, n: str, target: str, outcome: str, excess: str) -> None:
    row = signal(value=float(value) if value else None, n=int(n), target=float(target) if target else None)
    found = asked(drawn_rule(rule), with_rows([row]))
    assert found["outcome"].to_list() == ([] if outcome == "-" else [outcome])
    if excess:
        assert found["excess"][0] == pytest.approx(float(excess), abs=5e-5)


@pytest.mark.parametrize(("rule", "broken", "muted", "variation", "outcome", "said"), rows(CHANGE)[1:])
def test_a_figure_and_its_chart(rule: str, broken: str, muted: str, variation: str, outcome: str, said: str) -> None:
    [found] = asked(
        drawn_rule(rule), with_rows([signal(rules=broken or None, muted=muted == "yes", variation=variation)])
    ).to_dicts()
    assert (found["outcome"], found["signal"]) == (outcome, said)


@pytest.mark.parametrize(("assurance", "outcome"), rows(ASSURANCE))
def test_a_process_and_its_target(assurance: str, outcome: str) -> None:
    found = asked(rule_of("assurance"), with_rows([signal(target=0.76, assurance=assurance)]))
    assert found["outcome"].to_list() == [outcome]


@pytest.mark.parametrize(("statistic", "value", "outcome"), [
    ("within", 0.70, "breach"), ("within", 0.80, "ok"), ("median", 61.0, "breach"), ("median", 59.0, "ok"), ("p90", 60.0, "ok"),
])  # fmt: skip
def test_a_wait_should_be_short_and_the_share_within_its_limit_high(statistic: str, value: float, outcome: str) -> None:
    target = 0.76 if statistic == "within" else 60.0
    found = asked(rule_of("threshold", statistic="*"), with_rows([signal(statistic=statistic, value=value, target=target)]))
    assert found["outcome"].to_list() == [outcome]
