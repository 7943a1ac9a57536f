"""The counts of a check, added up over the months: what every check of rows judges."""

import polars as pl

from metrics.quality.check import EXAMPLES, Material

PLACE = ["table_name", "source", "site_id"]


def totals(material: Material, check: str) -> pl.DataFrame:
    """PLACE, about, n, total and the examples (of the newest months first) of one check's counts; sorted."""
    counted = material.counts.filter(pl.col("counted") == check).sort("month", descending=True)
    return (
        counted.group_by(*PLACE, "about")
        .agg(pl.col("n").sum(), pl.col("total").sum(), pl.col("example").drop_nulls().head(EXAMPLES).alias("examples"))
        .sort(*PLACE, "about")
    )
