"""Small numbers: which cells of what leaves are withheld, by policy. Pure.

A share is withheld with its counts when either count, or what is left of it, is small: whoever reads the share and n knows both.
A wait is withheld when few cases are behind it. Where one place alone would be withheld in a week it could be worked out from
the others and their total: the smallest of them goes, too.
"""

import polars as pl

from metrics.snapshot.content import Policy

SMALLEST = {"off": 0, "cms": 11, "nhs": 8, "ehrql": 8}
"""The smallest count that may be told, besides 0. cms: CMS cell suppression policy (1 to 10 withheld); nhs: NHS England disclosure
control for patient-level sources (1 to 7); ehrql: OpenSAFELY's redaction (7 and fewer)."""

CELLS = ("numerator", "denominator", "value", "n", "lower", "upper")  # the limits of a share tell its n
CELL = ("metric", "statistic", "week")  # places of one cell add up to a total that others may know


def with_withheld(figures: pl.DataFrame, policy: str) -> pl.DataFrame:
    """The figures with `withheld` (bool), and nulls in the CELLS of those that are. Wants CELL, site_id and CELLS."""
    smallest = SMALLEST[policy]
    rest = pl.col("denominator") - pl.col("numerator")
    counts = (pl.col("n"), pl.col("numerator"), pl.col("denominator"), rest)
    primary = pl.any_horizontal(((count > 0) & (count < smallest)).fill_null(False) for count in counts)
    marked = figures.with_columns(primary.alias("withheld"))
    told = ~pl.col("withheld") & (pl.col("n") > 0)
    alone = (pl.col("withheld").sum().over(CELL) == 1) & (pl.len().over(CELL) > 1)
    least = pl.when(told).then(pl.struct("n", "site_id")).rank("ordinal").over(CELL) == 1
    both = marked.with_columns((pl.col("withheld") | (alone & told & least)).fill_null(False).alias("withheld"))
    return both.with_columns(pl.when(~pl.col("withheld")).then(pl.col(name)).alias(name) for name in CELLS)


def policy_of(name: str, withheld: int) -> Policy:
    """The policy in words, and how many figures it took."""
    smallest = SMALLEST[name]
    if not smallest:
        return Policy(name, "No small numbers are withheld.", 0)
    return Policy(name, f"Counts of 1 to {smallest - 1} are withheld, with what would give them away (policy {name}).", withheld)
