"""Views over the given files, one for each reader call of a mapping, so that Timely decides how a file is opened.

CSV is read as text by the names in its header; lines that do not fit go to DuckDB's table of rejects instead of
stopping the load. A traced view also has `_file` and `_row`, the file and the place in it that a row came from.
"""

import fnmatch
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from metrics.errors import UserError, did_you_mean
from metrics.sources.csv_lines import Layout
from metrics.sources.csv_shape import csv_shape
from metrics.sources.readers import ReaderCall
from metrics.sources.sheets import sheet_frame

# What Timely sets itself or understands in read_csv(). With any other word the mapping describes the file on its own.
CSV_WORDS = frozenset({"all_varchar", "delim", "sep", "delimiter", "separator", "quote", "escape", "header", "skip", "encoding",
                       "union_by_name", "sample_size", "nullstr", "null", "null_padding", "strict_mode", "max_line_size",
                       "maximum_line_size", "parallel"})  # fmt: skip
PASSED_ON = ("nullstr", "null", "null_padding", "strict_mode", "max_line_size", "maximum_line_size", "parallel")
TYPE_WORDS = frozenset({"all_varchar", "auto_detect", "columns", "types", "dtypes", "column_types"})
XLSX_WORDS = ("sheet", "range", "header", "all_varchar")


@dataclass
class Opened:
    """What is known of the opened files: columns by file, and for CSV how to find the line of a row."""

    columns: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    layouts: dict[Path, Layout] = field(default_factory=dict)


def create_view(connection: duckdb.DuckDBPyConnection, view: str, call: ReaderCall, traced: bool) -> Opened:
    """Makes the view `view` over the call's files. Raises UserError for a file that is not what the call says."""
    make = {"csv": csv_view, "xlsx": excel_view, "parquet": parquet_view, "json": json_view, "objects": json_view}[call.kind]
    return make(connection, view, call, traced)


def csv_view(connection: duckdb.DuckDBPyConnection, view: str, call: ReaderCall, traced: bool) -> Opened:
    """Each file by its own header, then all of them together by column name."""
    if set(call.options) - CSV_WORDS:
        return plain_view(connection, view, call, {} if TYPE_WORDS & set(call.options) else {"all_varchar": "true"})
    skip, header = int(str(call.value(connection, "skip") or 0)), call.value(connection, "header") is not False
    quote = str(call.value(connection, "quote") if "quote" in call.options else '"')
    escape = str(call.value(connection, "escape") or quote)
    delimiter, encoding = call.value(connection, "delim", "sep", "delimiter", "separator"), call.value(connection, "encoding")
    passed = {name: call.options[name] for name in PASSED_ON if name in call.options}
    opened = Opened()
    parts: list[str] = []
    problems: list[str] = []
    for file in call.files:
        try:
            shape = csv_shape(file, _text(delimiter), quote, _text(encoding), skip, header)
        except UserError as problem:
            problems += problem.problems
            continue
        opened.columns[file] = shape.columns
        opened.layouts[file] = Layout(skip, header, quote, shape.encoding)
        options = {
            "auto_detect": "false", "columns": columns_text(shape.columns), "delim": quoted(shape.delimiter),
            "quote": quoted(quote), "escape": quoted(escape), "header": str(header).lower(), "skip": str(skip),
            "encoding": quoted(shape.encoding), "store_rejects": "true", "rejects_limit": "0", **passed,
        }  # fmt: skip
        parts.append(select_of(call, [file], options, shape.columns if traced else ()))
    if problems:
        raise UserError(*problems)
    connection.execute(f"create view {view} as {' union all by name '.join(parts)}")
    return opened


def select_of(call: ReaderCall, files: list[Path], options: MappingOf[str, str], traced: tuple[str, ...]) -> str:
    """A SELECT over one CSV file; with `traced` columns it names them, so that the row's number comes out as `_row`."""
    reader = f"read_csv({quoted(str(files[0]))}{listed(options)})"
    if not traced:
        return f"select * from {reader}"
    names = ", ".join(identifier(name) for name in (*traced, "_row"))
    return f"select *, {quoted(str(files[0]))} as _file from {reader} with ordinality as part({names})"


