"""Whatever is typed into the workbench: it is refused with one sentence, or it reads; the home never changes by a byte."""

from pathlib import Path

import polars as pl
import pytest

from metrics.errors import UserError
from metrics.home import Home
from metrics.warehouse import current
from metrics.workbench.guard import LONGEST, refusal
from metrics.workbench.query import query, run
from tests.workbench.conftest import home_with_an_overlay

# {path} and {base} are the two files of the generation in force, {home} the home.
HOSTILE = {
    "writes hidden in a query": [
        "with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1",
        "with x as (copy (select 1) to '{base}' (format csv, use_tmp_file false)) select 1",
        "with x as (copy (select 1) to '{home}/new.csv') select * from x",
        "with x as (copy (select 1) to '{home}/new.csv'), y as (select 1) select * from y",
        "with y as (with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1) select * from y",
        "select * from (with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1)",
        "select (with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1)",
        "select 1 where exists (with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1)",
        "select 1 union all (with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1)",
        "select * from sites s, lateral (with x as (copy (select 1) to '{path}' (format csv)) select s.name) y",
        "with x as materialized (copy sites to '{home}/key' (use_tmp_file false)) select 1",
        "with recursive r as (select 1 as i union all (with x as (copy sites to '{path}') select 2)) select * from r",
        "with x as (delete from sites returning *) select * from x",
        "with x as (update sites set name = 'X' returning *) select * from x",
        "with x as (insert into sites (site_id) values ('X') returning *) select * from x",
        "with x as (merge into sites s using targets t on s.site_id = t.site_id when matched then delete) select 1",
        "explain with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1",
        "explain analyze with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1",
        "describe with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1",
        "summarize (with x as (copy (select 1) to '{path}' (format csv, use_tmp_file false)) select 1)",
        "values ((with x as (copy (select 1) to '{path}') select 1))",
        "select 1 order by (with x as (copy (select 1) to '{path}') select 1)",
        "select 1 limit (with x as (copy (select 1) to '{path}') select 1)",
        "select [x for x in (with y as (copy (select 1) to '{path}') select [1])]",
        "from sites unpivot (v for k in (name)) where (with x as (copy sites to '{path}') select true)",
    ],
    "plain writes": [
        "insert into sites (site_id) values ('X')", "update sites set name = 'X'", "delete from sites", "truncate sites",
        "drop table sites", "drop view observations", "create table x (i int)", "create temp table x as select 1",
        "create view x as select 1", "create macro sites() as 1", "create sequence s", "create schema s",
        "create type t as enum ('a')", "create index i on sites (name)", "alter table sites rename to x",
        "comment on table sites is 'x'", "copy sites to '{home}/sites.csv'", "copy sites from '{home}/sites.csv'",
        "copy (select 1) to '{path}' (format csv, use_tmp_file false)", "copy from database timely to memory",
        "export database '{home}/x'", "import database '{home}/x'", "vacuum", "checkpoint", "force checkpoint", "analyze",
        "begin", "commit", "rollback",
    ],
    "files and the network": [
        "from read_csv('{home}/sites.csv')", "from read_text('{home}/key')", "from read_blob('{home}/key')",
        "from glob('{home}/*')", "from '{home}/sites.csv'", 'select * from "{home}/sites.csv"', "from 'sites.csv'",
        "from 'https://example.org/x.parquet'", "from read_parquet('s3://bucket/x.parquet')",
        "from read_json('{home}/warehouse/x.json')", "from read_duckdb('{base}')", "from parquet_metadata('x.parquet')",
        "from sniff_csv('{home}/sites.csv')", "describe '{home}/sites.csv'", "summarize '{home}/sites.csv'",
        "describe from read_csv('{home}/sites.csv')", "select (select content from read_text('{home}/key'))",
        "from query('select 1')", "from query_table('sites')", "from query_table(['{home}/sites.csv'])",
        "from json_execute_serialized_sql(json_serialize_sql('select 1'))", "from pandas_scan(0)", "from arrow_scan(0, 0, 0)",
        "from seq_scan('sites')", "from histogram('duckdb_databases', path)", "from summary((select 1))",
    ],
    "settings, extensions and other databases": [
        "set memory_limit = '99GB'", "set enable_external_access = true", "set global threads = 64", "reset memory_limit",
        "set variable x = 1", "pragma enable_profiling", "pragma database_list", "pragma version", "call pragma_database_size()",
        "install httpfs", "load httpfs", "force install httpfs from community", "update extensions", "attach '{home}/x.duckdb'",
        "attach '{base}' as again", "detach base", "use memory", "use base", "create secret (type s3)", "drop secret x",
        "prepare p as select 1", "execute p", "deallocate p",
    ],
    "the catalogue and the process": [
        "from duckdb_databases()", "from duckdb_databases", "from system.main.duckdb_databases", "from pragma_database_list",
        "from duckdb_settings()", "from pg_catalog.pg_settings", "from pg_settings", "from duckdb_secrets()",
        "from duckdb_logs()", "from duckdb_extensions()", "from duckdb_external_file_cache()", "from duckdb_temporary_files()",
        "from duckdb_variables()", "from sqlite_master", "from temp.main.x", "from memory.main.x", "show variables",
        "select current_setting('temp_directory')", "select getvariable('x')", "select getenv('HOME')", "select current_query()",
        "select nextval('s')", "select write_log('x')", "from base.main.sites", "from parts.observations__own",
        "from timely.parts.observations__own", "from which_secret('s3://x', 's3')", "from enable_logging()",
        "from enable_profiling()", "from pragma_user_agent()", "from test_all_types()", "from pragma_storage_info('sites')",
        "from pragma_metadata_info('timely')",
    ],
    "Python variables": [
        "from secret_frame", "select * from secret_frame", "with x as (from secret_frame) from x", "from python_arrow_scan(0)",
    ],
    "something huge of something small": [
        "select length(repeat('x', 4000000000))", "select lpad('x', 1000000000, 'y')", "select rpad(name, 1001, 'y') from sites",
        "select list_resize([1], 1000000000)", "select format('{:1000000000}', 1)", "select printf('%1000000000d', 1)",
        "select printf('%*d', 1000000000, 1)", "select bitstring('1', 1000000000)", "select len(range(1000000000))",
        "select unnest(generate_series(1, 1000000000))", "select repeat('x', n) from observations",
        "select 'x'.repeat(1000000000)", "select sum(length(repeat(visit_id, 1000000))) from facts_visits, range(100000)",
        "select repeat([1], 1000000000)", "select sleep_ms(100000)", "select pg_sleep(100)",
        "select len(range(date '1900-01-01', date '2300-01-01', interval 1 second))",
    ],
    "several statements": [
        "select 1; select 2", "select 1; drop table sites", "select 1;\n-- quiet\ndelete from sites",
        ";;; select 1; set threads = 1", "select 1; copy sites to '{path}'", "explain select 1; drop table sites",
        "pivot sites on region using count(*)", "pivot_wider sites on region using count(*)",
        "with x as (from sites) pivot x on region using count(*)",
    ],
    "comments, quotes and characters": [
        "/* select 1 */ drop table sites", "-- select 1\ndrop table sites", "/**/delete/**/from/**/sites",
        "select 1 /* unfinished", "select 'unfinished", "select 1 -- \n; drop table sites", "dr\u200bop table sites",
        "drop\xa0table\u2003sites", "\ufeffdrop table sites", "select 1\x00; drop table sites", "select 1 \x1b[2J",
        "\uff44\uff52\uff4f\uff50 table sites", "select 1 \ud800", "sel\u0435ct 1", "$$drop table sites$$", "E'select 1'",
        "explain (format json) select 1", "explain explain select 1", "explain delete from sites",
        "explain analyze copy sites to '{path}'", "", "   ", "--", ";", "select", "nonsense",
    ],
}  # fmt: skip
BOMBS = [
    "select count(*) from range(1000000) a, range(1000000) b where a.range <> b.range",
    "with recursive r as (select 1 as i union all select i + 1 from r) select max(i) from r",
    "select length(list(range)) from range(1000000000)",
    "select length(string_agg(repeat('x', 1000), '')) from range(10000000)",
    "select list(a.range order by random()) from range(100000000) a",
    "select a.range, count(*) from range(100000000) a group by 1 order by 2 desc, 1 limit 1",
    "with recursive r as (select 'x' as s union all select s || s from r) select max(length(s)) from r",
]
HARMLESS = """
    select 1
    from sites
    table sites
    values (1, 'a'), (2, 'b')
    select count(*) from observations
    select * from facts_visits where site_id = 'CEN' limit 5
    select site_id, median(door_to_provider_wait) from facts_visits group by all order by all
    select quantile_cont(door_to_provider_wait, [0.5, 0.9]) from facts_visits
    select quantile_disc(door_to_provider_wait, 0.9) filter (door_to_provider_end = 'done') from facts_visits
    select mode(site_id), arg_max(visit_id, arrived_at), approx_quantile(door_to_provider_wait, 0.5) from facts_visits
    select percentile_cont(0.5) within group (order by door_to_provider_wait) from facts_visits
    select date_trunc('week', arrived_at) as week, count(*) from facts_visits group by all order by week
    select date_diff('minute', arrived_at, departed_at), arrived_at + interval 3 hours from facts_visits
    select extract(isodow from arrived_at), dayname(arrived_at), hour(arrived_at) from facts_visits
    select arrived_at at time zone 'UTC' at time zone 'Europe/London' from facts_visits
    select strftime(arrived_at, '%Y-%m'), strptime('2026-03-02', '%Y-%m-%d') from facts_visits
    select age(arrived_at), last_day(arrived_at), make_date(2026, 3, 2), now(), today(), current_date from facts_visits
    with done as (select * from facts_visits where door_to_provider_end = 'done') select count(*) from done
    with a as materialized (select 1 as x), b as not materialized (select x + 1 as y from a) select * from a, b
    with recursive r as (select 1 as i union all select i + 1 from r where i < 5) select * from r
    select *, row_number() over (partition by site_id order by arrived_at) as k from facts_visits
    select visit_id, lag(arrived_at) over w, lead(arrived_at) over w from facts_visits window w as (order by arrived_at)
    select avg(n) over (order by period_start range between interval 28 days preceding and current row) from observations
    select ntile(4) over (order by arrived_at), percent_rank() over (order by arrived_at), cume_dist() over (order by 1) from facts_visits
    select first_value(visit_id) over (order by arrived_at), sum(1) over (rows unbounded preceding) from facts_visits
    select * from facts_visits qualify row_number() over (partition by site_id order by arrived_at desc) = 1
    select distinct on (site_id) site_id, visit_id from facts_visits order by site_id, arrived_at
    select v.visit_id, o.opens_at from facts_visits v asof left join opening_hours o on v.site_id = o.site_id and v.arrived_at >= o.opens_at
    select * from sites left join targets using (site_id)
    select * from sites s full join targets t on s.site_id = t.site_id
    select * from facts_visits semi join sites using (site_id)
    select * from facts_visits anti join sites using (site_id)
    select * from sites positional join definitions
    select * from sites s, lateral (select s.name || '!' as loud) x
    select * from facts_visits natural join sites limit 1
    select site_id, service_id, count(*), grouping(site_id) from facts_visits group by grouping sets ((site_id), (service_id), ())
    select site_id, service_id, count(*) from facts_visits group by cube (site_id, service_id)
    select site_id, count(*) from facts_visits group by rollup (site_id) having count(*) > 1
    select * exclude (toml, card) replace (upper(title) as title) from definitions
    select columns('^(lower|upper)$') from observations
    select count(columns(*)) from sites
    select * from observations unpivot (figure for kind in (numerator, denominator))
    unpivot (select metric, n, still_open from observations) on n, still_open into name kind value cases
    select site_id, sum(n) filter (statistic = 'share') as shares, sum(n) filter (statistic = 'median') as medians from observations group by 1
    select case when value > 0.5 then 'high' when value is null then 'none' else 'low' end from observations
    select coalesce(site_id, 'all'), nullif(n, 0), if(n > 3, 'many', 'few'), greatest(1, n), least(1, n) from observations
    select metric ilike '%wait%', regexp_matches(metric, '^door'), metric like 'd%', metric similar to 'door.*' from definitions
    select split_part(metric, '_', 1), replace(metric, '_', ' '), upper(title), length(question), trim(title) from definitions
    select metric in ('a', 'b'), metric not in (select metric from targets), exists (from targets) from definitions
    select list(metric order by position), string_agg(metric, ', '), array_agg(distinct family), histogram(kind) from definitions
    select list_transform([1, 2, 3], lambda x: x + 1), [x * 2 for x in [1, 2] if x > 1], list_sort([3, 1]), [1, 2, 3][1:2]
    select {'a': 1, 'b': [2]}.b[1], map {'k': 1}['k'], struct_pack(a := 1), row(1, 2), unnest([1, 2])
    select json_extract_string(card, '$[0]'), card ->> '$[0]', json_valid(card), json_array_length(card) from definitions
    select try_cast('x' as integer), '5'::integer, cast(1.5 as decimal(9, 2)), 7 // 2, 7 % 2, 2 ** 3, 1 is distinct from null
    select corr(n, value), regr_slope(value, n), stddev(value), var_pop(value), skewness(value), bool_or(mature) from observations
    select * from range(5) union all from generate_series(1, 3) union by name select 1 as range
    (select site_id from sites) intersect (select site_id from facts_visits) except select 'NRT'
    select * from facts_visits using sample 10 rows
    select * from facts_visits tablesample 10%
    select * from definitions order by position desc nulls last limit 3 offset 1
    select * from observations limit 10%
    show tables
    show all tables
    describe observations
    describe select count(*) from facts_visits
    summarize facts_visits
    summarize select value from observations
    explain select * from observations where metric = 'x'
    explain analyze select count(*) from facts_visits
    from duckdb_columns() select table_name, column_name where schema_name = 'main'
    select table_name from information_schema.tables where table_schema = 'main'
    from pragma_table_info('sites')
    select rpad(metric, 40, '.'), lpad('7', 3, '0'), repeat('█', least(n, 50)::integer) from observations join definitions using (metric)
    select printf('%05.1f', value), format('{:.2f} of {}', value, n), bar(value, 0, 1, 20) from observations
    select ';' as stop, '--' as dashes, '/*' as open, 'drop table sites' as words
    select "name" as "drop", name as "the site's name" from sites -- a comment; with a stop
    /* what follows is /* nested */ and harmless */ select 1
    select 'naïve £5 – “ok” 東京 🙂' as text
    select 1;
    from facts_visits select visit_id where seen_at is null order by all
""".strip().splitlines()  # noqa: E501

