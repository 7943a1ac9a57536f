"""Which mappings' rows can be followed to the file, and that following them changes nothing."""

import pytest

from metrics.sources.reading_nodes import parsed_statements, written_sql
from metrics.sources.tracing import traced, with_views

FOLLOWED = (
    "select a from read_csv($files)",
    "select a from read_csv($files) as r where b > 1",
    "with raw as (select * from read_csv($files)) select a from raw",
    "with raw as (select a, b from read_csv($files)), m as (select *, 1 as c from raw) select m.a from m left join u using (k)",
    "select a from (select b as a from read_csv($files)) s",
    "select a from read_csv($files) union all select b from read_csv($files)",
    "with raw as (select * from read_csv($files)) select a from raw union all select b from raw",
)
NOT_FOLLOWED = (
    "select count(*) as a from read_csv($files) group by b",
    "select distinct a from read_csv($files)",
    "with raw as (select distinct * from read_csv($files)) select a from raw",
    "select a from read_csv($files) union select b from read_csv($files)",
    "select * from read_csv($files) natural join u",
    "select columns('a.*') from read_csv($files)",
    "unpivot (from read_csv($files)) on a, b",
    "with recursive r as (select a from read_csv($files) union all select a from r) select a from r",
    "select *, count(*) as n from read_csv($files) group by all",
    "select a from u left join read_csv($files) r using (k)",
    "select a from u right join read_csv($files) r using (k)",
    "select 1 as a",
)


@pytest.mark.parametrize("sql", FOLLOWED)
def test_rows_that_can_be_followed(sql):
    found = traced(parsed_statements(sql)[0])
    assert found is not None
    tree, leaves = found
    assert leaves
    assert "_row" in written_sql(tree)


@pytest.mark.parametrize("sql", NOT_FOLLOWED)
def test_rows_that_cannot_be_followed_without_a_risk(sql):
    assert traced(parsed_statements(sql)[0]) is None


def test_only_the_first_table_of_a_chain_carries_the_trace():
    tree, leaves = traced(parsed_statements("select a from read_csv($files) x join read_parquet($files) y using (k)")[0])
    assert len(leaves) == 1
    views = {place: ("traced" if place in leaves else "plain") for place in range(2)}
    assert written_sql(with_views(tree, views)) == (
        "SELECT a, x._row AS _row, x._file AS _file FROM (traced AS x INNER JOIN plain AS y USING (k))"
    )


def test_the_tree_given_is_left_alone():
    tree = parsed_statements("select a from read_csv($files)")[0]
    before = written_sql(tree)
    traced(tree)
    with_views(tree, {0: "v"})
    assert written_sql(tree) == before
