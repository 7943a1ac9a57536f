"""Series judged by eye or by the textbook, and here: the same numbers, the false alarms or the missed change, and ours."""

from random import Random
from statistics import mean, stdev

from tests.alerts.drawn import rule, walked
from tests.signals.observed import judge, weeks


def test_forty_metrics_at_twelve_sites_are_never_all_quiet():
    """16. 480 series of pure noise: each week some 22 are out of their usual range, and an alert for each would be noise, too."""
    chance, usual = Random(20260), 2.0  # standard deviations: one point in 22 lies beyond them
    series = ["".join("B" if abs(chance.gauss(0, 1)) > usual else "o" for _ in range(26)) for _ in range(480)]
    naive = sum(letters.count("B") for letters in series)
    fired = sum(event.type == "fired" for letters in series for event in walked(letters, rule(3, 2))[1])
    assert 450 < naive < 700, "alerts in half a year, all of them false"
    assert fired <= 5


def test_limits_of_the_spread_of_all_points_hide_the_step_that_made_it():
    """17. Twelve weeks at 10, then twelve at 14: three standard deviations of all of it hold every point; moving ranges do not."""
    values = [10 + (0.4 if at % 2 else -0.4) + (4 if at >= 12 else 0) for at in range(24)]
    reach = 3 * stdev(values)
    assert all(abs(value - mean(values)) <= reach for value in values)
    points, signals = judge(weeks(values), better="lower")
    flagged = points.filter(points["label"].is_not_null())["period_start"].len()
    assert flagged >= 12
    assert signals["variation"].item() != "common_cause"
