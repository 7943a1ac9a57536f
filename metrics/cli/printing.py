"""How results are shown: a table to read, or CSV, JSON or Parquet for a program."""

import json
import sys
from enum import StrEnum
from typing import Any

import polars as pl
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

WIDEST = 400  # characters: beyond that a cell wraps


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def print_rows(frame: pl.DataFrame, form: Format) -> None:
    """Write the frame to stdout in the form asked for. Parquet is bytes: redirect it to a file."""
    if form is Format.csv:
        sys.stdout.write(_flat(frame).write_csv())
    elif form is Format.json:
        print_json(frame.to_dicts())
    elif form is Format.parquet:
        frame.write_parquet(sys.stdout.buffer)
    else:
        print_table(frame)


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with lists and records as JSON text: CSV has no cell for them."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    texts = {name: [None if cell is None else json.dumps(cell, default=str) for cell in frame[name].to_list()] for name in nested}
    return frame.with_columns(pl.Series(name, cells, dtype=pl.String) for name, cells in texts.items())


def print_table(frame: pl.DataFrame) -> None:
    """A table for reading. What every row says alike stands once above it; a long row is not cut."""
    said = [name for name in frame.columns if frame.height > 1 and _is_label(frame, name)]
    if said:
        print(" · ".join(f"{name} {_cell(frame[name][0]) or 'all'}" for name in said))
    table = _table(frame.drop(said))
    console = Console()
    console.width = max(console.width, Measurement.get(console, console.options.update(max_width=WIDEST), table).maximum)
    console.print(table)


def _is_label(frame: pl.DataFrame, name: str) -> bool:
    return not frame.schema[name].is_numeric() and frame[name].n_unique() == 1


def print_json(thing: Any) -> None:
    print(json.dumps(thing, default=str, indent=1))


def _table(frame: pl.DataFrame) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, kind in frame.schema.items():
        table.add_column(name, justify="right" if kind.is_numeric() else "left")
    for row in frame.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    return table


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def say(sentence: str) -> None:
    """A line for a person, on stderr, so that stdout stays what a program reads."""
    print(sentence, file=sys.stderr)
