"""Numbers as people read them: those of the definitions, under the name the pages know."""

from metrics.definitions.metric import SHARES
from metrics.definitions.numbers import (
    ABSENT,
    CLOCK_UNITS,
    SECONDS,
    STATISTIC_WORDS,
    age,
    day,
    figure,
    gap,
    interval,
    pair,
    percent,
    period,
    sentence,
    statistic_label,
    trimmed,
    wait,
    whole,
)

__all__ = [
    "ABSENT",
    "CLOCK_UNITS",
    "SECONDS",
    "SHARES",
    "STATISTIC_WORDS",
    "age",
    "day",
    "figure",
    "gap",
    "interval",
    "pair",
    "percent",
    "period",
    "sentence",
    "statistic_label",
    "trimmed",
    "wait",
    "whole",
]
