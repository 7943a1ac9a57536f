"""Sites and services as small numbers, and the totals above them."""

from collections.abc import Iterator
from dataclasses import dataclass

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

    def totals(self) -> Iterator[pl.DataFrame]:
        """For each level of totals: place -> total, the numbers of a place and of the total it belongs to."""
        single = self.frame.filter(pl.col("site_id").is_not_null() & pl.col("service_id").is_not_null())
        for by_site, by_service in LEVELS[1:]:
            wanted = single.select(
                "place",
                (pl.col("site_id") if by_site else pl.lit(None, pl.String)).alias("site_id"),
                (pl.col("service_id") if by_service else pl.lit(None, pl.String)).alias("service_id"),
            )
            named = wanted.join(self.frame.rename({"place": "total"}), on=["site_id", "service_id"], how="left", nulls_equal=True)
            yield named.select("place", "total")

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

    def totals(self) -> Iterator[pl.DataFrame]:
        """For each level of totals: place -> total, as Places.totals, part by part."""
        parts = pl.DataFrame({"part": range(self.width)}, schema={"part": pl.UInt32})
        for level in self.places.totals():
            each = level.join(parts, how="cross")
            yield each.select(*(pl.col(name) * self.width + pl.col("part") for name in ("place", "total")))

    def with_totals(self, frame: pl.DataFrame) -> pl.DataFrame:
        """As Places.with_totals, part by part."""
        return _raised(frame, self.totals())


def _raised(frame: pl.DataFrame, totals: Iterator[pl.DataFrame]) -> pl.DataFrame:
    each = [frame.join(level, on="place").with_columns(pl.col("total").alias("place")).drop("total") for level in totals]
    return pl.concat([frame, *each])
