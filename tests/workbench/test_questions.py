"""Saved questions: strict headers, typed parameters, and every file of queries/ run."""

from datetime import date, datetime
from pathlib import Path

import pytest

from metrics.errors import UserError
from metrics.home import Home
from metrics.warehouse import current
from metrics.workbench.guard import refusal
from metrics.workbench.query import query, run
from metrics.workbench.questions import BUILT_IN, load_folders, load_question, questions

GOOD = """-- title: Waits
-- question: How long?
-- owner: Operations
-- reviewed: 2026-11-01
-- param: site text = null    One site
-- param: since date = 2026-01-01
-- param: name text = 'it''s here'
-- param: most integer = 5
-- param: share number = 0.5
-- param: closed flag = false
-- param: at instant = 2026-01-01T09:30
-- returns: site_id, n
-- note: Only a test.
select site_id, count(*) as n from facts_visits
where site_id is distinct from $site and day > $since and $name is not null and $most > 1 and $share < 1 and not $closed
  and arrived_at > $at
group by all
"""


def written(folder: Path, text: str, name: str = "waits.sql") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(UserError) as mistake:
        load_question(path)
    return mistake.value.problems


def test_a_question_is_read_with_its_header(tmp_path: Path) -> None:
    question = load_question(written(tmp_path, GOOD))
    assert (question.name, question.title, question.owner) == ("waits", "Waits", "Operations")
    assert question.reviewed == date(2026, 11, 1)
    assert question.returns == ("site_id", "n")
    assert question.note == "Only a test."
    assert question.params[0].help == "One site"
    assert question.bound({}) == {
        "site": None, "since": date(2026, 1, 1), "name": "it's here", "most": 5, "share": 0.5, "closed": False,
        "at": datetime(2026, 1, 1, 9, 30),
    }  # fmt: skip


def test_values_given_as_text_are_read_by_their_types(tmp_path: Path) -> None:
    question = load_question(written(tmp_path, GOOD))
    bound = question.bound({"since": "2026-02-03", "most": "7", "share": "0.25", "closed": "yes", "site": "null", "name": "a = b"})
    assert bound["since"] == date(2026, 2, 3)
    assert (bound["most"], bound["share"], bound["closed"], bound["site"], bound["name"]) == (7, 0.25, True, None, "a = b")


