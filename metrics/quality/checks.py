"""Every check, in the order of their codes, and what they find together."""

from collections.abc import Collection

import polars as pl

from metrics.quality import (
    daylight,
    edited,
    midnight,
    presence,
    published,
    queries,
    recording,
    refused,
    silence,
    spike,
    twins,
    volume,
)
from metrics.quality.check import FINDINGS, Check, Material

CHECKS: tuple[Check, ...] = (
    presence.CHECK, refused.NEGATIVE_CHECK, refused.PLACEHOLDER_CHECK, refused.REJECTED_CHECK, twins.CHECK, recording.ORDER_CHECK,
    recording.LATE_CHECK, edited.CHECK, spike.CHECK, midnight.CHECK, daylight.CHECK, silence.FRESH_CHECK, volume.CHECK,
    silence.AGE_CHECK, published.LIST_CHECK, published.MEDIAN_CHECK, queries.CHECK,
)  # fmt: skip
WORST = ("fail", "warn", "pass")


def checked(material: Material, names: Collection[str] = ()) -> pl.DataFrame:
    """Findings of all checks, or of those named (by code or name), worst first: code, check, title, FINDINGS, next_step.

    A check that found nothing to judge gives no row: where there is no list, none is reconciled.
    """
    wanted = [check for check in CHECKS if not names or check.code in names or check.name in names]
    frames = [_of(check, check.judged(material)) for check in wanted]
    every = pl.concat(frames) if frames else FINDINGS.to_frame()
    share = pl.col("n") / pl.col("total")
    rank = pl.col("severity").replace_strict({word: place for place, word in enumerate(WORST)}, return_dtype=pl.Int8)
    return every.sort(
        rank, "code", -share.fill_null(0.0).fill_nan(0.0), "table_name", "source", "site_id", "about", maintain_order=True
    )


def _of(check: Check, findings: pl.DataFrame) -> pl.DataFrame:
    return findings.select(
        pl.lit(check.code).alias("code"), pl.lit(check.name).alias("check"), pl.lit(check.title).alias("title"), pl.all(),
        pl.lit(check.next_step).alias("next_step"),
    )  # fmt: skip
