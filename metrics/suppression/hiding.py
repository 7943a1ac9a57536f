"""What else has to be withheld so that nothing withheld can be worked out.

In every line (families.py) what is withheld must be two cells or more, and together so many people that each of them may be any
small number: a reader who subtracts what is told from the whole is left with a sum that fits every count the policy hides. Else
the next smallest part is withheld, too, and where none is left the whole. Where cells add up along more than one axis a
reader may solve for one of them by many lines at once; there, what hangs together is withheld as a block of whole rows and
columns, in which every cell may move against its neighbours.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.suppression.blocks import Blocks

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.integer]

HALF = 0.5  # counts are whole; a weighted one is none below it


@dataclass(frozen=True)
class Counts:
    """Of each cell: `parts`, the counts that must not be small (a share: those in it, those not), and `size`, all its people."""

    parts: Numbers
    size: Numbers

    @classmethod
    def of(cls, size: Numbers) -> "Counts":
        """Of one number alone."""
        return cls(np.zeros((0, len(size))), size)

    def small(self, most: int) -> Flags:
        return np.asarray(is_small(self.parts, most).any(axis=0) | is_small(self.size, most))


def is_small(count: Numbers, most: int) -> Flags:
    return np.asarray((count > HALF) & (count < most + HALF))


@dataclass(frozen=True)
class Lines:
    """row, line: of each part. whole: the row of each line's whole. top: whether that is no part of any line itself."""

    row: Rows
    line: Rows
    whole: Rows
    top: Flags

    @classmethod
    def of(cls, family: pl.DataFrame) -> "Lines":
        wholes = family.unique("line").sort("line")["whole"]
        top = ~wholes.is_in(family["row"].implode())
        return cls(family["row"].to_numpy(), family["line"].to_numpy(), wholes.to_numpy(), top.to_numpy())

    def summed(self, count: Numbers) -> Numbers:
        """Of each line, the sum over its parts."""
        return np.asarray(np.bincount(self.line, weights=count[self.row], minlength=len(self.whole)), dtype=np.float64)


def with_complements(hidden: Flags, counts: Counts, lines: Lines, blocks: Blocks | None, most: int) -> Flags:
    """Which cells are withheld in the end. hidden: which are to begin with. Nothing is told again that was withheld."""
    while True:
        safe = with_lines(hidden, counts, lines, most)
        closed = safe if blocks is None else blocks.closed(safe)
        if (closed == hidden).all():
            return closed
        hidden = closed


def with_lines(hidden: Flags, counts: Counts, lines: Lines, most: int) -> Flags:
    """More cells until every line is safe by itself."""
    hidden = hidden.copy()
    while (more := next_smallest(unsafe(hidden, counts, lines, most), hidden, counts, lines)).size:
        hidden[more] = True
    return hidden


def unsafe(hidden: Flags, counts: Counts, lines: Lines, most: int) -> Flags:
    """Which lines give away one of their parts, or a small number of people that is no part of the frame."""
    kept_back = hidden & (counts.size > HALF)
    parts = lines.summed(kept_back.astype(np.float64))
    rest = np.maximum(counts.size[lines.whole] - lines.summed(counts.size), 0.0)  # people of the whole who are in no part told
    others = rest > HALF
    of = np.where(kept_back, counts.size, 0.0)
    people = lines.summed(of) + rest
    unknown = parts + others
    small = np.zeros(len(lines.whole), dtype=bool)
    for count in (*counts.parts, counts.size):
        left = np.maximum(count[lines.whole] - lines.summed(np.where(kept_back, 0.0, count)), 0.0)
        small |= is_small(left, most)
    few = (parts > 0) & ((unknown < 2) | (people < most + unknown - 1 - HALF))
    untold = hidden[lines.whole]
    derivable = untold & (unknown < 1) & (counts.size[lines.whole] > HALF)
    return np.asarray(derivable | ((few | (small & (unknown > 0))) & ~(untold & lines.top)))


def next_smallest(wanting: Flags, hidden: Flags, counts: Counts, lines: Lines) -> Rows:
    """The rows to withhold next: of each line that wants one the smallest part told; the whole where none is left to withhold."""
    free = wanting[lines.line] & ~hidden[lines.row] & (counts.size[lines.row] > HALF)
    row, line = lines.row[free], lines.line[free]
    order = np.lexsort((row, counts.size[row], line))
    first = np.unique(line[order], return_index=True)
    exhausted = wanting.copy()
    exhausted[first[0]] = False
    wholes = lines.whole[exhausted]
    return np.unique(np.concatenate([row[order][first[1]], wholes[~hidden[wholes]]]))
