"""Headers beyond the required lines: charts, metrics, reviews; and a library in which one broken file hides no other."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from metrics.errors import UserError
from metrics.home import Home
from metrics.workbench.chart import Chart, chart_of
from metrics.workbench.questions import BUILT_IN, REVIEW_EVERY, load_question, question_of, questions

HEAD = "-- title: T\n-- question: Q?\n-- owner: O\n-- reviewed: 2026-11-01\n-- returns: week, share, site\n"


def test_a_chart_is_read_with_its_columns() -> None:
    question = question_of(HEAD + "-- chart: line x=week y=share colour=site\nselect 1")
    assert question.chart == Chart("line", "week", "share", "site")
    assert question_of(HEAD + "select 1").chart is None


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("lin x=week y=share", ["unknown kind 'lin'. Did you mean line?"]),
        ("line x=weak y=share", ["x=weak is no column of the answer. Did you mean week?"]),
        ("line week", ["'week' is not part=column, such as x=week"]),
        ("line x=week z=share", ["unknown part 'z'. Known: colour, x, y."]),
        ("line x=week", ["a line chart needs y=COLUMN"]),
        ("heat x=week y=site", ["a heat chart needs colour=COLUMN"]),
        ("", ["unknown kind ''. Known: area, bar, heat, line, point."]),
        ("lin x=weak zz", ["unknown kind 'lin'. Did you mean line?", "x=weak is no column of the answer. Did you mean week?",
                           "'zz' is not part=column, such as x=week"]),
    ],
)  # fmt: skip
def test_a_wrong_chart_is_told_with_every_mistake(text: str, problems: list[str]) -> None:
    assert chart_of(text, ("week", "share", "site")) == (None, problems)
    with pytest.raises(UserError) as mistake:
        question_of(f"{HEAD}-- chart: {text}\nselect 1")
    assert mistake.value.problems == tuple(f"the query: chart: {problem}" for problem in problems)


def test_metric_lines_are_kept_as_written() -> None:
    question = question_of(HEAD + "-- metric: kind = rate\n-- metric: within = 60 minutes\nselect 1")
    assert question.metric == {"kind": "rate", "within": "60 minutes"}
    assert question_of(HEAD + "select 1").metric is None
    with pytest.raises(UserError, match="metric: 'rate' is not 'key = value'"):
        question_of(HEAD + "-- metric: rate\nselect 1")
    with pytest.raises(UserError, match="metric: kind is said twice"):
        question_of(HEAD + "-- metric: kind = rate\n-- metric: kind = count\nselect 1")


def test_a_scratch_question_needs_a_title_and_a_text_that_is_not_saved_nothing(tmp_path: Path) -> None:
    assert question_of("select 1").scratch
    path = tmp_path / "x.sql"
    path.write_text("select 1")
    with pytest.raises(UserError) as mistake:
        load_question(path)
    assert mistake.value.problems == ("queries/x.sql: no header '-- title: ...'",)
    path.write_text("-- title: X\nselect 1")
    assert load_question(path).scratch


def test_what_is_reviewed_and_when_it_is_due_again(tmp_path: Path) -> None:
    day = date(2026, 11, 1)
    shipped = question_of(HEAD + "select 1", "x", BUILT_IN / "x.sql")
    assert not shipped.scratch
    assert not shipped.review_due(day + REVIEW_EVERY)
    assert shipped.review_due(day + REVIEW_EVERY + timedelta(days=1))
    copied = question_of(HEAD + "select 2", "x", tmp_path / "x.sql")
    assert copied.scratch, "a copy keeps the date, not the review"
    assert not copied.review_due(day + 2 * REVIEW_EVERY)
    own = question_of(HEAD.replace("-- owner", "-- reviewer: Ann\n-- owner") + "select 2", "x", tmp_path / "x.sql")
    assert not own.scratch
    assert question_of(HEAD + "select 1").scratch, "not saved"


def test_a_broken_file_says_why_and_hides_no_other_and_a_change_is_seen_at_once(home: Home) -> None:
    home.queries.mkdir(exist_ok=True)
    broken, fine = home.queries / "trend.sql", home.queries / "mine.sql"
    before = set(questions(home).questions)
    broken.write_text("-- titel: T\nselect (")
    fine.write_text("-- title: Mine\nselect 1")
    library = questions(home)
    assert set(library.questions) == (before | {"mine"}) - {"trend"}
    assert [problem.split(":")[0] for problem in library.problems["trend"]] == ["queries/trend.sql"] * 3
    fine.write_text("-- title: Main\nselect 1")
    broken.unlink()
    again = questions(home)
    assert (again.questions["mine"].title, again.problems) == ("Main", {})
    fine.unlink()
    assert set(questions(home).questions) == before