STATEMENTS = [(kind, sql) for kind, several in HOSTILE.items() for sql in several]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with_an_overlay(tmp_path_factory.mktemp("home"), "seconds = 1\nrows = 1000\nmemory_mb = 128")


def bytes_of(home: Home) -> dict[str, bytes]:
    return {str(path.relative_to(home.path)): path.read_bytes() for path in home.path.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def untouched(home: Home) -> dict[str, bytes]:
    return bytes_of(home)


def filled(home: Home, sql: str) -> str:
    """The statement with the paths of this home. Braces of SQL itself are left as they are."""
    generation = current(home.path)
    for name, path in (("{path}", generation.path), ("{base}", generation.base_path), ("{home}", home.path)):
        sql = sql.replace(name, str(path))
    return sql


def test_there_are_enough_of_them() -> None:
    assert len(STATEMENTS) >= 80
    assert len(HARMLESS) >= 60


@pytest.mark.parametrize(("kind", "sql"), STATEMENTS, ids=lambda text: ascii(text)[1:50])
def test_a_hostile_statement_is_refused_with_one_sentence_and_changes_nothing(
    home: Home, untouched: dict[str, bytes], kind: str, sql: str
) -> None:
    secret_frame = pl.DataFrame({"secret": ["of the process"]})
    with pytest.raises(UserError) as refused:
        query(home, sql=filled(home, sql))
    assert len(refused.value.problems) == 1
    assert is_one_sentence(refused.value.problems[0], sql)
    assert str(home.path.parent) not in refused.value.problems[0].replace(filled(home, sql), "")
    assert bytes_of(home) == untouched
    assert secret_frame.height == 1


def is_one_sentence(problem: str, sql: str) -> bool:
    return 10 < len(problem) < 300 + len(sql) and "\n" not in problem and "Traceback" not in problem


@pytest.mark.parametrize("sql", BOMBS, ids=lambda sql: sql[:50])
def test_a_bomb_is_stopped_by_its_limits_and_the_next_query_runs(home: Home, untouched: dict[str, bytes], sql: str) -> None:
    with pytest.raises(UserError) as stopped:
        query(home, sql=sql)
    assert len(stopped.value.problems) == 1
    assert "\n" not in stopped.value.problems[0]
    assert query(home, sql="select count(*) from facts_visits").frame.item() == 320
    assert bytes_of(home) == untouched


@pytest.mark.parametrize("sql", [line.strip() for line in HARMLESS], ids=lambda sql: ascii(sql)[1:50])
def test_a_harmless_statement_passes_and_changes_nothing(home: Home, untouched: dict[str, bytes], sql: str) -> None:
    assert refusal(sql) is None
    generation = current(home.path)
    assert run(home, generation, sql).frame.width > 0
    assert bytes_of(home) == untouched


def test_a_query_nested_beyond_reason_is_refused(home: Home) -> None:
    for deep in ("select " + "(" * 20_000 + "1" + ")" * 20_000, "select " + "-" * 0 + "not " * 20_000 + "true"):
        with pytest.raises(UserError) as refused:
            query(home, sql=deep)
        assert len(refused.value.problems) == 1


def test_a_query_longer_than_anybody_writes_is_refused() -> None:
    assert "at most" in str(refusal("select 1 " + "-" * LONGEST))


def test_no_sentence_names_a_file_of_this_machine(home: Home) -> None:
    with pytest.raises(UserError) as refused:
        query(home, sql=f"from '{Path.home()}/secret.csv' where")
    assert "\n" not in str(refused.value)