def test_every_wrong_parameter_is_told_at_once_with_the_nearest(tmp_path: Path) -> None:
    question = load_question(written(tmp_path, GOOD))
    with pytest.raises(UserError) as mistake:
        question.bound({"sit": "CEN", "since": "yesterday", "most": "many"})
    assert mistake.value.problems == (
        "queries/waits.sql: unknown parameter $sit. Did you mean $site?",
        "queries/waits.sql: $since: 'yesterday' is not a date such as 2026-11-01",
        "queries/waits.sql: $most: 'many' is not a whole number",
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("-- title: Waits\n", ""), "queries/waits.sql: no header '-- title: ...'"),
        (("-- owner:", "-- ownr:"), "queries/waits.sql:3: unknown header 'ownr'. Did you mean owner?"),
        (("2026-11-01", "November"), "queries/waits.sql:4: reviewed: 'November' is not a date; write it as 2026-11-01"),
        (("-- title: Waits", "-- title: Waits\n-- title: Again"), "queries/waits.sql:2: title is said twice"),
        (("site text = null", "site txt = null"), "queries/waits.sql:5: param site: unknown type 'txt'. Did you mean text?"),
        (("site text = null    One site", "site"), "queries/waits.sql:5: param: 'site' is not 'name type = default   meaning'"),
        (("= 2026-01-01", "= soon"), "queries/waits.sql:6: param since: 'soon' is not a date such as 2026-11-01"),
        (("most integer = 5", "site integer = 5"), "queries/waits.sql:8: param site: is said twice"),
        (("distinct from $site", "distinct from $sit"), "queries/waits.sql: unknown parameter $sit. Did you mean $site?"),
        ((" and not $closed", ""), "queries/waits.sql: parameter $closed is declared and never used"),
        (("group by all", "group by ("), "queries/waits.sql: DuckDB could not parse it"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_file_and_line(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    assert any(problem.startswith(sentence) for problem in problems_of(written(tmp_path, GOOD.replace(*change))))


def test_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, "select 1", "one.sql")
    written(tmp_path, GOOD.replace("2026-11-01", "never"), "two.sql")
    with pytest.raises(UserError) as mistake:
        load_folders(tmp_path)
    assert len(mistake.value.problems) == 2
    assert {problem.split(":")[0] for problem in mistake.value.problems} == {"queries/one.sql", "queries/two.sql"}


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "waits.sql"
    path.write_bytes(b"-- title: \xff\xfe")
    assert problems_of(path) == ("queries/waits.sql: cannot be read as UTF-8 text (UnicodeDecodeError)",)


def test_the_home_s_own_question_wins_over_the_built_in_one(home: Home) -> None:
    home.queries.mkdir(exist_ok=True)
    own = written(home.queries, GOOD, "trend.sql")
    assert questions(home).questions["trend"].title == "Waits"
    own.unlink()
    assert questions(home).questions["trend"].title == "Trend of a metric"


QUESTIONS = load_folders(BUILT_IN)
LONG_AGO = {"since": "2026-01-01"}


def test_there_are_two_dozen_questions() -> None:
    assert len(QUESTIONS) >= 24


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_runs_with_its_defaults_and_returns_what_it_says(home: Home, name: str) -> None:
    question = QUESTIONS[name]
    assert refusal(question.sql) is None
    result = query(home, name=name)
    assert tuple(result.frame.columns) == question.returns


# The fixture's generation holds no such events, or nothing is the right answer; tests/specs/ draws the rest.
WITHOUT_ROWS = {"checks_of_totals", "still_waiting", "gaps_between_patients", "callbacks_kept", "clinics_running_late",
                "long_stays", "survey_answers", "unanswered_messages", "unused_capacity", "what_changed",
                "third_next_available", "continuity_of_care", "first_contact_resolution", "list_pressure",
                "satisfaction_by_wait", "return_by_satisfaction", "days_to_appointment_moving", "ecat_by_volume",
                "prior_authorisations", "after_hours", "mean_speed_of_answer", "third_next_available_days",
                "third_next_available_in_time", "refilled_slots", "after_hours_share"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - WITHOUT_ROWS))
def test_every_question_has_an_answer_where_there_is_one(home: Home, name: str) -> None:
    dated = LONG_AGO if "since" in {param.name for param in QUESTIONS[name].params} else {}
    given = {"trend": {"metric": "door_to_provider", "statistic": "median"}}
    assert query(home, name=name, params=given.get(name, dated)).frame.height > 0


def test_answers_are_the_ones_counted_by_hand(home: Home) -> None:
    """One visit an hour from Monday 2 March 2026, 320 of them, and 300 appointments; three in ten leave unseen or do not come."""
    waits = query(home, name="waits_by_site").frame.row(0, named=True)
    assert (waits["site_id"], waits["n"], waits["median_minutes"], waits["p90_minutes"]) == ("CEN", 224, 30, 30)
    arrivals = query(home, name="arrivals_by_hour", params={"since": "2026-03-01"}).frame
    assert arrivals["arrivals"].sum() == 320
    assert arrivals["left_unseen"].sum() == 96
    due = query(home, name="no_shows_by_lead_time", params={"since": date(2026, 3, 1)}).frame
    assert (due["due"].sum(), due["no_shows"].sum()) == (300, 90)
    assert due["fewest_days"].to_list() == [0, 1, 3, 8, 15, 29]
    complaints = query(home, name="open_complaints", params={"older_than": "110"}).frame
    assert complaints["days_open"].to_list() == sorted(complaints["days_open"], reverse=True)
    assert complaints["days_open"].min() >= 110
    missed = query(home, name="against_targets").frame
    assert missed["met"].to_list() == [False] * 4  # the whole, the site, the service, the service at the site
    assert missed["value"].to_list() == [0.3] * 4


def test_a_figure_by_its_saved_question_is_the_stored_one(home: Home) -> None:
    stored = run(
        home, current(home.path), "select n from observations where metric = 'door_to_provider' and grain = 'year' limit 1"
    )
    assert query(home, name="waits_by_site", params={"since": "2026-01-01"}).frame["n"].sum() == stored.frame.item()
