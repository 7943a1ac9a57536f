"""Only reading passes; what writes, however deep it hides, is refused by name."""

import pytest

from metrics.sources.reading_nodes import READERS, TABLE_FUNCTIONS, parsed_statements, refused_node, written_sql

READING = (
    "select 1",
    "from t",
    "values (1, 2)",
    "with recursive a as (select 1 as x union all select x + 1 from a where x < 5) select * from a",
    "select * from t asof join u on t.a >= u.a",
    "select grouping(a), sum(b) filter (where c) over (partition by d) from t group by grouping sets ((a), ())",
    "select columns('a.*'), list_transform(l, lambda x: x + 1), {'x': 1}, [1, 2][1] from t qualify rank() over () = 1",
    "select * from range(10) r(x), lateral (select x + 1), t tablesample 10%",
    "describe select 1",
    "show tables",
    "select a from t union by name select b from u order by all limit 10%",
    "select cast(a as decimal(10, 2)), try_cast(b as int[]), a at time zone 'UTC' from t where (a, b) in (select 1, 2)",
    "select $x, $y",
)
WRITING = (
    ("with x as (copy (select 1) to 'f' (format csv)) select 1", "COPY"),
    ("select (with x as (copy (select 1) to 'f') select 1)", "COPY"),
    ("with x as (insert into t values (1) returning *) select * from x", "INSERT"),
    ("select * from (with y as (delete from t returning *) select * from y)", "DELETE"),
    ("with x as (update t set a = 1 returning *) select * from x", "UPDATE"),
    ("select * from query('with x as (copy t to ''f'') select 1')", "query()"),
    ("select * from \"QUERY\"('select 1')", "query()"),
    ("select * from json_execute_serialized_sql('{}')", "json_execute_serialized_sql()"),
    ("select * from enable_profiling()", "enable_profiling()"),
    ("select * from arrow_scan(1, 2, 3)", "arrow_scan()"),
    ("select 1; select 2", "2 statements"),
    ("", "0 statements"),
    ("create table t (a int)", "only a single SELECT"),
    ("attach 'f'", "only a single SELECT"),
    ("explain select 1", "only a single SELECT"),
    ("selec 1", "could not parse"),
    ("select " + "abs(" * 900 + "1" + ")" * 900, "nested too deeply"),
)


@pytest.mark.parametrize("sql", READING)
def test_reading_is_allowed(sql):
    assert refused_node(sql) is None


@pytest.mark.parametrize(("sql", "said"), WRITING)
def test_anything_else_is_refused_by_name(sql, said):
    assert said in (refused_node(sql) or "")


def test_readers_of_files_are_only_for_mappings():
    assert "read_csv()" in (refused_node("select * from read_csv('f')") or "")
    assert refused_node("select * from read_csv($files)", READERS | TABLE_FUNCTIONS) is None


def test_a_tree_is_written_back_as_sql_that_means_the_same():
    sql = "select a + 1 as b from t where c in ('x', 'y')"
    again = written_sql(parsed_statements(sql)[0])
    assert written_sql(parsed_statements(again)[0]) == again
    assert again == "SELECT (a + 1) AS b FROM t WHERE (c IN ('x', 'y'))"
