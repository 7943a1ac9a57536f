"""Rows that real exports get wrong: placeholder times, stamps out of order, unknown codes, a row said twice."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import polars as pl

from metrics.simulate import rates

PLACEHOLDER = datetime(1900, 1, 1)
UNKNOWN = 77  # a code on no list


def with_wrong_rows(
    raw: pl.DataFrame, dice: np.random.Generator, *, early: str, late: str, empty: str, status: str, before: Mapping[str, object]
) -> pl.DataFrame:
    """Spoils a few rows in a thousand.

    `early` and `late` are instants that change places, `empty` gets a placeholder time, `status` an unknown code.
    A row that is said twice stands first as it was before: with the values of `before`, and superseded by the second.
    """
    edges = np.cumsum([rates.PLACEHOLDER_TIME, rates.OUT_OF_ORDER, rates.UNKNOWN_CODE, rates.SAID_TWICE])
    fault = pl.Series(np.searchsorted(edges, dice.random(raw.height), side="right"))
    placeholder, swapped, unknown, twice = (fault == number for number in range(4))
    older = raw.filter(twice).with_columns(**{name: _constant(value, raw.schema[name]) for name, value in before.items()})
    zone = getattr(raw.schema[empty], "time_zone", None)
    swapped &= raw[late] > raw[early]
    spoilt = raw.with_columns(
        pl.when(placeholder).then(pl.lit(PLACEHOLDER).dt.replace_time_zone(zone)).otherwise(empty).alias(empty),
        pl.when(swapped).then(late).otherwise(early).alias(early),
        pl.when(swapped).then(early).otherwise(late).alias(late),
        pl.when(unknown).then(pl.lit(UNKNOWN, raw.schema[status])).otherwise(status).alias(status),
    )
    return pl.concat([older, spoilt])


def _constant(value: object, kind: pl.DataType) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value, dtype=kind)
