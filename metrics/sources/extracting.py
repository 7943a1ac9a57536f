"""Running one SELECT of a mapping over files: typed chunks of event rows, and the lines that could not be read at all.

The SQL runs in a private DuckDB that may open the given files and nothing else, and whose configuration is locked. The
result is streamed, so a file may be larger than memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa

from metrics.errors import UserError, did_you_mean
from metrics.events import TABLES
from metrics.sources.casting import PATIENT, TRACE_COLUMNS, plain_texts, typed_select, with_texts
from metrics.sources.csv_lines import Layout, Lines, lines_of
from metrics.sources.mapping import Mapping, Select
from metrics.sources.readers import call_of
from metrics.sources.reading_nodes import Tree, parsed_statements, written_sql
from metrics.sources.sentences import binding_problem, message_of, sentence_of
from metrics.sources.tracing import reader_nodes, traced, with_views
from metrics.sources.views import Opened, create_view, groups_of, identifier

CHUNK_ROWS = 125_000  # about 50 MB of appointments
FILLED_HERE = {
    "patient_key": f"name the patient's identifier {PATIENT}; it is hashed at the door",
    "source": "it is the mapping's name",
}
TRACE_TYPES = {"_row": "BIGINT", "_file": "VARCHAR"}
SCHEMA_OF_UNREADABLE = {"file": pl.String, "record": pl.Int64, "rule": pl.String, "column": pl.String, "message": pl.String}
RULES_OF_ERRORS = {"UNQUOTED VALUE": "quotes", "INVALID STATE": "quotes", "INVALID ENCODING": "encoding",
                   "LINE SIZE OVER MAXIMUM": "line_length"}  # fmt: skip


@dataclass
class Extraction:
    """One SELECT, opened. `columns` are the event columns it gives; `traces` says that rows carry `_row` and `_file`."""

    connection: duckdb.DuckDBPyConnection
    select: Select
    sql: str
    columns: tuple[str, ...]
    traces: bool
    layouts: MappingOf[Path, Layout] = field(default_factory=dict)

    def chunks(self) -> Iterator[pl.DataFrame]:
        """Frames of about CHUNK_ROWS rows, see `typed_select` and `with_texts` for the columns; where they are not traced,
        `_row` counts the result.

        Raises UserError when DuckDB cannot read a file or compute a value.
        """
        seen = 0
        try:
            for frame, plain in chunked(self.connection.sql(self.sql).to_arrow_reader(CHUNK_ROWS)):
                counted = pl.int_range(seen + 1, seen + 1 + frame.height)
                seen += frame.height
                told = with_texts(frame, TABLES[self.select.table], plain)
                yield told if self.traces else told.with_columns(_row=counted, _file=pl.lit(None, pl.String))
        except (duckdb.Error, OSError) as problem:
            raise UserError(sentence_of(problem, self.select)) from None

    def unreadable(self) -> pl.DataFrame:
        """The records of CSV files that are no rows, after the chunks are read: file, record, rule, column, message."""
        names = {row[0] for row in self.connection.execute("select table_name from duckdb_tables()").fetchall()}
        if "reject_errors" not in names:
            return pl.DataFrame(schema=SCHEMA_OF_UNREADABLE)
        rows = self.connection.execute(
            "select distinct on (file_path, line) file_path, line, error_type, column_name, error_message "
            "from reject_errors join reject_scans using (scan_id, file_id) order by file_path, line, column_idx"
        ).fetchall()
        # csv_line is left where it is: it may hold a patient's identifier
        found = [(path, line, rule_of(kind), name, message_of(kind, text)) for path, line, kind, name, text in rows]
        return pl.DataFrame(found, schema=SCHEMA_OF_UNREADABLE, orient="row")

    def lines(self, file: Path, rows: list[int], records: list[int]) -> Lines:
        """Lines of the file for rows and unreadable records; in a file that is not CSV a row's own number is its place."""
        if file not in self.layouts:
            return Lines(of_row={row: row for row in rows})
        return lines_of(file, self.layouts[file], rows, records)


def chunked(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[pl.DataFrame, frozenset[str]]]:
    """Arrow batches put together into frames of about CHUNK_ROWS rows; DuckDB hands over whatever a thread has ready.

    With each frame come its columns of which all texts are plain, see `plain_texts`.
    """
    waiting: list[tuple[pl.DataFrame, frozenset[str]]] = []
    for batch in batches:
        waiting.append((pl.DataFrame(pl.from_arrow(batch)), plain_texts(batch)))
        if sum(frame.height for frame, _ in waiting) >= CHUNK_ROWS:
            yield together(waiting)
            waiting = []
    if waiting:
        yield together(waiting)


def together(parts: Sequence[tuple[pl.DataFrame, frozenset[str]]]) -> tuple[pl.DataFrame, frozenset[str]]:
    return pl.concat(frame for frame, _ in parts), frozenset.intersection(*(plain for _, plain in parts))


def rule_of(error: str) -> str:
    return RULES_OF_ERRORS.get(error, "columns")


