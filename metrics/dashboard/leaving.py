"""What leaves a page as a file: small numbers are withheld by the home's policy, as in everything that leaves."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from metrics.dashboard import data
from metrics.observe import Slice
from metrics.observe.published import published
from metrics.suppression import Policy, policy_named, publishable, publishable_answer
from metrics.workbench.exports import as_csv

if TYPE_CHECKING:
    from metrics.dashboard.figures import Figure

SERIES = ("metric", "statistic", "site_id")


def policy_here() -> Policy:
    """What the home says of small numbers."""
    return policy_named(data.home_here().settings.suppression.policy)


def of_slice(figure: "Figure", asked: Slice) -> "Figure":
    """The figure, whose file is the slice that it draws, judged beside the other places and groups of the same period."""
    return replace(figure, csv=partial(csv_of_slice, figure.table, asked))


def of_series(figure: "Figure", asked: Slice, cells: tuple[str, ...]) -> "Figure":
    """The figure of one place's periods, whose file is its table; cells: its columns that tell of people."""
    first = figure.table["period_start"].min()
    assert isinstance(first, date)
    return replace(figure, csv=partial(csv_of_series, figure.table, replace(asked, since=first), cells))


def csv_of_slice(table: pl.DataFrame, asked: Slice) -> bytes:
    """The slice as it may leave, with `withheld`; the table as it is under the policy 'off'."""
    policy = policy_here()
    return as_csv(published(data.home_here(), asked, policy) if policy.most_hidden else table)


def csv_of_series(table: pl.DataFrame, asked: Slice, cells: tuple[str, ...]) -> bytes:
    """The table with its cells as they may leave, and `withheld`; a period that the slice does not have is withheld."""
    policy = policy_here()
    if not policy.most_hidden:
        return as_csv(table)
    told = published(data.home_here(), asked, policy).select("period_start", *cells, "withheld")
    joined = table.drop(cells).join(told, on="period_start", how="left", maintain_order="left")
    return as_csv(joined.select(*table.columns, pl.col("withheld").fill_null(True)))


def csv_of_counts(table: pl.DataFrame) -> bytes:
    """A table of which nothing else is known: every whole number in it counts people. Raises UserError for rows of one person."""
    return as_csv(answer_of(table))


def answer_of(frame: pl.DataFrame) -> pl.DataFrame:
    """An answer in SQL as it may leave, with `withheld`; as it is under the policy 'off'.

    Raises UserError for rows of one person each.
    """
    policy = policy_here()
    return publishable_answer(frame, policy) if policy.most_hidden else frame


def csv_of_bins(table: pl.DataFrame, count: str = "n") -> bytes:
    """Bars of one whole, which add up to it: a small one goes with the next smallest."""
    policy = policy_here()
    if not policy.most_hidden:
        return as_csv(table)
    told = publishable(bars_and_whole(table[count]), policy).head(table.height)
    return as_csv(table.with_columns(told["numerator"].cast(pl.Int64).alias(count), told["withheld"]))


def bars_and_whole(counts: pl.Series) -> pl.DataFrame:
    """The bars as groups of one period, their sum last, in the words of observations."""
    n = pl.concat([counts.cast(pl.Int64), pl.Series([counts.sum()], dtype=pl.Int64)])
    groups = [*(f"bar={at}" for at in range(len(counts))), None]
    frame = pl.DataFrame({"stratum": groups, "n": n}, schema_overrides={"stratum": pl.String})
    count = pl.col("n").cast(pl.Float64)
    return frame.with_columns(
        pl.lit("bars").alias("metric"), pl.lit("count").alias("statistic"), count.alias("numerator"), count.alias("value"),
        pl.lit(None, pl.Float64).alias("denominator"),
    )  # fmt: skip


def withheld_series(signals: pl.DataFrame) -> set[tuple[str, str, str | None]]:
    """metric, statistic and site of the rows of signals.sql whose newest figure may not leave. n stands for a share's whole."""
    policy = policy_here()
    if not policy.most_hidden or signals.is_empty():
        return set()
    share = pl.col("statistic").is_in(["share", "within"])
    figures = signals.select(
        *SERIES, "grain", "period_start", "value", "n",
        numerator=pl.when(share).then((pl.col("value") * pl.col("n")).round()).otherwise(pl.col("value")),
        denominator=pl.when(share).then(pl.col("n").cast(pl.Float64)),
    )  # fmt: skip
    told = publishable(figures.filter(pl.col("value").is_not_null()), policy).filter("withheld")
    return set(told.select(SERIES).iter_rows())
