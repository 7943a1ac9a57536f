"""python -m tests.benchmarks.alert_quality: how often alerts cry wolf, and how soon they find a change.

Each rule book walks through the same weeks as the program does: every week the newest closed period is judged against limits that
stand still, the samples go through the state machine, and what is in alarm is written down. Nothing is looked at in retrospect.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from tomllib import loads

import numpy as np
import polars as pl
from numpy.typing import NDArray

from metrics.alerts.episode import Episode
from metrics.alerts.evidence import Evidence
from metrics.alerts.machine import transition
from metrics.alerts.rule import JudgedRule
from metrics.alerts.rulebook import RuleBook, rules_from
from metrics.alerts.samples import sample_of, samples
from metrics.definitions import BUILT_IN, Metric, load_catalog
from metrics.signals.judging import judged
from metrics.signals.profile import DEFAULT, Profile
from metrics.signals.schema import BASELINES
from tests.benchmarks.simulated_weeks import BASELINE, CHANGE, MONDAY, SCENARIOS, WEEKS, Scenario, observations

Flags = NDArray[np.bool_]

SERIES = 1_000
METRIC = "door_to_provider"
OUR_RULES = Path(__file__).parents[2] / "data" / "alerts.toml"
LATE = 13  # weeks after which a change is called missed
FEW_FALSE = 0.005  # alarms a series-week, at most
SOON = 4  # weeks to find the first scenario's fall, at the median

BELOW_TARGET = """
[[rule]]
id = "below_target"
name = "Worse than target this week"
kind = "threshold"
for_periods = {periods}
clear_periods = 1
"""
XMR = """
[[rule]]
id = "xmr"
name = "Special cause"
kind = "spc"
statistic = "{statistic}"
for_periods = 1
clear_periods = 1
"""


@dataclass(frozen=True)
class Contender:
    name: str
    book: RuleBook
    profile: Profile = DEFAULT


@dataclass(frozen=True)
class Course:
    """What a rule book did, series x weeks after the baseline: raised (a message went out), alarmed (an alert fires)."""

    raised: Flags
    alarmed: Flags


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.alert_quality", description=__doc__)
    parser.add_argument("--series", type=int, default=SERIES, help=f"quiet series, and as many changed ones (default {SERIES:,})")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument(
        "--rules", type=Path, default=OUR_RULES, help="the alerts.toml that (d) tries (default: the one that ships)"
    )
    parser.add_argument(
        "--only", type=int, choices=range(1, len(SCENARIOS) + 1), action="append", help="try only this kind of series"
    )
    asked = parser.parse_args()
    ours = rules_from(loads(asked.rules.read_text(encoding="utf-8")))
    print(f"{asked.series:,} quiet and {asked.series:,} changed series of {WEEKS} weeks; a quiet one sits exactly on its target\n")
    tried = [SCENARIOS[number - 1] for number in asked.only or range(1, len(SCENARIOS) + 1)]
    reached = [told(scenario, asked.series, asked.seed, ours) for scenario in tried]
    print(f"Aims: alarms in under {FEW_FALSE:.1%} of quiet series-weeks; {SCENARIOS[0].change} found within {SOON} weeks (median)")
    print("\n".join(f"  {scenario.name}: {'reached' if met else 'missed'}" for scenario, met in zip(tried, reached, strict=True)))
    return 0 if all(reached) else 1


def contenders(scenario: Scenario, ours: RuleBook) -> list[Contender]:
    """What is compared; our rules last, after each of them alone that speaks of figures."""
    plain = replace(DEFAULT, name="plain XmR", charts="xmr")
    judging = [rule for rule in ours.rules if isinstance(rule, JudgedRule) and rule.grain == "week"]
    return [
        Contender("(a) worse than target this week", book_of(BELOW_TARGET.format(periods=1))),
        Contender("(b) two weeks in a row", book_of(BELOW_TARGET.format(periods=2))),
        Contender("(c) plain XmR, four rules", book_of(XMR.format(statistic=scenario.statistic)), plain),
        *(Contender(f"    {rule.id} alone", RuleBook((rule,))) for rule in judging),
        Contender("(d) our default rules", RuleBook(tuple(judging), inhibits=ours.inhibits)),
    ]


def book_of(text: str) -> RuleBook:
    book = rules_from(loads(text))
    assert not book.problems, book.problems
    return book


def told(scenario: Scenario, series: int, seed: int, ours: RuleBook) -> bool:
    """Prints the scenario's table; whether our rules (the last row) reach the aims that are set for it."""
    metric = load_catalog(BUILT_IN)[METRIC].model_copy(update={"statistics": (scenario.statistic,)})  # the only figure there is
    tried = contenders(scenario, ours)
    quiet, changed = (
        courses(observations(scenario, METRIC, series, changes, seed + changes), scenario, metric, tried, series)
        for changes in (False, True)
    )
    print(f"{scenario.name}; change: {scenario.change}")
    print(f"  {'':<36}{'false alarms':>14}{'weeks in':>13}{'median weeks':>14}{'found in':>11}")
    print(f"  {'':<36}{'a series-week':>14}{'false alarm':>13}{'to find':>14}{f'{LATE} weeks':>11}")
    for one, calm, after in zip(tried, quiet, changed, strict=True):
        found = delays(after)
        rates = f"{calm.raised.mean():>14.2%}{calm.alarmed.mean():>13.2%}"
        print(f"  {one.name:<36}{rates}{np.median(found):>14.0f}{np.mean(found <= LATE):>11.1%}", flush=True)
    print()
    soon = scenario is not SCENARIOS[0] or bool(np.median(delays(changed[-1])) <= SOON)
    return soon and bool(quiet[-1].raised.mean() < FEW_FALSE)