def extraction(mapping: Mapping, table: str, files: tuple[Path, ...]) -> Extraction:
    """The mapping's SELECT for one table, opened over the files. Raises UserError with every problem of its columns."""
    select = mapping.selects[table]
    tree = parsed_statements(select.sql)[0]
    connection = locked_connection(files)
    try:
        views, opened = open_readers(connection, tree, mapping, files)
        lock(connection)
        sql, columns, traces = bound(connection, select, tree, views, opened)
        check_columns(mapping, select, columns)
    except (duckdb.Error, OSError) as problem:
        raise UserError(sentence_of(problem, select)) from None
    layouts = {file: layout for one in opened for file, layout in one.layouts.items()}
    named = tuple(name for name in columns if name not in TRACE_COLUMNS)
    return Extraction(connection, select, typed_select(sql, columns, TABLES[table]), named, traces, layouts)


def locked_connection(files: tuple[Path, ...]) -> duckdb.DuckDBPyConnection:
    """A database in memory that may read the files and write nothing; it may not spill to disk either."""
    connection = duckdb.connect(":memory:", config={"python_enable_replacements": "false", "autoinstall_known_extensions": "false"})
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")  # DuckDB draws one on stdout when Python was started with -c
    connection.execute("set max_temp_directory_size = '0B'")
    connection.execute("set allowed_paths = $files", {"files": [str(file) for file in files]})
    connection.execute("set enable_external_access = false")
    return connection


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("set lock_configuration = true")


def open_readers(
    connection: duckdb.DuckDBPyConnection, tree: Tree, mapping: Mapping, files: tuple[Path, ...]
) -> tuple[list[tuple[str, str]], list[Opened]]:
    """For each reader call, in the tree's order, the names of its plain and its traced view, and what was found opening it."""
    groups = groups_of(mapping.groups, files)
    views: list[tuple[str, str]] = []
    opened: list[Opened] = []
    problems: list[str] = []
    for place, node in enumerate(reader_nodes(tree)):
        names = (f"plain_{place}", f"traced_{place}")
        try:
            call = call_of(node, groups, connection)
            create_view(connection, names[0], call, traced=False)
            opened.append(create_view(connection, names[1], call, traced=True))
            views.append(names)
        except UserError as problem:
            problems += problem.problems
    if problems:
        raise UserError(*dict.fromkeys(problems))
    return views, opened


def bound(
    connection: duckdb.DuckDBPyConnection, select: Select, tree: Tree, views: list[tuple[str, str]], opened: list[Opened]
) -> tuple[str, dict[str, str], bool]:
    """The SQL to run, its result's columns by name with their types, and whether its rows are traced.

    The traced form is taken only when its result has the very columns of the plain one besides the trace.
    """
    sql = written_sql(with_views(tree, {place: plain for place, (plain, _) in enumerate(views)}))
    try:
        columns = described(connection, sql)
    except duckdb.Error as problem:
        raise UserError(binding_problem(problem, select, opened)) from None
    followed = traced(tree)
    if followed is not None:
        copy, leaves = followed
        trail = written_sql(with_views(copy, {place: names[place in leaves] for place, names in enumerate(views)}))
        try:
            found = described(connection, trail)
        except duckdb.Error:
            return sql, columns, False
        if [found.pop(name, None) for name in TRACE_COLUMNS] == ["BIGINT", "VARCHAR"] and found == columns:
            return f"select {', '.join(map(identifier, columns))}, _row, _file from ({trail}) as trail", found | TRACE_TYPES, True
    return sql, columns, False


def described(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    rows = connection.execute(f"describe {sql}").fetchall()
    names = [str(row[0]) for row in rows]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise duckdb.BinderException(f"Binder Error: the SELECT gives {', '.join(twice)} twice; name each column once")
    return {str(row[0]): str(row[1]) for row in rows}


def check_columns(mapping: Mapping, select: Select, columns: MappingOf[str, str]) -> None:
    """Raises UserError for columns the table does not have, and for required ones the SELECT leaves out."""
    table, where = TABLES[select.table], f"{mapping.path.name}, {select.table}"
    patient = {"patient_key"} & set(table.column)
    takes = [name for name in table.column if name not in FILLED_HERE] + [PATIENT for _ in patient]
    given = [name for name in columns if name not in TRACE_COLUMNS]
    problems = [f"{where}: do not select {name}: {FILLED_HERE[name]}." for name in given if name in FILLED_HERE]
    problems += [
        f"{where}: the table has no column {name!r}.{did_you_mean(name, takes)}"
        for name in given if name not in takes and name not in FILLED_HERE
    ]  # fmt: skip
    needed = [column.name for column in table.columns if column.required and column.name not in FILLED_HERE]
    needed += [PATIENT] if patient and table.column["patient_key"].required else []
    problems += [f"{where}: the SELECT leaves out {name}, which every row must have." for name in needed if name not in given]
    if problems:
        raise UserError(*problems)
