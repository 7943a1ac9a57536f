"""Reading: one locked-down handle a generation, one cursor a query, a cap on time, memory and rows."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import perf_counter
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from metrics.errors import UserError
from metrics.sources.reading_nodes import refused_node
from metrics.warehouse.answers import frame_of
from metrics.warehouse.explaining import split_explain
from metrics.warehouse.generation import Generation
from metrics.warehouse.limits import OWN, Limits
from metrics.warehouse.publishing import attach
from metrics.warehouse.sentences import sentences_of

MOST_HANDLES = 3  # generations kept open: the one in force, and those that slow readers still look at
EXPLAIN_FORMS = ("json",)  # in which a plan can be had besides DuckDB's drawing of it
NAME = "timely"  # what the generation is called inside a handle


@dataclass(frozen=True)
class Result:
    """A query's answer. `truncated` when there were more rows than the limit; the frame holds the first of them."""

    frame: pl.DataFrame
    truncated: bool
    seconds: float


@dataclass
class Handle:
    """An open generation, and how many are reading it. It is closed when it is neither kept nor read."""

    connection: duckdb.DuckDBPyConnection
    readers: int = 0
    kept: bool = True


@dataclass
class Handles:
    """The open generations of this process, the last used last."""

    open: dict[tuple[str, Limits], Handle] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    @contextmanager
    def cursor(self, generation: Generation, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own on the generation. A connection shared by threads mixes up their answers."""
        handle, cursor = self._take(generation, limits)
        try:
            yield cursor
        finally:
            cursor.close()
            self._give_back(handle)

    def close(self) -> None:
        """Let go of every generation; those being read are closed by their last reader."""
        with self.lock:
            for key in list(self.open):
                self._let_go(key)

    def _take(self, generation: Generation, limits: Limits) -> tuple[Handle, duckdb.DuckDBPyConnection]:
        key = (generation.key, Limits(limits.seconds, 0, limits.memory_mb, limits.threads))
        with self.lock:
            handle = self.open.pop(key, None) or Handle(opened(generation, limits))
            self.open[key] = handle
            for oldest in list(self.open)[:-MOST_HANDLES]:
                self._let_go(oldest)
            cursor = handle.connection.cursor()
            handle.readers += 1
        cursor.execute(f"use {NAME}")
        return handle, cursor

    def _give_back(self, handle: Handle) -> None:
        with self.lock:
            handle.readers -= 1
            if not handle.kept and not handle.readers:
                handle.connection.close()

    def _let_go(self, key: tuple[str, Limits]) -> None:
        handle = self.open.pop(key)
        handle.kept = False
        if not handle.readers:
            handle.connection.close()


HANDLES = Handles()


def opened(generation: Generation, limits: Limits) -> duckdb.DuckDBPyConnection:
    """The generation attached for reading to an engine of its own, which is then locked down.

    The files are attached to an empty engine in memory, not opened, because DuckDB gives every connection of a
    process to the same file one engine with one set of limits. They have to be attached before the door is shut.
    """
    connection = duckdb.connect(":memory:", config=lockdown(limits))
    try:
        attach(connection, generation.path, NAME)
        if generation.base_path:
            attach(connection, generation.base_path, "base")
        connection.execute("set global timezone = 'UTC'")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
    except duckdb.Error as problem:
        connection.close()
        raise UserError(f"generation {generation.name} cannot be opened: {sentences_of(problem, limits)[0]}") from problem
    return connection


def lockdown(limits: Limits) -> dict[str, str | bool | int | float | list[str]]:
    """The settings of a reading engine, all given when it starts, so that every cursor has them."""
    return {
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "memory_limit": f"{limits.memory_mb}MB",
        "threads": str(limits.threads),
        "temp_directory": "",
        "max_temp_directory_size": "0B",
        "max_execution_time": str(int(limits.seconds * 1000)),
    }


def run_query(
    generation: Generation, sql: str, params: Mapping[str, Any] | None = None, limits: Limits | None = None, form: str = ""
) -> Result:
    """The rows of one reading statement (a SELECT, or EXPLAIN of one) against a generation.

    params are bound by value ($name). Columns are as DuckDB types them: whole sums are Int64 where they fit,
    instants are naive UTC. `form` ("json") is how an EXPLAIN answers. Raises UserError with a sentence, and no path, when
    the statement is not one that only reads, is wrong, or takes more than its limits.
    """
    limits = limits or OWN
    statement = _reading_statement(sql, form)
    started = perf_counter()
    try:
        with HANDLES.cursor(generation, limits) as cursor:
            table = _rows(cursor, statement, dict(params or {}), limits.rows + 1)
    except duckdb.Error as problem:
        raise UserError(*sentences_of(problem, limits, lambda: _names_in(generation, limits))) from problem
    return _result(table, limits, started)


def run_alone(
    generation: Generation,
    sql: str,
    params: Mapping[str, Any] | None,
    limits: Limits,
    started: Callable[[Callable[[], None]], None] = lambda interrupt: None,
) -> Result:
    """As `run_query`, on an engine of its own that is closed afterwards (measured: 15 ms), so that whoever asks for much
    memory or many threads takes them from nobody else.

    `started` is given a function that stops the query, callable from any thread. The cause of the UserError is DuckDB's
    own error: InterruptException when it was stopped, by its time or by somebody.
    """
    statement = _reading_statement(sql)
    begun = perf_counter()
    with closing(opened(generation, limits)) as connection:
        try:
            connection.execute(f"use {NAME}")
            started(connection.interrupt)
            table = _rows(connection, statement, dict(params or {}), limits.rows + 1)
        except duckdb.Error as problem:
            raise UserError(*sentences_of(problem, limits, lambda: _column_names(connection))) from problem
    return _result(table, limits, begun)


def _reading_statement(sql: str, form: str = "") -> str:
    """What runs: the text put together from the parts that were judged. UserError when it is not one that only reads."""
    explain, query = split_explain(sql)
    why = refused_node(query)
    if why:
        raise UserError(f"refused: {why}")
    if explain and form in EXPLAIN_FORMS:
        return f"explain ({'analyze, ' if 'analyze' in explain else ''}format {form}) {query}"
    return explain + query


def _result(table: pa.Table, limits: Limits, started: float) -> Result:
    frame = frame_of(table)
    return Result(frame.head(limits.rows), frame.height > limits.rows, perf_counter() - started)


def _names_in(generation: Generation, limits: Limits) -> list[str]:
    with HANDLES.cursor(generation, limits) as cursor:
        return _column_names(cursor)


def _column_names(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Every column of every table that is meant to be read."""
    found = cursor.execute("select distinct column_name from duckdb_columns() where schema_name = 'main' and not internal")
    return [str(name) for (name,) in found.fetchall()]


def _rows(cursor: duckdb.DuckDBPyConnection, sql: str, params: dict[str, Any], most: int) -> pa.Table:
    """At most `most` rows and a batch more: the answer is streamed, so that what is not wanted is never made.

    (`cursor.execute` would hold every row of it in memory, outside DuckDB's limit, before giving the first.)
    """
    reader = cursor.sql(sql, params=params).to_arrow_reader(min(most, 100_000))
    batches, rows = [], 0
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        if rows >= most:
            break
    return pa.Table.from_batches(batches, reader.schema)
