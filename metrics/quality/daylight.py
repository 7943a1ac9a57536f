"""TQ011 Daylight-saving shifts: a site whose day moves by an hour on the day the clocks change."""

import numpy as np
import polars as pl

from metrics.quality.check import Check, Material, Threshold, found, nothing
from metrics.quality.totals import PLACE
from metrics.signals.binomial_tails import Floats

HOUR = 2  # half hours
HALF_HOURS = 48
LEAST_ROWS = 100
ODDS = 10.0
CLOSER = 0.75


def judged(material: Material) -> pl.DataFrame:
    """Each feed of a site at each change: does the day after look like the day before, or like it an hour off?"""
    told = shapes(material.counts)
    if told.is_empty():
        return nothing()
    before, after = (told[side].to_numpy().astype(float) for side in ("before", "after"))
    fits = {shift: _fit(np.roll(before, shift * HOUR, axis=1), after) for shift in (-1, 0, 1)}
    best = np.where(fits[1][0] > fits[-1][0], 1, -1)
    odds = np.maximum(fits[1][0], fits[-1][0]) - fits[0][0]
    closer = np.minimum(fits[1][1], fits[-1][1]) / np.maximum(fits[0][1], 1e-9)
    shifted = (odds > ODDS) & (closer < CLOSER)
    rows = told.with_columns(shifted=pl.Series(shifted), way=pl.Series(np.where(best > 0, "later", "earlier")))
    sentence = (
        pl.when("shifted").then(pl.format("the day runs an hour {} by the clock since the clocks changed on {}", "way", "about"))
        .otherwise(pl.format("the day kept its hours when the clocks changed on {}", "about"))
    )  # fmt: skip
    return found(rows.with_columns(severity=pl.when("shifted").then(pl.lit("fail")).otherwise(pl.lit("pass")), sentence=sentence))


def shapes(counts: pl.DataFrame) -> pl.DataFrame:
    """PLACE, about (the day of the change), before, after: arrays of rows by half hour, where each side has enough of them."""
    counted = counts.filter(pl.col("counted") == "daylight").with_columns(pl.col("about").str.split(" "))
    sums = counted.group_by(
        *PLACE, pl.col("about").list.get(1), pl.col("about").list.get(0).alias("side"), "bucket"
    ).agg(pl.col("n").sum())  # fmt: skip
    hours = pl.DataFrame({"bucket": range(HALF_HOURS)}, schema={"bucket": pl.Int64})
    places = sums.select(*PLACE, "about", "side").unique()
    whole = places.join(hours, how="cross").join(sums, on=[*PLACE, "about", "side", "bucket"], how="left", nulls_equal=True)
    days = whole.sort("bucket").group_by(*PLACE, "about", "side").agg(pl.col("n").fill_null(0))
    enough = days.filter(pl.col("n").list.sum() >= LEAST_ROWS).with_columns(pl.col("n").list.to_array(HALF_HOURS))
    before, after = (enough.filter(side=side).drop("side").rename({"n": side}) for side in ("before", "after"))
    return before.join(after, on=[*PLACE, "about"], nulls_equal=True).sort(*PLACE, "about")


def _fit(usual: Floats, after: Floats) -> tuple[Floats, Floats]:
    """How well `usual` foretells `after`, a row each: log likelihood (half a row is added everywhere), and distance 0 to 1."""
    share = (usual + 0.5) / (usual + 0.5).sum(axis=1, keepdims=True)
    likelihood = (after * np.log(share)).sum(axis=1)
    found_share = after / after.sum(axis=1, keepdims=True)
    return likelihood, np.abs(found_share - usual / usual.sum(axis=1, keepdims=True)).sum(axis=1) / 2


CHECK = Check(
    code="TQ011",
    name="daylight",
    title="An hour's jump when the clocks change",
    severity="fail",
    what=(
        "Compares a feed's rows by half hour of the site's day in the three weeks before and after each change of the clocks, as "
        "they are and moved by an hour either way. The day of the change and surveys are left out."
    ),
    why=(
        "A source that writes UTC, or winter time all year, read as local time is right for half the year. Then opening hours, "
        "after-hours shares and every business clock are an hour off, and a wait between two systems gains or loses an hour."
    ),
    next_step="Compare an example with the source's screen; set `-- time_zone:` of the mapping to what the file really holds.",
    thresholds=(
        Threshold("least rows", "100 on each side", "of fewer the shape of a day is noise"),
        Threshold(
            "odds", "e to the power of 10 (22,000 to 1) for the moved day", "so sure that many sites and changes may be tried"
        ),
        Threshold("closer", "3/4 of the distance or less", "a flat day fits as well moved as not, and is left in peace"),
    ),
    judged=judged,
)
