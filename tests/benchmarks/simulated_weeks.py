"""Weekly series of two years that nothing happens to, or one known thing: what alerts are tried on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

WEEKS = 104
BASELINE = 24  # weeks that make the limits, by the default profile
CHANGE = 60  # the week a change begins in, from 0: limits have long stood still, and half of the time is left to find it
MONDAY = date(2024, 1, 1)
SHARE_TARGET = 0.95
WAIT_TARGET = 45.0  # minutes
WAIT_SPREAD = 0.8  # standard deviation of the logarithm of one wait
LEANING = 0.3  # lag-1 autocorrelation

Weeks = NDArray[np.float64]  # series x weeks


@dataclass(frozen=True)
class Figures:
    """Series x weeks. numerator and denominator: of a share; n: cases."""

    value: Weeks
    n: Weeks
    numerator: Weeks | None = None


@dataclass(frozen=True)
class Scenario:
    """One kind of series, each of which sits exactly on its target until it is changed: the hardest place to be quiet in."""

    name: str
    change: str
    statistic: str
    target: float
    drawn: Callable[[np.random.Generator, Weeks], Figures]
    """Figures of series whose weeks are, or are not, changed (1 or 0)."""


def shares(cases: float, fall: float) -> Callable[[np.random.Generator, Weeks], Figures]:
    def drawn(chance: np.random.Generator, changed: Weeks) -> Figures:
        n = np.maximum(chance.poisson(cases, changed.shape), 1).astype(np.float64)
        within = chance.binomial(n.astype(np.int64), SHARE_TARGET - fall * changed).astype(np.float64)
        return Figures(within / n, n, within)

    return drawn


def waits(
    cases: int, rise: float, leaning: float = 0.0, own_spread: float = 0.0
) -> Callable[[np.random.Generator, Weeks], Figures]:
    """Medians of lognormal waits. leaning: how much of a week's level carries over; own_spread: of the level, on logarithms."""

    def drawn(chance: np.random.Generator, changed: Weeks) -> Figures:
        level = np.log(WAIT_TARGET) + np.log1p(rise) * changed + leaned(chance, changed.shape, leaning) * own_spread
        one = chance.normal(0.0, WAIT_SPREAD, (*changed.shape, cases))
        return Figures(np.exp(level + np.median(one, axis=2)), np.full(changed.shape, float(cases)))

    return drawn


def leaned(chance: np.random.Generator, shape: tuple[int, ...], leaning: float) -> Weeks:
    """AR(1) with unit variance along the weeks."""
    found = chance.normal(size=shape)
    for week in range(1, shape[1]):
        found[:, week] = leaning * found[:, week - 1] + (1 - leaning**2) ** 0.5 * found[:, week]
    return found


SCENARIOS = (
    Scenario("share within target, 150 a week", "95 to 92 %", "within", SHARE_TARGET, shares(150, 0.03)),
    Scenario("share within target, 40 a week", "95 to 89 %", "within", SHARE_TARGET, shares(40, 0.06)),
    Scenario("median of lognormal waits, 150 a week", "45 to 52 minutes", "median", WAIT_TARGET, waits(151, 7 / 45)),
    Scenario("median of lognormal waits, 40 a week", "45 to 59 minutes", "median", WAIT_TARGET, waits(41, 14 / 45)),
    Scenario("median waits that lean on the week before, AR(1) 0.3", "45 to 58 minutes", "median", WAIT_TARGET,
             waits(151, 13 / 45, LEANING, 0.12)),
)  # fmt: skip


def observations(scenario: Scenario, metric: str, series: int, changes: bool, seed: int) -> pl.DataFrame:
    """What judging reads: one row a site and week, all closed."""
    changed = np.zeros((series, WEEKS))
    if changes:
        changed[:, CHANGE:] = 1.0
    figures = scenario.drawn(np.random.default_rng(seed), changed)
    weeks = [MONDAY + timedelta(weeks=week) for week in range(WEEKS)]
    flat = {"value": figures.value, "n": figures.n, "numerator": figures.numerator}
    columns = {name: None if grid is None else grid.ravel() for name, grid in flat.items()}
    return pl.DataFrame(
        {"site_id": np.repeat([f"S{place:05}" for place in range(series)], WEEKS), "period_start": weeks * series, **columns},
        schema_overrides={"value": pl.Float64, "numerator": pl.Float64},
    ).select(
        pl.lit(metric).alias("metric"), pl.lit(scenario.statistic).alias("statistic"), pl.lit("week").alias("grain"), "site_id",
        pl.lit(None, pl.String).alias("service_id"), "period_start", pl.col("period_start").dt.offset_by("6d").alias("period_end"),
        "value", pl.col("n").cast(pl.Int64), "numerator",
        pl.when(pl.col("numerator").is_not_null()).then(pl.col("n")).alias("denominator"), pl.lit(True).alias("mature"),
    )  # fmt: skip
