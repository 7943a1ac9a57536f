"""Whatever is typed into the workbench: it is refused with one sentence, or it reads; the home never changes by a byte."""

from pathlib import Path

import polars as pl
import pytest

from metrics.errors import UserError
from metrics.home import Home
from metrics.warehouse import current
from metrics.workbench.guard import LONGEST, refusal
from metrics.workbench.promoting import problems
from metrics.workbench.query import query, run
from metrics.workbench.query_metrics import metric_in
from tests.hostile.statements import BOMBS, HARMLESS, bytes_of, filled, hostile_statements
from tests.workbench.conftest import home_with_an_overlay

STATEMENTS = hostile_statements()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with_an_overlay(tmp_path_factory.mktemp("home"), "seconds = 1\nrows = 1000\nmemory_mb = 128")


@pytest.fixture(scope="module")
def untouched(home: Home) -> dict[str, bytes]:
    return bytes_of(home)


def test_there_are_enough_of_them() -> None:
    assert len(STATEMENTS) >= 150
    assert len(HARMLESS) >= 200


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


def test_no_hostile_statement_is_a_metric_s_query(home: Home) -> None:
    head = "-- title: T\n-- question: Q?\n-- owner: O\n-- reviewed: 2026-11-01\n-- returns: day\n"
    keys = "".join(f"-- metric: {key}\n" for key in ("kind = count", "family = waits", "better = lower", "authority = A."))
    assert metric_in(f"{head}{keys}select 1 as day", "mine")[0] is not None
    texts = [head + keys + filled(home, sql) for _, sql in STATEMENTS]
    parsed = [text for text in texts if metric_in(text, "mine")[0] is not None]  # those that name what only a process has
    assert len(parsed) < 10
    secret_frame = pl.DataFrame({"secret": ["of the process"]})
    assert all(problems(home, current(home.path), text, "mine", person="Mallory") for text in parsed) and secret_frame.height
    hidden = f"{head}-- why\u2028copy (select 1) to '{home.path}/x.csv'\n{keys}select 1 as day"
    metric, _ = metric_in(hidden, "mine")
    assert metric is None or "copy" not in metric.sql


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


@pytest.mark.parametrize("sql", HARMLESS, ids=lambda sql: ascii(sql)[1:50])
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
