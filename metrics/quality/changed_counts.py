"""Counts of months that were counted already, by what their changed rows took away and added: exact, without reading the rest.

Every count is a sum over rows, or over groups of one patient's rows: what the rows of the patients touched came to before is taken
away, and what they come to now is added. Only an example cannot be told so where the row that was it is one no longer.
"""

import polars as pl

from metrics.quality.counts import COUNTS

KEY = [name for name in COUNTS if name not in ("n", "total", "example")]


def counts_after(counts: pl.DataFrame, lost: pl.DataFrame, gained: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The counts brought up to date, and the months of which they cannot be told: those have to be counted again.

    counts: of some months of one table, as they were; lost and gained: of the rows touched, as they were and as they are. All have
    the columns of COUNTS.
    """
    named = [
        one.rename({name: f"{name}_{side}" for name in ("n", "total", "example")})
        for one, side in ((lost, "lost"), (gained, "gained"))
    ]
    joined = counts.join(named[0], on=KEY, how="left", nulls_equal=True).join(
        named[1], on=KEY, how="full", nulls_equal=True, coalesce=True
    )
    told = joined.with_columns(
        *(_moved(name).alias(f"{name}_now") for name in ("n", "total")), unknown=_is_unknown().fill_null(False)
    ).with_columns(example=_example())
    stays = pl.coalesce("total_now", "n_now") > 0
    found = told.filter(stays).select(*KEY, n="n_now", total="total_now", example="example").select(list(COUNTS))
    return found, told.filter(stays & pl.col("unknown"))["month"].unique().to_list()


def _moved(name: str) -> pl.Expr:
    """The count without what was lost and with what was gained; null where none of the three has one, as in a histogram."""
    were, lost, gained = pl.col(name), pl.col(f"{name}_lost"), pl.col(f"{name}_gained")
    known = pl.any_horizontal(were.is_not_null(), gained.is_not_null())
    return pl.when(known).then(were.fill_null(0) - lost.fill_null(0) + gained.fill_null(0))


def _is_unknown() -> pl.Expr:
    """The least key of those hit was lost, another hit stays, and no key that was gained comes before it."""
    left = pl.col("n") > pl.col("n_lost")
    earlier = (pl.col("example_gained") <= pl.col("example")).fill_null(False)
    return (pl.col("example_lost") == pl.col("example")) & left & ~earlier


def _example() -> pl.Expr:
    """The least key of the rows that are hit now, where it can be told."""
    kept = pl.when(pl.col("n") > pl.col("n_lost").fill_null(0)).then("example")
    return pl.min_horizontal(kept, "example_gained")
