"""Reading: one locked handle a generation, a cursor a query, caps that speak, sentences without paths."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from metrics.errors import UserError
from metrics.warehouse import Generation, Limits, publish, publish_overlay, run_query
from metrics.warehouse.reading import HANDLES, MOST_HANDLES, opened
from tests.warehouse.small import build, manifest, overlay

TIGHT = Limits(seconds=1, rows=10, memory_mb=128)
WIDE = Limits(seconds=60, rows=5_000_000, memory_mb=512)


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    """An overlay on a full generation, so that every read goes through both files."""
    home = tmp_path_factory.mktemp("home")
    base = publish(home, build(20), manifest(1))
    yield publish_overlay(home, base, overlay(30, 20), manifest(2))
    HANDLES.close()


def ask(generation: Generation, sql: str, **params: object) -> pl.DataFrame:
    return run_query(generation, sql, params).frame


def test_parameters_are_bound_by_value(generation: Generation) -> None:
    hostile = "v1' or true --"
    assert ask(generation, "select count(*) from facts_visits where visit_id = $id", id=hostile).item() == 0
    assert ask(generation, "select count(*) from facts_visits where list_contains($ids, visit_id)", ids=["v1", "v2"]).item() == 2
    assert ask(generation, "select $day as day, $none is null as none", day=date(2026, 3, 2), none=None).row(0) == (
        date(2026, 3, 2),
        True,
    )


@pytest.mark.parametrize(("rows", "truncated"), [(9, False), (10, False), (11, True), (50_000_000, True)])
def test_more_rows_than_the_limit_are_cut_and_said_to_be(generation: Generation, rows: int, truncated: bool) -> None:
    result = run_query(generation, f"from range({rows})", limits=TIGHT)
    assert result.frame.height == min(rows, 10)
    assert result.truncated is truncated


def test_a_query_over_its_time_is_stopped_and_the_next_one_runs(generation: Generation) -> None:
    endless = "select count(*) from range(1000000) a, range(1000000) b where a.range <> b.range"
    with pytest.raises(UserError, match="stopped after 1 seconds"):
        run_query(generation, endless, limits=Limits(1, 10, 512))
    assert run_query(generation, "select 1", limits=Limits(1, 10, 512)).frame.item() == 1


def test_a_query_over_its_memory_is_stopped_and_the_next_one_runs(generation: Generation) -> None:
    with pytest.raises(UserError, match="more than 128 MB"):
        run_query(generation, "select length(list(range)) from range(100000000)", limits=Limits(30, 10, 128))
    assert run_query(generation, "select 1", limits=Limits(30, 10, 128)).frame.item() == 1


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("select sit_id from facts_visits", "there is no column sit_id. Did you mean site_id?"),
        ("select v.sit_id from facts_visits v", "v has no column sit_id. Did you mean site_id?"),
        ("from fact_visits", "there is no table fact_visits. Did you mean facts_visits?"),
        ("from zzz", "there is no table zzz. See: show tables."),
        ("select medain(1)", "there is no function medain. Did you mean median?"),
        ("select $day", "no value for $day. Give one: --param name=value"),
        ("select cast('a' as integer)", "Could not convert string 'a' to INT32"),
        ("select 1,\n  date '2026-13-01'", 'out of range: "2026-13-01" (line 2)'),
        ("select x from facts_visits", "there is no column x."),
        ("selec 1", 'syntax error at or near "selec"'),
    ],
)
def test_a_mistake_is_told_in_one_sentence(generation: Generation, sql: str, sentence: str) -> None:
    with pytest.raises(UserError) as mistake:
        run_query(generation, sql)
    assert sentence in str(mistake.value)
    assert "\n" not in str(mistake.value)
    assert str(generation.path.parent) not in str(mistake.value)


def test_every_type_that_duckdb_answers_with_becomes_a_column(generation: Generation) -> None:
    frame = ask(
        generation,
        """
        select 10000000000000000000000000000000000001::hugeint as huge, sum(1) as whole,
            interval '14 months 3 days 04:05:06.5' as gap,
            uuid() as id, time '01:02:03' as clock, timestamptz '2026-07-01 12:00:00+02' as instant, [1, 2] as many,
            {'a': 1} as parts, map {'a': 1} as looked, 1.25::decimal(9, 2) as exact, null as nothing,
            'a'::enum('a', 'b') as code, '101'::bit as bits,
            'ab'::blob as bytes, timestamp '2026-07-01 12:00:00' as plain, 'inf'::double as endless, 1 as twice, 2 as twice
        """,
    )
    row = frame.row(0, named=True)
    assert frame.schema["whole"] == pl.Int64
    assert row["whole"] == 1
    assert int(row["huge"]) == 10**37 + 1
    assert row["gap"] == "14 months 3 days 04:05:06.500000"
    assert row["instant"] == datetime(2026, 7, 1, 10)
    assert row["plain"] == datetime(2026, 7, 1, 12)
    assert (row["twice"], row["twice_2"]) == (1, 2)
    assert row["nothing"] is None


def test_an_answer_without_rows_keeps_its_columns(generation: Generation) -> None:
    assert ask(generation, "select visit_id, arrived_at from facts_visits where false").columns == ["visit_id", "arrived_at"]


@pytest.mark.parametrize(
    "sql",
    [
        "show tables",
        "describe facts_visits",
        "summarize observations",
        "show all tables",
        "from information_schema.columns",
        "explain select * from observations",
        "explain analyze select count(*) from facts_visits",
        "from duckdb_tables()",
        "show databases",
    ],
)
def test_the_schema_can_be_browsed_and_shows_no_path(generation: Generation, sql: str) -> None:
    frame = ask(generation, sql)
    assert frame.height > 0
    assert str(generation.path.parent) not in frame.write_json()
    assert generation.name not in frame.write_json()


@pytest.mark.parametrize("which", ["path", "base_path"])
@pytest.mark.parametrize("explain", ["", "explain analyze "])
def test_the_hole_of_copy_inside_a_query_is_shut_for_both_files(generation: Generation, which: str, explain: str) -> None:
    path: Path = getattr(generation, which)
    before = path.read_bytes()
    with pytest.raises(UserError, match="COPY is not allowed"):
        run_query(generation, f"{explain}with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1")
    assert path.read_bytes() == before


def test_what_is_explained_is_what_was_judged(generation: Generation) -> None:
    """DuckDB nests comments. Read without nesting, this text explains `select 1`; as it stands it copies over the file."""
    trick = f"/* /* */ explain select 1 -- */ copy (select 1) to '{generation.path}' (format csv, use_tmp_file false)"
    before = generation.path.read_bytes()
    assert ask(generation, trick).columns == ["explain_key", "explain_value"]
    assert generation.path.read_bytes() == before


def test_the_engine_itself_refuses_what_the_guard_would_stop_first(generation: Generation) -> None:
    """The second wall: statements given to a locked cursor directly, with no guard before it."""
    connection = opened(generation, WIDE)
    refused = """
        set enable_external_access = true; set memory_limit = '9GB'; reset lock_configuration; set threads = 4;
        attach '/tmp/x.duckdb'; from read_csv('/etc/passwd'); from read_text('/etc/passwd'); from glob('/*');
        copy (select 1) to '/tmp/timely_wall.csv';
        insert into timely.main.sites (site_id) values ('X'); delete from base.main.sites; drop view timely.main.observations;
        install httpfs; load httpfs; export database '/tmp/x'; from generation_as_python; create table timely.main.x (i int)
    """
    generation_as_python = pl.DataFrame({"a": [1]})
    for sql in refused.split(";"):
        with pytest.raises(Exception, match=r"locked|disabled|read-only|does not exist|cannot|Permission|not allowed"):
            connection.execute(sql)
    assert generation_as_python.height == 1
    connection.close()


def test_eight_threads_get_their_own_answers(generation: Generation) -> None:
    sql = "select $k as k, count(*) as n, sum(range * $k) as total from range(1000 + $k)"

    def asked(k: int) -> bool:
        n = 1000 + k
        return run_query(generation, sql, {"k": k}, WIDE).frame.row(0) == (k, n, k * n * (n - 1) // 2)

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(asked, range(320)))


def test_eight_threads_read_more_generations_than_are_kept_open(tmp_path: Path) -> None:
    made = [publish(tmp_path, build(size), manifest(size), keep=99) for size in range(1, MOST_HANDLES + 4)]

    def asked(turn: int) -> bool:
        index = turn * 7 % len(made)
        return ask(made[index], "select count(*) from facts_visits, range(2000)").item() == (index + 1) * 2000

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(asked, range(40)))
    assert len(HANDLES.open) <= MOST_HANDLES
    assert all(handle.readers == 0 for handle in HANDLES.open.values())


def test_a_generation_being_read_is_not_closed_under_its_reader(tmp_path: Path) -> None:
    made = [publish(tmp_path, build(size), manifest(size), keep=99) for size in range(1, MOST_HANDLES + 2)]
    with HANDLES.cursor(made[0], WIDE) as cursor:
        for generation in made[1:]:
            ask(generation, "select 1")
        assert cursor.execute("select count(*) from facts_visits").fetchall() == [(1,)]


def test_a_home_whose_path_holds_a_quote_and_blanks_can_be_read(tmp_path: Path) -> None:
    made = publish(tmp_path / "Saint John's wing; drop", build(4), manifest(1))
    assert ask(made, "select count(*) from facts_visits").item() == 4


def test_a_home_made_anew_is_not_answered_from_the_one_before(tmp_path: Path) -> None:
    said = manifest(1) | {"built_at": datetime(2026, 7, 1)}
    first = publish(tmp_path, build(4), said)
    assert ask(first, "select count(*) from facts_visits").item() == 4
    for path in (tmp_path / "warehouse").iterdir():
        path.unlink()
    second = publish(tmp_path, build(5), said)
    assert second.path == first.path
    assert ask(second, "select count(*) from facts_visits").item() == 5
