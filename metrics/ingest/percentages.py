"""Refusing what cannot be added up: a file of percentages or averages without the counts they were made of."""

from dataclasses import dataclass

import polars as pl

from metrics.errors import UserError

ENOUGH_ROWS = 10  # ratios over exactly 100, or 1, and no other: no provider counts the same number of cases ten times
WHOLES = (100.0, 1.0)
ADVICE = (
    "Percentages and averages cannot be added up: give numerator and denominator, or a bin and its count. To keep what a file "
    "publishes beside counts, in no figure, name it published and published_value."
)


def refuse_columns(source: str, columns: tuple[str, ...]) -> None:
    """Raises UserError when a mapping of tallies gives neither counts nor values as published."""
    if not {"denominator", "count", "published_value"} & set(columns):
        raise UserError(f"{source}: its tallies hold no counts. {ADVICE}")


@dataclass
class Ratios:
    """The ratios of one source's tallies, as they come by."""

    source: str
    rows: int = 0
    whole: int = 0

    def add(self, tallies: pl.DataFrame) -> None:
        bottoms = tallies["denominator"].drop_nulls()
        self.rows += len(bottoms)
        self.whole += int(bottoms.is_in(WHOLES).sum())

    def refuse(self) -> None:
        """Raises UserError when every denominator is 100 (or 1): the numerators are percentages."""
        if self.rows >= ENOUGH_ROWS and self.whole == self.rows:
            raise UserError(f"{self.source}: every one of its {self.rows:,} denominators is 100 or 1. {ADVICE}")
