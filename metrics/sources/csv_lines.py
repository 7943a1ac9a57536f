"""The line of a CSV file at which a row begins. DuckDB counts records; a person looks for a line."""

import io
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from metrics.sources.csv_shape import opened, python_codec


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

    A line end inside quotes belongs to its field; blank lines are records but no rows. Reads the file once.
    """
    wanted, gone = set(rows), set(left_out)
    lines = Lines()
    row, record, begins, inside = (-1 if layout.header else 0), 0, 1, False
    with io.TextIOWrapper(opened(path), encoding=python_codec(layout.encoding), errors="replace", newline="") as file:
        for number, text in enumerate(file, start=1):
            if not inside:
                begins, blank = number, not text.strip("\r\n")
            if number > layout.skip and layout.quote:
                inside ^= bool(text.count(layout.quote) % 2)
            if inside:
                continue
            record += 1
            if record in gone:
                lines.of_record[record] = begins
            elif not blank and number > layout.skip:
                row += 1
                if row in wanted:
                    lines.of_row[row] = begins
            if len(lines.of_row) == len(wanted) and len(lines.of_record) == len(gone):
                break
    return lines
