"""Runs the DuckDB baseline: every statement of baseline_duckdb.sql, in order, into one new database file."""

from pathlib import Path

import duckdb

from tests.benchmarks.homes import BaselineInputs

SQL = Path(__file__).with_suffix(".sql")


def run(given: BaselineInputs, out: Path) -> None:
    """Make facts_<table>, observations and wait_bins in the database file `out`, with every core DuckDB finds."""
    with duckdb.connect(str(out)) as connection:
        for name, frame in given.calendars.items():
            connection.register("given_frame", frame.to_arrow())
            connection.execute(f"create table {name} as select * from given_frame")
            connection.unregister("given_frame")
        for table, files in given.files.items():
            connection.execute(f"set variable {table} = $files", {"files": list(files)})
        connection.execute("set variable as_of = $as_of::timestamp", {"as_of": given.refresh.as_of})
        for statement in connection.extract_statements(SQL.read_text(encoding="utf-8")):
            connection.execute(statement)
