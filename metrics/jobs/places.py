"""Sites and services as small numbers, and the totals above them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

LEVELS = ((True, True), (True, False), (False, True), (False, False))  # (by site, by service): each place, then its totals


@dataclass(frozen=True)
class Places:
    """Every pair of site and service that has events, numbered in order. A total's place is a pair with a null.

    frame: place (u32), site_id, service_id, and the numbers of the totals it belongs to: site_total,
    service_total, everything.
    """

    frame: pl.DataFrame

    @staticmethod
    def of(pairs: pl.DataFrame) -> "Places":
        """pairs: site_id, service_id of events, repeats allowed."""
        single = pairs.select("site_id", "service_id").unique().sort("site_id", "service_id")
        totals = pl.concat(
            [
                single.select("site_id", pl.lit(None, pl.String).alias("service_id")).unique().sort("site_id"),
                single.select(pl.lit(None, pl.String).alias("site_id"), "service_id").unique().sort("service_id"),
                pl.DataFrame({"site_id": [None], "service_id": [None]}, schema={"site_id": pl.String, "service_id": pl.String}),
            ]
        )
        return Places(pl.concat([single, totals]).with_row_index("place"))

    def numbered(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with `place` for its site_id and service_id."""
        return frame.join(self.frame, on=["site_id", "service_id"], how="left", maintain_order="left")

    def named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with site_id and service_id (null in totals) for its `place`."""
        return frame.join(self.frame, on="place", how="left", maintain_order="left")

    def totals(self) -> Iterator[pl.Expr]:
        """For each level of totals: the number of the total that the row's `place` belongs to."""
        return (pl.lit(numbers).gather(pl.col("place")) for numbers in self.total_numbers)

    @cached_property
    def total_numbers(self) -> tuple[pl.Series, ...]:
        """For each level of totals, the number of every place's total in the places' order; a total belongs to those above it."""
        nowhere = pl.lit(None, pl.String)
        return tuple(
            self.frame.drop("place")
            .with_columns(
                (pl.col("site_id") if by_site else nowhere).alias("site_id"),
                (pl.col("service_id") if by_service else nowhere).alias("service_id"),
            )
            .join(self.frame, on=["site_id", "service_id"], how="left", nulls_equal=True, maintain_order="left")
            .get_column("place")
            for by_site, by_service in LEVELS[1:]
        )

    def folded(self, width: int) -> "FoldedPlaces":
        """These places, each split into `width` parts numbered from place * width."""
        return FoldedPlaces(self, width)

    def with_totals(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame's rows once for each place and again for every total it belongs to (4 times the rows)."""
        return _raised(frame, self.totals())


@dataclass(frozen=True)
class FoldedPlaces:
    """Places split into parts: part p of place n has the number n * width + p, in totals too."""

    places: Places
    width: int

    def totals(self) -> Iterator[pl.Expr]:
        """As Places.totals, part by part."""
        place, part = pl.col("place") // self.width, pl.col("place") % self.width
        return (pl.lit(numbers).gather(place) * self.width + part for numbers in self.places.total_numbers)

    def with_totals(self, frame: pl.DataFrame) -> pl.DataFrame:
        """As Places.with_totals, part by part."""
        return _raised(frame, self.totals())


def _raised(frame: pl.DataFrame, levels: Iterator[pl.Expr]) -> pl.DataFrame:
    return pl.concat([frame, *(frame.with_columns(level.alias("place")) for level in levels)])