def plain_view(connection: duckdb.DuckDBPyConnection, view: str, call: ReaderCall, more: MappingOf[str, str]) -> Opened:
    """The call as the mapping wrote it, over the files; nothing is traced."""
    connection.execute(f"create view {view} as select * from {call.function}({file_list(call)}{listed({**call.options, **more})})")
    return Opened(columns={file: view_columns(connection, view) for file in call.files})


def parquet_view(connection: duckdb.DuckDBPyConnection, view: str, call: ReaderCall, traced: bool) -> Opened:
    options = {"union_by_name": "true", **call.options}
    if not traced:
        return plain_view(connection, view, call, options)
    reader = f"{call.function}({file_list(call)}, filename = '_file', file_row_number = true{listed(options)})"
    connection.execute(f"create view {view} as select * exclude (file_row_number), file_row_number + 1 as _row from {reader}")
    return Opened(columns={file: view_columns(connection, view) for file in call.files})


def json_view(connection: duckdb.DuckDBPyConnection, view: str, call: ReaderCall, traced: bool) -> Opened:
    """JSON looks at every value before it settles a type: an id that is a number until row 60,000 stays readable.

    `_row` counts the objects; it is traced for a single file only, because DuckDB counts on from file to file.
    """
    more = {} if call.kind == "objects" or "columns" in call.options or "sample_size" in call.options else {"sample_size": "-1"}
    if not traced or len(call.files) > 1:
        return plain_view(connection, view, call, more)
    reader = f"{call.function}({file_list(call)}, filename = '_file'{listed({**call.options, **more})}) with ordinality"
    connection.execute(f"create view {view} as select * rename (ordinality as _row) from {reader}")
    return Opened(columns={file: view_columns(connection, view) for file in call.files})


def excel_view(connection: duckdb.DuckDBPyConnection, view: str, call: ReaderCall, traced: bool) -> Opened:
    """One sheet of each workbook, every cell as text, held in memory."""
    unknown = [name for name in call.options if name not in XLSX_WORDS]
    if unknown:
        raise UserError(*(f"read_xlsx() has no option {name!r} here.{did_you_mean(name, XLSX_WORDS)}" for name in unknown))
    sheet, cells = _text(call.value(connection, "sheet")), _text(call.value(connection, "range"))
    header = call.value(connection, "header") is not False
    opened, parts = Opened(), []
    for place, file in enumerate(call.files):
        frame = sheet_frame(file, sheet, cells, header)
        opened.columns[file] = tuple(name for name in frame.columns if name != "_row")
        connection.register(f"{view}_{place}", frame)
        parts.append(f"select *, {quoted(str(file))} as _file from {view}_{place}")
    hidden = "" if traced else " exclude (_file, _row)"
    connection.execute(f"create view {view} as select *{hidden} from ({' union all by name '.join(parts)})")
    return opened


def groups_of(patterns: MappingOf[str, str], files: tuple[Path, ...]) -> dict[str, list[str]]:
    """`files` and every named group: the given files whose name matches its pattern. Raises UserError for an empty group."""
    groups = {name: [str(file) for file in files if fnmatch.fnmatch(file.name, pattern)] for name, pattern in patterns.items()}
    empty = [f"No file matches {patterns[name]!r} (${name}). Give that file too." for name, found in groups.items() if not found]
    if empty:
        raise UserError(*empty)
    return {"files": [str(file) for file in files], **groups}


def view_columns(connection: duckdb.DuckDBPyConnection, view: str) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in connection.execute(f"describe {view}").fetchall() if row[0] not in ("_file", "_row"))


def file_list(call: ReaderCall) -> str:
    return "[" + ", ".join(quoted(str(file)) for file in call.files) + "]"


def columns_text(columns: tuple[str, ...]) -> str:
    return "{" + ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in columns) + "}"


def listed(options: MappingOf[str, str]) -> str:
    return "".join(f", {name} = {value}" for name, value in options.items())


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> str | None:
    return None if value is None else str(value)
