"""Rows that real exports get wrong: placeholder times, stamps out of order, unknown codes, a row said twice."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import polars as pl

from metrics.simulate import rates

PLACEHOLDER = datetime(1900, 1, 1)
UNKNOWN_STATUS = 9


def with_wrong_rows(
    raw: pl.DataFrame, dice: np.random.Generator, *, early: str, late: str, empty: str, before: Mapping[str, object]
) -> pl.DataFrame:
    """Spoils a few rows in a thousand.

    `early` and `late` are instants that change places; `empty` gets a placeholder time; `before` gives the columns
    of the older version of a row that is exported twice (its final version comes later and must win).
    """
    draw = pl.Series(dice.random(raw.height))
    edges = np.cumsum([rates.PLACEHOLDER, rates.OUT_OF_ORDER, rates.UNKNOWN_STATUS if "STATUS" in raw.columns else 0.0, rates.SAID_TWICE])
    placeholder, swapped = draw < edges[0], (draw >= edges[0]) & (draw < edges[1])
    unknown, twice = (draw >= edges[1]) & (draw < edges[2]), (draw >= edges[2]) & (draw < edges[3])
    older = raw.filter(twice).with_columns(**{name: _constant(value, raw.schema[name]) for name, value in before.items()})
    zone = getattr(raw.schema[empty], "time_zone", None)
    fixed = raw.with_columns(
        pl.when(placeholder).then(pl.lit(PLACEHOLDER).dt.replace_time_zone(zone)).otherwise(pl.col(empty)).alias(empty),
        pl.when(swapped & (pl.col(late) > pl.col(early))).then(pl.col(late)).otherwise(pl.col(early)).alias(early),
        pl.when(swapped & (pl.col(late) > pl.col(early))).then(pl.col(early)).otherwise(pl.col(late)).alias(late),
    )
    if "STATUS" in raw.columns:
        fixed = fixed.with_columns(pl.when(unknown).then(pl.lit(UNKNOWN_STATUS, raw.schema["STATUS"])).otherwise("STATUS").alias("STATUS"))
    return pl.concat([older, fixed])


def _constant(value: object, kind: pl.DataType) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value, dtype=kind)
