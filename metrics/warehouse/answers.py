"""DuckDB's answers as Polars frames."""

from typing import Any

import polars as pl
import pyarrow as pa


def frame_of(table: pa.Table) -> pl.DataFrame:
    """The rows as a frame. Columns of the same name are told apart; types that Polars lacks are said in words."""
    names = _told_apart(table.column_names)
    columns = [_plain(table.column(index)) for index in range(table.num_columns)]
    frame = pl.DataFrame(pl.from_arrow(pa.table(columns, names=names))) if names else pl.DataFrame()
    whole = [name for name, dtype in frame.schema.items() if dtype == pl.Decimal(38, 0)]
    fitting = [pl.col(name).cast(pl.Int64, strict=False) for name in whole if _fits(frame[name])]
    with_zone = [name for name, dtype in frame.schema.items() if _has_zone(dtype)]
    zoned = [pl.col(name).dt.convert_time_zone("UTC").dt.replace_time_zone(None) for name in with_zone]
    return frame.with_columns(*fitting, *zoned)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as Polars can hold it: an interval as text."""
    if pa.types.is_interval(column.type):
        texts = [None if value is None else _in_words(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column


def _in_words(value: Any) -> str:
    """An interval's parts: '2 months 3 days 04:05:06'."""
    months, days, nanoseconds = value
    seconds, fraction = divmod(abs(nanoseconds) // 1000, 1_000_000)
    clock = f"{'-' if nanoseconds < 0 else ''}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    parts = [f"{months} months" if months else "", f"{days} days" if days else "", f"{clock}.{fraction:06}" if fraction else clock]
    return " ".join(part for part in parts if part)


def _fits(column: pl.Series) -> bool:
    """Whether a sum of whole numbers (DuckDB's HUGEINT) is one that Int64 holds."""
    return column.cast(pl.Int64, strict=False).null_count() == column.null_count()


def _has_zone(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.Datetime) and dtype.time_zone is not None


def _told_apart(names: list[str]) -> list[str]:
    """The names with _2, _3 ... after those said before."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return told
