"""What may be published of a frame of figures: small numbers withheld with what would give them away, the rest rounded."""

import numpy as np
import polars as pl

from metrics.definitions.metric import RATIOS
from metrics.suppression.blocks import blocks_of
from metrics.suppression.families import PLACE, TIME, families
from metrics.suppression.hiding import Counts, Flags, Lines, Numbers, is_small, with_complements
from metrics.suppression.policy import Policy
from metrics.suppression.rounding import rounded

KEYS = ("metric", "statistic")
CELLS = ("numerator", "denominator", "value", "n", "lower", "upper", "still_open")
"""What tells of people in a row: the limits of a share tell its n."""


def publishable(frame: pl.DataFrame, policy: Policy, also: pl.Series | None = None) -> pl.DataFrame:
    """The figures as they may leave, in their order, with `withheld` (bool): nulls in the CELLS of those that are.

    frame: KEYS, numerator, denominator, value, n, and as far as there are: site_id, service_id, stratum (null: all together), grain
    and period_start (or `week`), lower, upper, still_open. also: rows to withhold whatever they hold.

    A share is withheld with both counts where either is small. Of a wait the number still open, or n, may be withheld alone: that
    one is null, and the row is told. What is empty (0 of 0) is told, and so is 0. The policy 'off' changes nothing.
    """
    if not policy.most_hidden or frame.is_empty():
        return frame.with_columns(pl.lit(False).alias("withheld"))
    cells = with_cells(frame)
    family = families(cells, KEYS)
    lines, blocks = Lines.of(family), blocks_of(cells, family, KEYS)

    def final(start: Flags, counts: Counts, alike: Numbers) -> Flags:
        """Withheld in the end, where rows of one number in `alike` are withheld together."""
        while True:
            start = with_complements(together(start, alike), counts, lines, blocks, policy.most_hidden)
            if (together(start, alike) == start).all():
                return start

    waits, still = numbers(cells, "alike"), numbers(cells, "open")
    hidden = final(primary(cells, policy) | forced(cells, also), counts_of(cells), waits)
    n_alone = final(hidden | gap_in_n(cells, policy, hidden), Counts.of(numbers(cells, "n")), waits) & ~of_shares(cells)
    open_alone = final(hidden | is_small(still, policy.most_hidden), Counts.of(still), numbers(cells, "case"))
    marked = frame.with_columns(pl.Series("withheld", hidden))
    return nulled(rounded(marked, policy) if policy.rounds else marked, {"n": n_alone, "still_open": open_alone})


def with_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `row`, its counts as numbers without nulls (top, rest, n, open), and which rows are of one case."""
    dated = frame.with_columns(grain=pl.lit("week"), period_start="week") if "week" in frame.columns else frame
    ratio = pl.col("statistic").is_in(RATIOS)
    case = [name for name in ("metric", *TIME, *PLACE, "stratum") if name in dated.columns]
    top = pl.when(ratio | (pl.col("statistic") == "count")).then(pl.col("numerator")).otherwise(0.0)
    rest = pl.when(ratio).then(pl.col("denominator") - pl.col("numerator")).otherwise(0.0)
    size = pl.when(ratio).then(pl.col("denominator")).otherwise(pl.col("n"))
    still = pl.col("still_open") if "still_open" in dated.columns else pl.lit(0)
    counted = {"top": top, "rest": rest, "size": size, "n": pl.col("n"), "open": still}
    made = dated.with_row_index("row").with_columns(
        *(count.cast(pl.Float64).fill_null(0.0).fill_nan(0.0).alias(name) for name, count in counted.items()),
        ratio.alias("ratio"), (pl.struct(case).rank("dense") - 1).cast(pl.Int64).alias("case"),
    )  # fmt: skip
    own = pl.col("case").max() + 1 + pl.col("row").cast(pl.Int64)
    return made.with_columns(pl.when("ratio").then(own).otherwise(pl.col("case")).alias("alike"))


def numbers(cells: pl.DataFrame, name: str) -> Numbers:
    return cells[name].to_numpy()


def of_shares(cells: pl.DataFrame) -> Flags:
    return cells["ratio"].to_numpy().astype(np.bool_)


def counts_of(cells: pl.DataFrame) -> Counts:
    return Counts(np.stack([numbers(cells, name) for name in ("top", "rest", "n")]), numbers(cells, "size"))


def primary(cells: pl.DataFrame, policy: Policy) -> Flags:
    """Rows with a small number in them. An estimated share stands for about so many people in it, and not in it."""
    told = (pl.col("value") * pl.col("n")).round()
    estimated = [pl.when(pl.col("statistic") == "km_within").then(count).fill_null(0.0) for count in (told, pl.col("n") - told)]
    about = cells.select(estimated[0].alias("inside"), estimated[1].alias("outside"))
    return counts_of(cells).small(policy.most_hidden) | is_small(about.to_numpy().T, policy.most_hidden).any(axis=0)


def forced(cells: pl.DataFrame, also: pl.Series | None) -> Flags:
    return np.zeros(cells.height, dtype=bool) if also is None else also.to_numpy().astype(bool)


def gap_in_n(cells: pl.DataFrame, policy: Policy, hidden: Flags) -> Flags:
    """Waits of a case whose n differ, among themselves or from the share's, by a small number: those who left, or still wait.

    Where counts are rounded the difference tells nothing.
    """
    if policy.rounds:
        return np.zeros(cells.height, dtype=bool)
    told = cells.filter(pl.Series(~hidden)).select("case", "n").unique().sort("case", "n")
    gap = pl.col("n").diff().over("case")
    small = told.filter((gap > 0) & (gap <= policy.most_hidden))["case"].unique()
    return cells["case"].is_in(small.implode()).to_numpy() & ~of_shares(cells)


def together(hidden: Flags, alike: Numbers) -> Flags:
    """hidden, and every row of the same number as one that is."""
    marked = np.zeros(int(alike.max()) + 1, dtype=bool)
    marked[alike[hidden]] = True
    return np.asarray(marked[alike])


def nulled(marked: pl.DataFrame, alone: dict[str, Flags]) -> pl.DataFrame:
    """The rows withheld without their CELLS, and single numbers without theirs."""
    held = pl.col("withheld")
    gone = {name: held | pl.Series(alone[name]) if name in alone else held for name in CELLS if name in marked.columns}
    return marked.with_columns(pl.when(~without).then(pl.col(name)).alias(name) for name, without in gone.items())
