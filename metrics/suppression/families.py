"""Which cells of a frame add up to which other: what lets a reader work out one that is withheld.

Sites add up to all sites (null), services to all services, the groups of one dimension of patients to all patients, and periods to
the longer period that they lie in. A family is a line of such parts with its whole; without its whole in the frame it gives
nothing away.
"""

from collections.abc import Sequence

import polars as pl

from metrics.jobs.grains import GRAINS, period_end, period_start

PLACE = ("site_id", "service_id")
AXES = (*PLACE, "stratum", "time")
TIME = ("grain", "period_start")
FAMILY = pl.Schema({"row": pl.UInt32, "whole": pl.UInt32, "axis": pl.String, "kind": pl.String})
"""One row a part: its row in the frame, the row of its whole, the axis along which they add up, and which of several families of
that whole it is of: the dimension of a stratum, the grain of a period. Parts alike in the last three are one line."""


def families(cells: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The parts of the cells, with `line`: columns FAMILY. cells: `row`, keys, and those of AXES' columns
    that there are; periods by TIME.

    keys: what two cells must share to add up at all (metric, statistic).
    """
    there = [name for name in (*PLACE, "stratum") if name in cells.columns]
    time = [name for name in TIME if name in cells.columns]
    found = [along(cells, name, [*keys, *(other for other in there if other != name), *time]) for name in there]
    if len(time) == len(TIME):
        found += in_time(cells, [*keys, *there])
    parts = pl.concat([FAMILY.to_frame(), *found])
    return parts.with_columns(pl.struct("whole", "axis", "kind").rank("dense").sub(1).cast(pl.UInt32).alias("line"))


def along(cells: pl.DataFrame, axis: str, others: list[str]) -> pl.DataFrame:
    """The parts along one axis, with the cell that has null there as their whole."""
    parts, wholes = cells.filter(pl.col(axis).is_not_null()), cells.filter(pl.col(axis).is_null())
    found = parts.join(wholes.select(*others, pl.col("row").alias("whole")), on=others, how="inner", nulls_equal=True)
    kind = dimension() if axis == "stratum" else pl.lit("")
    return of_family(found.with_columns(kind.alias("kind"), pl.lit(axis).alias("axis")))


def dimension() -> pl.Expr:
    """What a stratum is a group of: 'age_band' of 'age_band=85+', 'age_band payer' of both at once."""
    return pl.col("stratum").str.extract_all(r"(?:^| )([^= ]+)=").list.join("")


def of_family(parts: pl.DataFrame) -> pl.DataFrame:
    return parts.select(pl.col(name).cast(kind) for name, kind in FAMILY.items())


def in_time(cells: pl.DataFrame, others: list[str]) -> list[pl.DataFrame]:
    """The periods that lie wholly in a longer one, for every two grains of the frame. A week across two months is part of neither:
    what is left of a month is counted as people who are in no part told."""
    grains = [grain for grain in GRAINS if grain in cells["grain"].unique().to_list()]
    return [lying_in(cells, short, long, others) for at, short in enumerate(grains) for long in grains[at + 1 :]]


def lying_in(cells: pl.DataFrame, short: str, long: str, others: list[str]) -> pl.DataFrame:
    """The periods of the grain `short` with the one of `long` that they lie in."""
    start = pl.col("period_start")
    parts = cells.filter(pl.col("grain") == short).with_columns(period_start(start, long).alias("in"))
    whole = parts.filter(period_end(pl.col("in"), long) >= period_end(start, short))
    longer = cells.filter(pl.col("grain") == long).select(*others, start.alias("in"), pl.col("row").alias("whole"))
    found = whole.join(longer, on=[*others, "in"], how="inner", nulls_equal=True)
    return of_family(found.with_columns(pl.lit(short).alias("kind"), pl.lit("time").alias("axis")))
