"""The unit a clock counts in, and what its waits come to in the unit a metric is shown in."""

from metrics.definitions.metric import Clock, Metric

DAY_CLOCKS = ("working_days", "calendar_days")  # they count whole days; the others count whole seconds
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}


def seconds_per_unit(clock: Clock) -> int:
    """Seconds in one unit of the clock: a day of a day clock stands for 86,400."""
    return SECONDS["days"] if clock in DAY_CLOCKS else 1


def within_units(metric: Metric) -> int:
    """The metric's `within` in its clock's unit: 3 days are 3 on a day clock, 259,200 on the others."""
    assert metric.within is not None
    return int(metric.within.total_seconds()) // seconds_per_unit(metric.clock)


def shown_per_unit(metric: Metric) -> float:
    """What to divide a wait by to show it in the metric's unit: 60 for seconds shown as minutes."""
    return SECONDS[metric.unit] / seconds_per_unit(metric.clock)
