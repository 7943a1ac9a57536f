"""Excel sheets as frames of text, read in memory so that nothing of them is written anywhere."""

import re
from pathlib import Path

import fastexcel
import polars as pl

from metrics.errors import UserError, did_you_mean

RANGE = re.compile(r"([A-Z]{1,3})([1-9][0-9]*):([A-Z]{1,3})([1-9][0-9]*)?", re.IGNORECASE)


def sheet_frame(path: Path, sheet: str | None = None, cells: str | None = None, header: bool = True) -> pl.DataFrame:
    """The cells of one sheet as text, every empty cell null, plus `_row`: the row's number in the sheet (from 1).

    `sheet` is the first one by default. `cells` is a range such as 'A11:H40', or 'A11:H' to the end; its first row is
    the header. Rows that are wholly empty are left out. Raises UserError for a file, sheet or range that is not there.
    """
    first_row, last_row, columns = range_parts(path, cells)
    try:
        book = fastexcel.read_excel(path)
        name = sheet or book.sheet_names[0]
        if name not in book.sheet_names:
            raise UserError(f"{path.name}: there is no sheet {name!r}.{did_you_mean(name, book.sheet_names)}")
        rows = None if last_row is None else last_row - first_row + (0 if header else 1)
        loaded = book.load_sheet(
            name, header_row=first_row - 1 if header else None, skip_rows=None if header else first_row - 1, n_rows=rows,
            use_columns=columns, dtypes="string", skip_whitespace_tail_rows=False,
        )  # fmt: skip
        frame: pl.DataFrame = loaded.to_polars()
    except fastexcel.FastExcelError as problem:
        raise UserError(f"{path.name}: it cannot be read as an Excel file ({str(problem).splitlines()[0]}).") from None
    start = first_row + (1 if header else 0)
    numbered: pl.DataFrame = frame.cast(pl.String).with_row_index("_row", start).with_columns(pl.col("_row").cast(pl.Int64))
    return numbered.filter(~pl.all_horizontal(pl.exclude("_row").is_null()))


def range_parts(path: Path, cells: str | None) -> tuple[int, int | None, str | None]:
    """First row, last row and columns of a range such as A11:H40."""
    if cells is None:
        return 1, None, None
    match = RANGE.fullmatch(cells)
    if not match:
        raise UserError(f"{path.name}: range {cells!r} is not a range of cells. Write it as 'A11:H40', or 'A11:H' to the end.")
    left, top, right, bottom = match.groups()
    return int(top), int(bottom) if bottom else None, f"{left.upper()}:{right.upper()}"
