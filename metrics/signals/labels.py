"""Labels: why a point is flagged, in one word, and every rule that it breaks; and whether that is good or bad."""

from itertools import product

import polars as pl

from metrics.signals import rules
from metrics.signals.profile import Profile

RULES = (
    ("above_limit", "below_limit"),
    ("trend_up", "trend_down"),
    ("two_in_three_above", "two_in_three_below"),
    ("shift_above", "shift_below"),
)
"""(upward, downward) word of each rule, the first that holds first (NHSRplotthedots 0.2.2's order)."""

DIRECTIONS = (0, 1, -1)
"""What a rule says of a point: nothing, above or up, below or down."""

BROKEN = tuple(
    ",".join(RULES[at][direction < 0] for at, direction in enumerate(said) if direction)
    for said in product(DIRECTIONS, repeat=len(RULES))
)
"""The rules broken, comma-joined, for every combination of what the four say, in the order of `_combination`."""


def with_labels(points: pl.LazyFrame, profile: Profile) -> pl.LazyFrame:
    """The points with `rules` (every rule that holds, comma-joined), `label` (the first of them) and `way` (i8: 1 up, -1 down, 0
    none).

    Wants the lines and what rules.with_sides adds, sorted by series and period. rules and label are null where none holds and where
    the period is not closed or has no value.
    """
    said = [
        rules.outside(), rules.trend(profile.trend_points, profile.joints),
        rules.two_in_three(profile.two_sigma), rules.shift(profile.run_points),
    ]  # fmt: skip
    judged = points.with_columns(direction.alias(f"rule_{at}") for at, direction in enumerate(said))
    columns = [pl.col(f"rule_{at}") for at in range(len(said))]
    broken = pl.lit(pl.Series([None, *BROKEN[1:]], dtype=pl.String)).gather(_combination(columns))
    first = pl.lit(pl.Series([None, *(words.split(",")[0] for words in BROKEN[1:])], dtype=pl.String)).gather(_combination(columns))
    ways = pl.coalesce([pl.when(column != 0).then(column) for column in columns])
    named = judged.with_columns(broken.alias("rules"), first.alias("label"), ways.fill_null(0).alias("way"))
    return named.drop(f"rule_{at}" for at in range(len(said)))


def _combination(columns: list[pl.Expr]) -> pl.Expr:
    """Which row of BROKEN the four directions stand for."""
    number = pl.lit(0, pl.UInt32)
    for column in columns:
        number = number * len(DIRECTIONS) + pl.when(column < 0).then(2).otherwise(column).cast(pl.UInt32)
    return number


def point_type(way: pl.Expr, better: pl.Expr) -> pl.Expr:
    """common_cause, or what a flagged point means: improvement, concern, or neutral_high and neutral_low where neither way is
    better.

    way: 1, -1, or 0 of a point that is not flagged; null gives null. better: lower, higher or neither, of the statistic itself.
    """
    up = way > 0
    good = up == (better == "higher")
    neutral = pl.when(up).then(pl.lit("neutral_high")).otherwise(pl.lit("neutral_low"))
    told = pl.when(better == "neither").then(neutral).when(good).then(pl.lit("improvement")).otherwise(pl.lit("concern"))
    return pl.when(way == 0).then(pl.lit("common_cause")).when(way.is_not_null()).then(told)
