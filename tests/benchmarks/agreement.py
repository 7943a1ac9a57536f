"""Whether two makers' outputs are the same: every observation to a billionth part, every bin and every wait exactly."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from metrics.definitions import BUILT_IN, load_catalog
from metrics.events import TABLES
from metrics.warehouse import Generation
from tests.benchmarks.homes import DATED

CENSUSES = sorted(name for name, metric in load_catalog(BUILT_IN).items() if metric.kind == "census")

TOLERANCE = 1e-9  # of the figure: both add and divide in floating point, in another order
KEY = ("metric", "statistic", "grain", "period_start", "site_id", "service_id", "stratum")
FIGURES = ("numerator", "denominator", "value", "n", "lower", "upper", "still_open")
BINS = ("metric", "site_id", "service_id", "day::date", "bin", "n")
WAITS = {
    "appointments": ("checkin_to_room", "lead_time", "room_to_provider"), "visits": ("door_to_provider", "ed_length_of_stay"),
    "contacts": ("portal_response_time", "speed_of_answer"),
    "cases": ("complaint_acknowledgement_time", "complaint_resolution_time"),
}  # fmt: skip
MORE = {"appointments": ("booked_day::date", "next_visit_at")}
# Estimates for waits that have not ended, and who stands on a list: a whole refresh of ours makes them, theirs does not.
BEYOND = "statistic like 'km\\_%' escape '\\' or metric in ({})".format(", ".join(f"'{name}'" for name in CENSUSES))
SHOWN = 3  # differing rows in a complaint


@dataclass(frozen=True)
class Agreement:
    """How many rows were held to be the same, and a sentence for each kind of row that is not."""

    observations: int
    facts: int
    complaints: tuple[str, ...]


class DisagreementError(Exception):
    """The outputs differ, so their times must not be compared."""


def agreement(
    ours: str, theirs: str, connection: duckdb.DuckDBPyConnection, facts: bool = True, by_hand: bool = False
) -> Agreement:
    """Compare two schemas of the connection, each with observations, wait_bins and (if asked) facts_<table>.

    by_hand: theirs does not make what nobody writes by hand (BEYOND); those rows of ours are left out.
    """
    complaints = [
        _different_observations(connection, ours, theirs, BEYOND if by_hand else "false"),
        _different_rows(connection, ours, theirs, "wait_bins", BINS),
        *(_different_rows(connection, ours, theirs, f"facts_{name}", fact_columns(name)) for name in DATED if facts),
    ]
    counted = sum(_count(connection, f"{ours}.facts_{name}") for name in DATED) if facts else 0
    return Agreement(_count(connection, f"{ours}.observations"), counted, tuple(said for said in complaints if said))


def fact_columns(table: str) -> tuple[str, ...]:
    """The columns of a fact that had to be worked out, and its key."""
    waits = [part for name in WAITS.get(table, ()) for part in (f"{name}_wait::bigint", f"{name}_end::varchar")]
    return (*TABLES[table].key, "site_id::varchar", "service_id::varchar", "day::date", *waits, *MORE.get(table, ()))


def _different_observations(connection: duckdb.DuckDBPyConnection, ours: str, theirs: str, left_out: str) -> str:
    same_key = " and ".join(
        f"a.{name} is not distinct from b.{name}" if name in KEY[4:] else f"a.{name} = b.{name}" for name in KEY
    )
    far_off = " or ".join(
        f"(a.{name} is null) <> (b.{name} is null) or abs(a.{name} - b.{name}) > {TOLERANCE} * greatest(1, abs(a.{name}))"
        for name in FIGURES
    )
    rows = "select * replace (period_start::date as period_start, period_end::date as period_end) from"
    sql = f"""
        select a.metric, a.statistic, a.grain, a.period_start, b.metric, b.statistic, b.grain, b.period_start, a, b
        from ({rows} {ours}.observations where not ({left_out})) a full join ({rows} {theirs}.observations) b on {same_key}
        where a.metric is null or b.metric is null or {far_off}
            or a.mature is distinct from b.mature or a.period_end <> b.period_end"""
    return _complaint("observations", connection.execute(sql).fetchall())


def _different_rows(connection: duckdb.DuckDBPyConnection, ours: str, theirs: str, table: str, columns: tuple[str, ...]) -> str:
    listed = ", ".join(columns)
    first, second = (f"select {listed} from {side}.{table}" for side in (ours, theirs))
    sql = f"({first} except all {second}) union all ({second} except all {first})"
    return _complaint(table, connection.execute(sql).fetchall())


def _complaint(table: str, rows: list[tuple[object, ...]]) -> str:
    if not rows:
        return ""
    return f"{table}: {len(rows):,} rows differ, among them " + "; ".join(map(str, rows[:SHOWN]))


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"select count(*) from {table}").fetchone()
    assert found is not None
    return int(found[0])


def joined_outputs(generation: Generation, folder_or_file: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the generation as schema `ours` and a baseline's file (or folder of Parquet files) as `theirs`."""
    connection = duckdb.connect()
    _show_generation(connection, generation, "ours")
    _show_outputs(connection, folder_or_file)
    return connection


def _show_outputs(connection: duckdb.DuckDBPyConnection, folder_or_file: Path) -> None:
    if folder_or_file.is_dir():
        connection.execute("create schema theirs")
        for file in folder_or_file.glob("*.parquet"):
            connection.execute(f"create view theirs.{file.stem} as from read_parquet('{file}')")
    else:
        connection.execute(f"attach '{folder_or_file}' as theirs (read_only)")


def joined_files(ours: Path, folder_or_file: Path) -> duckdb.DuckDBPyConnection:
    """As joined_outputs, of a file of same_outputs."""
    connection = duckdb.connect()
    connection.execute(f"attach '{ours}' as ours (read_only)")
    _show_outputs(connection, folder_or_file)
    return connection


def _show_generation(connection: duckdb.DuckDBPyConnection, generation: Generation, name: str) -> None:
    if generation.base_path:
        connection.execute(f"attach '{generation.base_path}' as base (read_only)")
    connection.execute(f"attach '{generation.path}' as {name} (read_only)")


def joined_generations(first: Generation, second: Generation) -> duckdb.DuckDBPyConnection:
    """A connection with two generations as `ours` and `theirs`; only the first may stand on a base."""
    connection = duckdb.connect()
    _show_generation(connection, first, "ours")
    _show_generation(connection, second, "theirs")
    return connection
