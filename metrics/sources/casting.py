"""Typing a mapping's result: each column cast to its declared type, and the values that cannot be cast kept beside it.

The casts run inside DuckDB, in the same stream as the mapping; texts are trimmed after it, where that costs a third. A value
that has no place in its type becomes null in its column and text in `_bad_<column>`, so that it can be rejected with its line
instead of stopping the load.
"""

from collections.abc import Collection
from collections.abc import Mapping as MappingOf

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from metrics.events import Column, EventTable

BAD = "_bad_"  # _bad_<column>: the text that could not be cast, else null
ZONED = "_zoned_"  # _zoned_<column>: true where the instant carried its own offset (is UTC), else it is local
CAST = "_cast_"
TRACE_COLUMNS = ("_row", "_file")
PATIENT = "patient_id"
ZONED_TYPES = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
LOCAL_TYPES = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
DUCKDB_TYPES = {
    "text": "varchar", "instant": "timestamp", "date": "date", "integer": "bigint", "number": "double", "flag": "boolean",
}  # fmt: skip
WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
# The two spellings of a local time that nearly all files have; told by a fixed pattern, much faster than by an expression.
LOCAL_TEXTS = ("____-__-__ __:__:__", "____-__-__T__:__:__")
ZONED_TEXT = r"[:T][0-9.]+ *[A-Za-z+-]"  # something after the time of day: Z, +01:00, America/New_York
WHOLE_TEXT = r"\s*[+-]?[0-9]{1,18}(\.0*)?\s*"
NULL_BYTE = "\x00"
# What DuckDB's trim takes off: the space separators of Unicode.
SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
FIRST_PLAIN, LAST_PLAIN = np.uint8(ord("!")), np.uint8(ord("~"))  # below are space and null byte, above all beyond ASCII
NUMBER_TEXT = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"


def typed_select(sql: str, columns: MappingOf[str, str], table: EventTable) -> str:
    """SQL that gives the mapping's result with declared types.

    `columns` are the result's names and DuckDB types. Comes out: each declared column the mapping names, `_bad_` for
    those that were cast, `_zoned_` for instants that may carry an offset, patient_id as text, and the trace. Texts are as they
    were told: `with_texts` follows.
    """
    declared = {name: (table.column[name], type_.upper()) for name, type_ in columns.items() if name in table.column}
    tried = {
        name: column for name, (column, given) in declared.items() if column.type != "text" and sure_cast(column, given) is None
    }
    zoned = [f"{zoned_text(name)} as {ZONED}{name}" for name, column in tried.items() if column.type == "instant"]
    casts = [f"{tried_cast(column)} as {CAST}{name}" for name, column in tried.items()]
    last = [part for name, type_ in columns.items() for part in columns_out(name, type_.upper(), table, name in tried)]
    first = f"select {', '.join(['*', *zoned])} from ({sql}) as result"
    return f"select {', '.join(last)} from (select {', '.join(['*', *casts])} from ({first}) as told) as tried"


def columns_out(name: str, given: str, table: EventTable, tried: bool) -> list[str]:
    if name in TRACE_COLUMNS:
        return [name]
    if name == PATIENT:
        return [f"cast({name} as varchar) as {name}"]
    column = table.column[name]
    if column.type == "text":
        return [f"{sure_cast(column, given) or f'cast({name} as varchar)'} as {name}"]
    if not tried:
        zoned = [f"true as {ZONED}{name}"] if column.type == "instant" and given in ZONED_TYPES else []
        return [f"{sure_cast(column, given)} as {name}", *zoned]
    text = f"trim(cast({name} as varchar))"
    bad = f"case when {CAST}{name} is null and {text} <> '' then {text} end as {BAD}{name}"
    return [f"{CAST}{name} as {name}", bad, *([f"{ZONED}{name}"] if column.type == "instant" else [])]


def sure_cast(column: Column, given: str) -> str | None:
    """A cast that cannot fail for a column of this DuckDB type, or None when its values have to be tried."""
    name = column.name
    if column.type == "instant" and given in (*LOCAL_TYPES, *ZONED_TYPES):
        return f"case when isfinite({name}) then cast({name} as timestamp) end"
    if column.type == "date" and given in LOCAL_TYPES:
        return f"case when isfinite({name}) then cast({name} as date) end"
    if (column.type, given) in (("integer", "BIGINT"), ("flag", "BOOLEAN")):
        return name
    if given in WHOLE_TYPES and column.type in ("integer", "number"):
        return f"cast({name} as {DUCKDB_TYPES[column.type]})"
    if given == '"NULL"' or (column.type == "text" and given in (*WHOLE_TYPES, *LOCAL_TYPES, "BOOLEAN", "UUID", "HUGEINT")):
        return f"cast({name} as {DUCKDB_TYPES[column.type]})"
    return None


