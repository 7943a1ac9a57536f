"""Answers as files: types kept, and no text that a spreadsheet would run."""

import csv
import re
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import polars as pl
import pytest

from metrics.errors import UserError
from metrics.workbench.exports import MOST_COLUMNS, as_csv, as_parquet, as_xlsx

FRAME = pl.DataFrame(
    {
        "name": ["a", "é, \"quoted\"\nline", None],
        "n": [1, -2, 2**60],
        "share": [0.1, float("nan"), float("inf")],
        "day": [date(2026, 3, 29), None, date(1999, 1, 1)],
        "at": [datetime(2026, 3, 29, 1, 30, 0, 5), None, datetime(1999, 1, 1)],
        "mature": [True, False, None],
        "bins": [[1, 2], [], None],
    }
)  # fmt: skip
FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", " =1", "\t=1", "\r=1", "\n=1", "＝1+1", "－1+x", "+44 20 7946"]
HARMLESS = ["-5", "+3.25", "a=b", "", "1-2", "'=1", "–", "mail@example.org"]


def cells(text: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(text.decode(), newline="")))


def test_csv_is_what_it_was_but_for_lists() -> None:
    header, *rows = cells(as_csv(FRAME))
    assert header == FRAME.columns
    assert rows[0] == ["a", "1", "0.1", "2026-03-29", "2026-03-29T01:30:00.000005", "true", "[1, 2]"]
    assert rows[1][0] == 'é, "quoted"\nline'
    assert rows[2][1] == str(2**60)


def test_no_cell_and_no_name_of_a_csv_is_a_formula_and_the_rest_is_untouched() -> None:
    frame = pl.DataFrame({"=cmd()": FORMULAS, "list": [["=1"]] * len(FORMULAS)})
    header, *rows = cells(as_csv(frame))
    assert header[0] == "'=cmd()"
    assert [row[0] for row in rows] == [f"'{text}" for text in FORMULAS]
    assert [row[0] for row in cells(as_csv(pl.DataFrame({"x": HARMLESS, "y": [-1] * len(HARMLESS)})))[1:]] == HARMLESS
    assert cells(as_csv(pl.DataFrame({"n": [-1, 2]})))[1:] == [["-1"], ["2"]]


def test_parquet_keeps_every_type() -> None:
    assert pl.read_parquet(BytesIO(as_parquet(FRAME))).equals(FRAME)


def test_excel_keeps_its_types_and_runs_nothing() -> None:
    file = as_xlsx(FRAME.with_columns(text=pl.Series(FORMULAS[:3])))
    read = pl.read_excel(BytesIO(file))
    assert read["name"].to_list() == FRAME["name"].to_list()
    assert read["n"].to_list() == ["1", "-2", str(2**60)], "Excel would round it"
    assert read["day"].to_list() == FRAME["day"].to_list()
    assert read["mature"].to_list() == [True, False, None]
    assert read["text"].to_list() == FORMULAS[:3]
    with ZipFile(BytesIO(file)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and not re.search(r"<hyperlink", sheet)


def test_numbers_of_every_width_are_numbers_in_excel() -> None:
    kinds = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt64)
    frame = pl.DataFrame({str(kind): pl.Series([1, 2, 3], dtype=kind) for kind in kinds})
    assert pl.read_excel(BytesIO(as_xlsx(frame))).rows() == frame.rows()


def test_excel_links_and_texts_that_are_too_long_are_texts() -> None:
    file = as_xlsx(pl.DataFrame({"x": ["https://example.org", "mailto:a@b", "y" * 40_000, "007"]}))
    read = pl.read_excel(BytesIO(file))["x"].to_list()
    assert [len(text) for text in read] == [19, 10, 32_767, 3]


def test_an_answer_too_wide_for_excel_is_told() -> None:
    with pytest.raises(UserError, match="Export as CSV or Parquet"):
        as_xlsx(pl.DataFrame({str(number): [1] for number in range(MOST_COLUMNS + 1)}))


@pytest.mark.parametrize("export", [as_csv, as_parquet, as_xlsx])
def test_an_answer_without_rows_is_a_file(export: object) -> None:
    assert export(FRAME.clear())  # type: ignore[operator]
