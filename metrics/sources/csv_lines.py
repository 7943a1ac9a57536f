"""The line of a CSV file at which a row begins. DuckDB counts records; a person looks for a line."""

import io
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from metrics.sources.csv_shape import opened, python_codec

BLOCK_CHARACTERS = 1 << 15  # small enough that a quote in one costs little: the lines of that block are looked at one by one
LINE_END = ord("\n")


@dataclass(frozen=True)
class Layout:
    """How the records of a file are counted: lines skipped at the top, whether a header follows, the quote, the encoding."""

    skip: int = 0
    header: bool = True
    quote: str = '"'
    encoding: str = "utf-8"


@dataclass
class Lines:
    """Lines (from 1) by data row (from 1) and by record (from 1, blank lines and header counted, as DuckDB's rejects do)."""

    of_row: dict[int, int] = field(default_factory=dict)
    of_record: dict[int, int] = field(default_factory=dict)


def lines_of(path: Path, layout: Layout, rows: Collection[int], left_out: Collection[int]) -> Lines:
    """Where the wanted data rows begin, and the records in `left_out`, which are ragged and therefore no rows.

    A line end inside quotes belongs to its field; blank lines are records but no rows. Reads the file once, up to the
    last row wanted.
    """
    count = _Count(layout, sorted(set(rows)), sorted(set(left_out)))
    with io.TextIOWrapper(opened(path), encoding=python_codec(layout.encoding), errors="replace", newline="") as file:
        while not count.done and (block := file.read(BLOCK_CHARACTERS)):
            block += file.readline()
            if not count.plain(block):
                for text in io.StringIO(block, newline=""):
                    count.take(text)
    count.end()
    return count.lines


class _Count:
    """Lines, records and rows so far. `rows` and `records` are those still wanted, the next one last."""

    def __init__(self, layout: Layout, rows: list[int], records: list[int]) -> None:
        self.layout, self.lines = layout, Lines()
        self.rows, self.records = rows[::-1], records[::-1]
        self.line, self.record, self.row = 0, 0, -1 if layout.header else 0
        self.begins, self.inside, self.blank = 1, False, False

    @property
    def done(self) -> bool:
        return not self.rows and not self.records

    def plain(self, block: str) -> bool:
        """Counts a whole block at once, where each of its lines is a row; else says no, and counts nothing."""
        if self.inside or self.line < self.layout.skip + self.layout.header:
            return False
        if self.layout.quote and self.layout.quote in block:
            return False
        ends = np.frombuffer(block.encode(), np.uint8) == LINE_END  # looked at as numbers: a search for two ends running is slow
        size = int(np.count_nonzero(ends))
        returns = "\r" in block
        if block.startswith(("\n", "\r\n")) or not block.endswith("\n") or (ends[1:] & ends[:-1]).any():
            return False
        if returns and ("\n\r\n" in block or "\r" in block.replace("\r\n", "")):
            return False
        if self.records and self.records[-1] <= self.record + size:
            return False
        while self.rows and self.rows[-1] <= self.row + size:
            row = self.rows.pop()
            self.lines.of_row[row] = self.line + row - self.row
        self.line, self.record, self.row = self.line + size, self.record + size, self.row + size
        return True

    def take(self, text: str) -> None:
        """Counts one line."""
        self.line += 1
        if not self.inside:
            self.begins, self.blank = self.line, not text.strip("\r\n")
        if self.layout.quote and self.line > self.layout.skip:
            self.inside ^= bool(text.count(self.layout.quote) % 2)
        if not self.inside:
            self.ended()

    def end(self) -> None:
        """The file ends; a quote that never did makes all the rest one record."""
        if self.inside:
            self.ended()

    def ended(self) -> None:
        above = self.line <= self.layout.skip
        self.record += 1
        if self.records and self.record == self.records[-1]:
            self.lines.of_record[self.records.pop()] = self.begins
        elif not self.blank and not above:
            self.row += 1
            if self.rows and self.row == self.rows[-1]:
                self.lines.of_row[self.rows.pop()] = self.begins
