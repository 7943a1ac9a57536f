"""Running a question by name, by text, or from a file."""

from pathlib import Path

import pytest

from metrics.errors import UserError
from metrics.home import Home
from metrics.warehouse import current
from metrics.workbench.query import query, run
from tests.workbench.conftest import home_with_an_overlay


def test_text_and_file_give_the_same_answer(home: Home, tmp_path: Path) -> None:
    sql = "select count(*) as n from facts_visits where site_id = $site"
    file = tmp_path / "mine.sql"
    file.write_text(sql, encoding="utf-8")
    by_text = query(home, sql=sql, params={"site": "CEN"})
    assert by_text.frame["n"].to_list() == [320]
    assert query(home, file=file, params={"site": "CEN"}).frame.equals(by_text.frame)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({}, "give one of"),
        ({"name": "trend", "sql": "select 1"}, "give one of"),
        ({"name": "trnd"}, "there is no question trnd. Did you mean trend?"),
        ({"name": "trend", "params": {"metrc": "x"}}, "unknown parameter $metrc. Did you mean $metric?"),
        ({"sql": "select $site", "params": {"sit": 1}}, "unknown parameter $sit. Did you mean $site?"),
        ({"sql": "select $site"}, "no value for parameter $site. Give one: --param site=VALUE"),
        ({"sql": "select 1", "params": {"site": 1}}, "unknown parameter $site. The query has none."),
        ({"file": Path("nowhere.sql")}, "nowhere.sql: cannot be read"),
        ({"sql": "drop table sites"}, "Refused: "),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(home: Home, asked: dict[str, object], problem: str) -> None:
    with pytest.raises(UserError) as mistake:
        query(home, **asked)  # type: ignore[arg-type]
    assert problem in str(mistake.value)


def test_both_mistakes_in_the_parameters_are_told(home: Home) -> None:
    with pytest.raises(UserError) as mistake:
        query(home, sql="select $site, $day", params={"sit": "CEN"})
    assert len(mistake.value.problems) == 3


def test_the_home_s_limits_hold_and_the_answer_says_it_was_cut(tmp_path: Path) -> None:
    home = home_with_an_overlay(tmp_path, "rows = 7")
    result = query(home, sql="from facts_visits")
    assert result.frame.height == 7
    assert result.truncated
    assert not query(home, sql="from facts_visits limit 7").truncated


def test_a_question_may_be_put_to_the_generation_a_reader_paused_on(home: Home) -> None:
    generation = current(home.path)
    assert run(home, generation, "select name from generation").frame.item() == generation.name
    assert run(home, generation, "explain select name from generation").frame.columns == ["explain_key", "explain_value"]


def test_a_home_without_a_generation_tells_to_refresh(tmp_path: Path, home: Home) -> None:
    from dataclasses import replace

    with pytest.raises(UserError, match="timely refresh"):
        query(replace(home, path=tmp_path), sql="select 1")
