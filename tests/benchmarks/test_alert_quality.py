"""The benchmark of alerts measures what it says: weeks as they are lived, and delays from the week of the change."""

import numpy as np
import polars as pl
import pytest

from metrics.definitions import BUILT_IN, load_catalog
from tests.benchmarks.alert_quality import BELOW_TARGET, METRIC, Contender, Course, book_of, courses, delays
from tests.benchmarks.simulated_weeks import BASELINE, CHANGE, SCENARIOS, WEEKS, Scenario, observations

SERIES = 12
BEGUN = CHANGE - BASELINE


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_quiet_series_sits_on_its_target_and_a_changed_one_leaves_it(scenario: Scenario) -> None:
    quiet, changed = (observations(scenario, METRIC, 100, changes, 1) for changes in (False, True))
    assert quiet.height == changed.height == 100 * WEEKS
    late = pl.col("period_start") == pl.col("period_start").max()
    assert quiet["value"].mean() == pytest.approx(scenario.target, rel=0.02)
    worse = changed.filter(late)["value"].mean() - scenario.target
    assert abs(worse) > 0.02 * scenario.target
    assert (worse < 0) == (scenario.statistic == "within")


def test_the_weeks_below_target_are_those_in_the_figures() -> None:
    """The simplest rule book can be checked against the figures themselves, after the whole walk through samples and machine."""
    scenario = SCENARIOS[0]
    weeks = observations(scenario, METRIC, SERIES, True, 5)
    metric = load_catalog(BUILT_IN)[METRIC]
    found, second = courses(
        weeks, scenario, metric, [Contender("one", book_of(BELOW_TARGET.format(periods=n))) for n in (1, 2)], SERIES
    )
    below = (weeks["value"] < scenario.target).to_numpy().reshape(SERIES, WEEKS)[:, BASELINE:]
    before = np.pad(below, ((0, 0), (1, 0)))[:, :-1]
    assert (found.alarmed == below).all()
    assert (found.raised == (below & ~before)).all()
    assert (second.alarmed == (below & before)).all()


def test_a_delay_counts_from_the_week_of_the_change_and_leaves_out_who_was_in_alarm() -> None:
    alarmed = np.zeros((4, WEEKS - BASELINE), dtype=bool)
    alarmed[0, BEGUN] = True  # in the first changed week
    alarmed[1, BEGUN + 3 :] = True
    alarmed[2, BEGUN - 1 :] = True  # in alarm already
    assert delays(Course(alarmed, alarmed)).tolist() == [1.0, 4.0, np.inf]