def courses(weeks: pl.DataFrame, scenario: Scenario, metric: Metric, tried: Sequence[Contender], series: int) -> list[Course]:
    """The weeks as they are lived: at the end of each, what is known by then is judged and moves the alerts of every book."""
    found = [Course(*(np.zeros((series, WEEKS - BASELINE), dtype=bool) for _ in range(2))) for _ in tried]
    lives: list[dict[str, Episode]] = [{} for _ in tried]
    for week in range(BASELINE, WEEKS):
        known = {profile.name: evidence_of(weeks, scenario, metric, profile, week) for profile in {one.profile for one in tried}}
        for one, alerts, course in zip(tried, lives, found, strict=True):
            raised = moved(alerts, one.book, known[one.profile.name])
            course.raised[[place_of(episode) for episode in raised], week - BASELINE] = True
            firing = [place_of(episode) for episode in alerts.values() if episode.state == "firing"]
            course.alarmed[firing, week - BASELINE] = True
    return found


def moved(alerts: dict[str, Episode], book: RuleBook, evidence: Evidence) -> list[Episode]:
    """Moves the alerts (by fingerprint) by what the rules find now; gives those that fired."""
    found = samples(book, evidence)
    fired = []
    for row in found.filter((pl.col("outcome") == "breach") | pl.col("fingerprint").is_in(list(alerts))).iter_rows(named=True):
        sample = sample_of(row)
        episode, events = transition(alerts.get(sample.fingerprint), sample, book.by_id[sample.rule_id], "owner")
        if episode is not None:
            alerts[sample.fingerprint] = episode
            fired += [episode for event in events if event.type == "fired"]
    return fired


def place_of(episode: Episode) -> int:
    return int(str(episode.site_id)[1:])


def evidence_of(weeks: pl.DataFrame, scenario: Scenario, metric: Metric, profile: Profile, week: int) -> Evidence:
    """What is known on the evening after the week has matured."""
    start = MONDAY + timedelta(weeks=week)
    better = pl.DataFrame({"metric": [metric.id], "better": [metric.better]})
    known = weeks.filter(pl.col("period_start") <= start)
    points, signals = judged(known, pl.DataFrame(schema=BASELINES), on_target(scenario), better, profile)
    now = datetime.combine(start, time(18)) + timedelta(days=6) + metric.matures
    return Evidence({metric.id: metric}, now, now, timedelta(days=2), signals, points)


def on_target(scenario: Scenario) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    def targets(rows: pl.LazyFrame) -> pl.LazyFrame:
        nothing = {name: pl.lit(None, pl.Float64) for name in ("trajectory", "stretch")}
        words = {"target_kind": pl.lit("simulated"), "target_source": pl.lit("simulated")}
        return rows.with_columns(target=pl.lit(scenario.target), **nothing, **words)

    return targets


def delays(changed: Course) -> NDArray[np.float64]:
    """Weeks from the change to the alarm, the first being 1; infinite where it never comes. Series in alarm before are left out."""
    begun = CHANGE - BASELINE
    new = changed.alarmed[~changed.alarmed[:, begun - 1], begun:]
    return np.where(new.any(axis=1), new.argmax(axis=1) + 1.0, np.inf)


if __name__ == "__main__":
    sys.exit(main())