def tried_cast(column: Column) -> str:
    """Null for a value that is not of the column's type: no rounding, no infinities, no null bytes. Empty text is null."""
    name, text = column.name, f"cast({column.name} as varchar)"
    if column.type == "instant":
        instant = f"if({ZONED}{name}, cast(try_cast({text} as timestamptz) as timestamp), try_cast({text} as timestamp))"
        return f"nullif(nullif({instant}, 'infinity'::timestamp), '-infinity'::timestamp)"
    if column.type == "date":
        return f"nullif(nullif(try_cast({text} as date), 'infinity'::date), '-infinity'::date)"
    if column.type == "integer":
        return f"case when regexp_full_match({text}, '{WHOLE_TEXT}') then try_cast({text} as bigint) end"
    if column.type == "number":
        number = f"nullif(try_cast({text} as double), 'infinity'::double)"
        return f"case when regexp_full_match({text}, '{NUMBER_TEXT}') then {number} end"
    return f"try_cast({text} as boolean)"


def with_texts(frame: pl.DataFrame, table: EventTable, plain: Collection[str] = ()) -> pl.DataFrame:
    """The result of `typed_select` with its texts trimmed; an empty one is null, one with a null byte goes to `_bad_<column>`.

    A patient's identifier is trimmed only. `_bad_` stands for those columns alone in which there is such a text. plain: columns
    known to hold neither a space nor a null byte, see `plain_texts`.
    """
    names = [column.name for column in table.columns if column.type == "text" and column.name in frame.columns]
    texts = [*names, PATIENT] if PATIENT in frame.columns else names
    if not texts:
        return frame
    # looked for before anything is made anew: most columns hold no such text
    marked = dict.fromkeys(texts, False)
    marked |= found_in(frame, {name: pl.col(name).str.contains_any([*SPACES, NULL_BYTE]) for name in texts if name not in plain})
    trimmed = {name: pl.col(name).str.strip_chars(SPACES) if marked[name] else pl.col(name) for name in texts}
    empty = found_in(frame, {name: text == "" for name, text in trimmed.items()})
    told = frame.with_columns(
        (pl.when(text != "").then(text) if empty[name] else text).alias(name) for name, text in trimmed.items()
    )
    bad = {name: pl.col(name).str.contains(NULL_BYTE, literal=True) for name in names if marked[name]}
    bad = {name: holds for name, holds in bad.items() if told.select(holds.any()).item()}
    beside = [pl.when(holds).then(name).alias(f"{BAD}{name}") for name, holds in bad.items()]
    return told.with_columns(*beside, *(pl.when(~holds).then(name).alias(name) for name, holds in bad.items()))


def found_in(frame: pl.DataFrame, wanted: MappingOf[str, pl.Expr]) -> dict[str, bool]:
    """By name, whether a row of the frame is as wanted."""
    return frame.select(expression.any().alias(name) for name, expression in wanted.items()).row(0, named=True) if wanted else {}


def plain_texts(batch: pa.RecordBatch) -> frozenset[str]:
    """The text columns of which every byte is a printable character of ASCII and no space: nothing in them can be trimmed.

    Looked at as one run of bytes, which costs a tenth of looking into each text.
    """
    told = {name: column for name, column in zip(batch.schema.names, batch.columns, strict=True) if name not in TRACE_COLUMNS}
    return frozenset(name for name, column in told.items() if pa.types.is_string(column.type) and plain(column))


def plain(texts: pa.Array) -> bool:
    # what lies below the first plain character wraps around to above the last
    return bool((bytes_of(texts) - FIRST_PLAIN).max(initial=0) <= LAST_PLAIN - FIRST_PLAIN)


def bytes_of(texts: pa.Array) -> NDArray[np.uint8]:
    """What the texts are made of, without a copy."""
    _, ends, data = texts.buffers()
    if data is None or not len(texts):
        return np.empty(0, np.uint8)
    first, last = np.frombuffer(ends, np.int32)[[texts.offset, texts.offset + len(texts)]]
    return np.frombuffer(data, np.uint8)[first:last]


def zoned_text(name: str) -> str:
    """Whether a text instant carries an offset or a zone."""
    text = f"cast({name} as varchar)"
    local = " or ".join(f"{text} like '{pattern}'" for pattern in LOCAL_TEXTS)
    return f"case when {local} then false else regexp_matches({text}, '{ZONED_TEXT}') end"
