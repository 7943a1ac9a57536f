"""Written by hand in SQL and in pandas, from the definitions alone, the same events give the same figures as the jobs."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from metrics import lake
from metrics.home import Home, open_home
from metrics.refresh import refresh
from metrics.refresh.inputs import read_inputs
from metrics.warehouse import Generation, current
from tests.benchmarks import baseline_duckdb, baseline_pandas, same_outputs
from tests.benchmarks.agreement import Agreement, agreement, joined_files, joined_generations, joined_outputs
from tests.benchmarks.homes import baseline_inputs, make_home
from tests.benchmarks.new_events import FEEDS, add_new_events

YEARS = 0.6  # long enough for the 90 days of a return, and for the clocks to change


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    path = tmp_path_factory.mktemp("bench") / "home"
    make_home(path, events=0, years=YEARS)
    refreshed(path, full=True)
    return open_home(path)


def refreshed(path: Path, full: bool) -> Generation:
    home = open_home(path)
    as_of = lake.head(home.lake).as_of
    assert as_of is not None
    assert refresh(home, as_of, full=full).full == full
    return current(path)


@pytest.fixture(scope="module")
def by_sql(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sql") / "baseline.duckdb"
    baseline_duckdb.run(baseline_inputs(home.path), out)
    return out


@pytest.fixture
def beside(home: Home, by_sql: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with joined_outputs(current(home.path), by_sql) as connection:
        yield connection


def assert_agreed(found: Agreement) -> None:
    assert not found.complaints, "\n".join(found.complaints)
    assert found.observations > 10_000


def test_sql_by_hand_gives_the_same_facts_and_figures(beside: duckdb.DuckDBPyConnection) -> None:
    assert_agreed(agreement("ours", "theirs", beside, by_hand=True))


def test_the_jobs_alone_make_the_same_outputs(home: Home, by_sql: Path, tmp_path: Path) -> None:
    as_of = lake.head(home.lake).as_of
    assert as_of is not None
    same_outputs.run(read_inputs(home, as_of), tmp_path / "ours.duckdb")
    with joined_files(tmp_path / "ours.duckdb", by_sql) as connection:
        assert_agreed(agreement("ours", "theirs", connection, by_hand=True))


def test_pandas_by_hand_gives_the_same_facts_and_figures(home: Home, tmp_path: Path) -> None:
    baseline_pandas.run(baseline_inputs(home.path), tmp_path)
    with joined_outputs(current(home.path), tmp_path) as connection:
        assert_agreed(agreement("ours", "theirs", connection, by_hand=True))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("observations", "select * replace (value * (1 + 1e-8) as value)"),
        ("observations", "select * replace (if(grain = 'week', null, lower) as lower)"),
        ("wait_bins", "select * replace (n + 1 as n)"),
        ("facts_visits", "select * replace (ed_length_of_stay_wait + 1 as ed_length_of_stay_wait)"),
    ],
)
def test_a_difference_is_seen(beside: duckdb.DuckDBPyConnection, table: str, change: str) -> None:
    beside.execute("create schema changed")
    tables = beside.execute("select table_name from duckdb_tables() where database_name = 'theirs' and not temporary").fetchall()
    for (name,) in tables:
        rows = change if name == table else "select *"
        beside.execute(f"create view changed.{name} as {rows} from theirs.{name}")
    found = agreement("ours", "changed", beside, by_hand=True)
    assert [said.partition(":")[0] for said in found.complaints] == [table]


def test_new_events_are_taken_in_and_an_increment_equals_a_full_refresh(home: Home) -> None:
    before = lake.head(home.lake)
    taken = add_new_events(home, batch=1)
    changed = lake.changes(home.lake, before.sequence, lake.head(home.lake).sequence)
    assert changed is not None and changed.height == taken
    assert changed["old_day"].null_count() < taken, "some are later words about cases already told"
    assert changed["table"].n_unique() == len({"appointments", "visits", "contacts", "cases", "referrals", "slots", "surveys"})
    assert taken <= sum(feed.new + feed.changed + feed.ahead for feed in FEEDS)
    increment, whole = refreshed(home.path, full=False), refreshed(home.path, full=True)
    with joined_generations(increment, whole) as connection:
        assert_agreed(agreement("ours", "theirs", connection))
