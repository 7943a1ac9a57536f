"""Answers as files: CSV, Parquet and Excel.

A spreadsheet takes a text such as `=HYPERLINK(...)` in a CSV for a formula and would run what a patient or a supplier typed
into a form. So in CSV a text (and a column's name) that begins with = + - @ (also behind blanks, and in their wide forms) is
given an apostrophe in front, unless it is a plain number. In Excel's own format and in Parquet a text is a text, and nothing is
added.
"""

import json
from io import BytesIO
from typing import Any

import polars as pl
from xlsxwriter import Workbook

from metrics.errors import UserError

FORMULA = r"^[\s]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"  # what a spreadsheet may take for a formula
NUMBER = r"^[+\-]?[0-9]+(\.[0-9]+)?$"
MOST_ROWS = 1_048_575  # of an Excel sheet, below its header
MOST_COLUMNS = 16_384
EXACT = 2**53  # Excel's numbers are floating point: a whole number beyond this would change
TEXTS_ARE_TEXTS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
LONGEST = 32_767  # characters of an Excel cell


def as_csv(frame: pl.DataFrame) -> bytes:
    """UTF-8 text with a header line; lists and records as JSON text; nothing in it is a formula to a spreadsheet."""
    flat = flattened(frame)
    safe = flat.with_columns(_harmless(pl.col(pl.String)))
    names = pl.DataFrame({"name": flat.columns}, schema={"name": pl.String}).select(_harmless(pl.col("name")))["name"]
    return safe.rename(dict(zip(flat.columns, names.to_list(), strict=True))).write_csv().encode()


def as_parquet(frame: pl.DataFrame) -> bytes:
    """Every type as it is."""
    file = BytesIO()
    frame.write_parquet(file)
    return file.getvalue()


def as_xlsx(frame: pl.DataFrame, title: str = "answer") -> bytes:
    """One sheet with the types that Excel has: numbers, dates, instants, true and false, texts.

    Whole numbers beyond 2^53 and what is longer than Excel's cells are texts (the latter cut); not-a-number is empty.
    Raises UserError when there are more rows or columns than a sheet holds.
    """
    if frame.height > MOST_ROWS or frame.width > MOST_COLUMNS:
        raise UserError(
            f"{frame.height:,} rows and {frame.width:,} columns; an Excel sheet holds {MOST_ROWS:,} and {MOST_COLUMNS:,}. "
            "Export as CSV or Parquet."
        )
    file = BytesIO()
    sheet = flattened(frame).with_columns(*_excel_s(frame))
    with Workbook(file, TEXTS_ARE_TEXTS) as workbook:
        sheet.write_excel(workbook, worksheet=title[:31], autofit=True)
    return file.getvalue()


def flattened(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with lists and records as JSON text, and bytes as hexadecimal: a cell of a sheet holds neither."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    texts = [pl.Series(name, [_json(cell) for cell in frame[name].to_list()], dtype=pl.String) for name in nested]
    return frame.with_columns(*texts).with_columns(pl.col(pl.Binary).bin.encode("hex"))


def _json(cell: Any) -> str | None:
    return None if cell is None else json.dumps(cell, default=str, ensure_ascii=False)


def _harmless(texts: pl.Expr) -> pl.Expr:
    risky = texts.str.contains(FORMULA) & ~texts.str.contains(NUMBER)
    return pl.when(risky).then("'" + texts).otherwise(texts).name.keep()


def _excel_s(frame: pl.DataFrame) -> list[pl.Expr]:
    whole = [name for name, kind in frame.schema.items() if kind in (pl.Int64, pl.UInt64, pl.Int128)]
    large = [name for name in whole if not frame[name].drop_nulls().cast(pl.Int128).is_between(-EXACT, EXACT).all()]
    long = [name for name, kind in frame.schema.items() if kind == pl.String]
    return [
        *(pl.col(name).cast(pl.String) for name in large),
        *(pl.col(name).str.head(LONGEST) for name in long),
        pl.col(pl.Float32, pl.Float64).replace([float("nan"), float("inf"), -float("inf")], [None, None, None]),
    ]
