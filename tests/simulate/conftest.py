"""Simulated providers, and their raw files read through the mappings in queries/sources."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from metrics.events import TABLES, rules_of
from metrics.simulate import SimulationReport, simulate
from metrics.simulate.places import SITES
from metrics.sources.mapping import load_mapping

MAPPINGS = Path(__file__).parents[2] / "queries" / "sources"
SQL_TYPES = {"text": "varchar", "instant": "timestamp", "integer": "bigint", "number": "double", "flag": "boolean", "date": "date"}

Ask = Callable[[str], pl.DataFrame]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SimulationReport:
    """The smallest provider."""
    return simulate(tmp_path_factory.mktemp("small"), scale=0.01)


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> SimulationReport:
    """One large enough for rates to be read off it."""
    return simulate(tmp_path_factory.mktemp("provider"), scale=0.2)


@pytest.fixture(scope="session")
def small_events(small: SimulationReport) -> duckdb.DuckDBPyConnection:
    return events_of(small)


@pytest.fixture(scope="session")
def ask(provider: SimulationReport) -> Ask:
    """Runs SQL over the provider's accepted events: one row a key, the newest; broken rows left out."""
    connection = events_of(provider)
    for table in TABLES.values():
        broken = " or ".join(f"coalesce({rule.broken}, false)" for rule in rules_of(table) if rule.severity == "reject")
        newest = f"row_number() over (partition by {', '.join(table.key)} order by recorded_at desc) = 1"
        connection.execute(f"create table accepted as select * from {table.name} where not ({broken}) qualify {newest}")
        connection.execute(f"drop table {table.name}")
        connection.execute(f"alter table accepted rename to {table.name}")

    def answer(sql: str) -> pl.DataFrame:
        result = connection.execute(sql)
        return pl.DataFrame(result.fetchall(), orient="row", schema=[name for name, *_ in result.description])

    return answer


def events_of(report: SimulationReport) -> duckdb.DuckDBPyConnection:
    """Every event table as the mappings make it of the raw files, broken rows and older versions included."""
    connection = duckdb.connect(config={"threads": 2})
    connection.execute("set timezone = 'UTC'")
    zones = pl.DataFrame({"site_id": [place.site_id for place in SITES], "zone": [place.zone for place in SITES]})
    connection.register("zones", zones)
    for table in TABLES.values():
        columns = ", ".join(f"{column.name} {SQL_TYPES[column.type]}" for column in table.columns)
        connection.execute(f"create table {table.name} ({columns})")
    for source, files in report.files.items():
        mapping = load_mapping(MAPPINGS / f"{source}.sql")
        for table, select in mapping.selects.items():
            connection.execute(f"create or replace table mapped as {select.sql}", {"files": [str(file) for file in files]})
            connection.execute(insert_of(connection, table, source, select.time_zone))
    return connection


def insert_of(connection: duckdb.DuckDBPyConnection, table: str, source: str, zone: str) -> str:
    """Local times become instants by the site's zone, as ingest does; columns that a table does not have are an error."""
    types = {name: kind for name, kind, *_ in connection.execute("describe mapped").fetchall()}
    unknown = set(types) - set(TABLES[table].schema) - {"patient_id"}
    assert not unknown, f"{source} gives {table} columns it does not have: {unknown}"
    shown = {"patient_key": "patient_id"}
    given = [column for column in TABLES[table].columns if shown.get(column.name, column.name) in types]
    local = "zones.zone" if zone == "site" else f"'{zone}'"
    values = [
        f"cast(timezone({local}, {column.name}) as timestamp)"
        if types.get(column.name) == "TIMESTAMP"
        else f"cast(mapped.{shown.get(column.name, column.name)} as {SQL_TYPES[column.type]})"
        for column in given
    ]
    joined = "left join zones using (site_id)" if zone == "site" else ""
    names = ", ".join([*(column.name for column in given), "source"])
    return f"insert into {table} ({names}) select {', '.join(values)}, '{source}' from mapped {joined}"
