"""Newest wins: rows that arrive against the rows already there, for the keys that both or several have."""

from dataclasses import dataclass

import polars as pl

from metrics.events import EventTable

AT = "_at"  # the place of an arriving row in its commit; null for a row of the lake
PARTITION = ("month", "day")


@dataclass(frozen=True)
class Outcome:
    """What became of the arriving rows of one table. `unchanged`: the lake (or this commit) has the very same row."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    superseded: int = 0

    @property
    def accepted(self) -> int:
        return self.new + self.changed

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.new + other.new, self.changed + other.changed,
            self.unchanged + other.unchanged, self.superseded + other.superseded,
        )  # fmt: skip


@dataclass(frozen=True)
class Merge:
    """Which arriving rows are dropped (`_at`), which rows of the lake are replaced (all their columns), the counts, who won."""

    dropped: pl.DataFrame
    replaced: pl.DataFrame
    outcome: Outcome
    winners: pl.DataFrame


def merge(table: EventTable, arriving: pl.DataFrame, existing: pl.DataFrame) -> Merge:
    """The newest row of every key wins.

    Both frames have the table's columns, month and day; `arriving` also `_at`. The greatest recorded_at wins; among rows
    with the same one the greatest content does (column by column in declared order, null least), so the winner never
    depends on which came first. Equal rows are one row.
    """
    key, columns = list(table.key), list(table.column)
    both = pl.concat([existing.with_columns(pl.lit(None, arriving.schema[AT]).alias(AT)), arriving], how="diagonal")
    newest = both.filter(pl.col("recorded_at") == pl.col("recorded_at").max().over(key))
    distinct = newest.unique(columns, keep="first", maintain_order=True)  # the lake's row stands before its equals
    tied = pl.len().over(key) > 1
    ties = distinct.filter(tied).sort(columns, nulls_last=False).unique(key, keep="last", maintain_order=True)
    winners = pl.concat([distinct.filter(~tied), ties])
    accepted = winners.filter(pl.col(AT).is_not_null())
    replaced = existing.join(accepted.select(key), on=key, how="semi", nulls_equal=True)
    same = newest.filter(pl.col(AT).is_not_null()).join(winners.select(columns), on=columns, how="semi", nulls_equal=True)
    unchanged = same.height - accepted.height
    return Merge(
        arriving.select(AT).join(accepted.select(AT), on=AT, how="anti"),
        replaced,
        Outcome(
            new=accepted.height - replaced.height, changed=replaced.height, unchanged=unchanged,
            superseded=arriving.height - accepted.height - unchanged,
        ),
        winners,
    )  # fmt: skip
