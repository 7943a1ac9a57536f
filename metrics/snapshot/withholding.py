"""Small numbers of a snapshot: its figures as they may leave, by the policy of its settings. Pure.

All places are judged together, whichever the audience sees: a region's sites and the board's total are read by people who meet. A
series in which one week alone is withheld would give it away by the mean of its chart: its next smallest week goes, too.
"""

import polars as pl

from metrics.snapshot.content import Policy
from metrics.suppression import POLICIES, publishable

SERIES = ("metric", "statistic", "site_id")
CELL = (*SERIES, "week")
COUNTED = ("numerator", "denominator", "value", "n")
LIMITS = ("lower", "upper")  # the limits of a share tell its n


def with_withheld(figures: pl.DataFrame, policy: str, everywhere: pl.DataFrame | None = None) -> pl.DataFrame:
    """The figures with `withheld` (bool), nulls in what would tell of those that are, and counts rounded where the policy says so.

    figures: CELL, COUNTED, LIMITS, and mean. everywhere: CELL and COUNTED of every place of these figures, by which the others of a
    total are known; None: the figures alone.
    """
    judged = figures.select(*CELL, *COUNTED) if everywhere is None else everywhere.select(*CELL, *COUNTED)
    told = without_lone_weeks(judged, figures, policy).select(*CELL, *COUNTED, "withheld")
    joined = figures.drop(COUNTED).join(told, on=list(CELL), how="left", nulls_equal=True, maintain_order="left")
    shown = ~pl.col("withheld").fill_null(False)
    limits = (pl.when(shown).then(pl.col(name)).alias(name) for name in LIMITS)
    return joined.with_columns(pl.col("withheld").fill_null(False), *limits).select(*figures.columns, "withheld")


def without_lone_weeks(judged: pl.DataFrame, figures: pl.DataFrame, policy: str) -> pl.DataFrame:
    """`publishable`, with more weeks until no series of the figures is drawn with a single one withheld."""
    also = pl.repeat(False, judged.height, dtype=pl.Boolean, eager=True)
    drawn = judged.select(CELL).join(figures.select(CELL).with_columns(drawn=True), on=list(CELL), how="left", nulls_equal=True)
    while True:
        told = publishable(judged, POLICIES[policy], also)
        weeks = told.with_columns(drawn["drawn"].fill_null(False), pl.Series("size", judged["n"]))
        free = pl.col("drawn") & ~pl.col("withheld") & (pl.col("size") > 0)
        alone = (pl.col("withheld") & pl.col("drawn")).sum().over(SERIES) == 1
        smallest = pl.when(free).then(pl.struct("size", "week")).rank("ordinal").over(SERIES) == 1
        more = weeks.select((alone & free & smallest).fill_null(False)).to_series()
        if not more.any():
            return told
        also = told["withheld"] | more


def policy_of(name: str, withheld: int) -> Policy:
    """The policy in words, and how many figures it took."""
    return Policy(name, POLICIES[name].words, withheld)
