"""Blocks: where cells add up along several axes, what hangs together through lines is withheld in whole rows and columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.suppression.families import AXES, TIME

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Blocks:
    """links: row, line, of every part and every whole. places: row, `group`, and a column of codes for each axis."""

    links: pl.DataFrame
    places: pl.DataFrame
    axes: tuple[str, ...]

    def closed(self, hidden: Flags) -> Flags:
        """hidden, and every cell whose place on each axis is one of a block's."""
        if not hidden.any():
            return hidden
        block = self.block_of(hidden)
        held = self.places.with_columns(block=pl.Series(block)).filter(pl.Series(hidden))
        within = self.places.lazy()
        for axis in self.axes:
            on = ["group", axis] if axis == self.axes[0] else ["group", axis, "block"]
            within = within.join(held.lazy().select("group", axis, "block").unique(), on=on, how="inner", nulls_equal=True)
        rows = within.select("row").unique().collect()["row"].to_numpy()
        more = hidden.copy()
        more[rows] = True
        return more

    def block_of(self, hidden: Flags) -> npt.NDArray[np.int64]:
        """Of each withheld cell the least row that it hangs together with through lines of withheld cells."""
        label = np.arange(len(hidden))
        held = self.links.filter(pl.Series(hidden)[self.links["row"]])
        row, line = held["row"].to_numpy(), held["line"].to_numpy()
        lines = int(line.max()) + 1 if line.size else 0
        while True:
            of_line = np.full(lines, len(hidden))
            np.minimum.at(of_line, line, label[row])
            least = label.copy()
            np.minimum.at(least, row, of_line[line])
            if (least == label).all():
                return label
            label = least


def blocks_of(cells: pl.DataFrame, family: pl.DataFrame, keys: Sequence[str]) -> Blocks | None:
    """The blocks of a frame whose cells add up along two axes or more; None where they do along one, which no block needs.

    cells: row, keys and the columns of the axes. family: as families.FAMILY.
    """
    axes = family["axis"].unique().sort().to_list()
    if len(axes) < 2:
        return None
    of = {axis: [axis] if axis != "time" else list(TIME) for axis in AXES}
    there = {axis: names for axis, names in of.items() if all(name in cells.columns for name in names)}
    fixed = [*keys, *(name for axis, names in there.items() if axis not in axes for name in names)]
    codes = {"group": fixed, **{axis: there[axis] for axis in axes}}
    level = cells.select(
        "row", *(pl.col(axis).is_null().alias(f"all_{axis}") for axis in axes if axis != "time"), *cells.columns[1:]
    )
    codes["group"] = [*fixed, *(f"all_{axis}" for axis in axes if axis != "time")]
    places = level.select("row", *(pl.struct(names).rank("dense").alias(name) for name, names in codes.items()))
    return Blocks(family.select("row", "line"), places, tuple(axes))
