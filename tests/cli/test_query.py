"""timely query: the same guard, limits and log as every other door."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from metrics.cli.application import app
from metrics.cli.commands import register
from metrics.errors import UserError
from metrics.home import Home
from tests.hostile.statements import BOMBS, HARMLESS, bytes_of, filled, hostile_statements
from tests.workbench.conftest import home_with_an_overlay

RUNNER = CliRunner()
register(app)
UNWRITABLE = {"\0", "\ud800"}  # what a command line cannot hold


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_with_an_overlay(tmp_path_factory.mktemp("cli") / "home", "seconds = 2\nrows = 1000\nmemory_mb = 128")


def asked(home: Home, *words: str) -> Result:
    return RUNNER.invoke(app, ["--home", str(home.path), "query", *words])


def told(result: Result) -> tuple[str, ...]:
    """What the user is told; the program's own front door prints it and ends with 2."""
    assert isinstance(result.exception, UserError), result.output
    return result.exception.problems


def test_every_hostile_statement_is_refused_at_the_command_line_too(own: Home, tmp_path: Path) -> None:
    before = bytes_of(own)
    statements = [filled(own, sql) for _, sql in hostile_statements() if not UNWRITABLE & set(sql)]
    assert len(statements) >= 150
    file = tmp_path / "hostile.sql"
    for number, sql in enumerate(statements):
        file.write_text(sql, encoding="utf-8", newline="")
        problems = told(asked(own, "-f", str(file)) if number % 2 or not sql else asked(own, f"-e{sql}"))
        assert len(problems) == 1 and 10 < len(problems[0]) < 300 + len(sql) and "\n" not in problems[0], sql
    assert bytes_of(own) == before


def test_a_bomb_is_stopped_at_the_command_line_too(own: Home) -> None:
    assert "stopped" in told(asked(own, "-e", BOMBS[0]))[0]


def test_harmless_statements_pass_at_the_command_line_too(own: Home) -> None:
    before = bytes_of(own)
    failed = [sql for sql in HARMLESS[::6] if asked(own, "--json", f"-e{sql}").exit_code]
    assert not failed
    assert bytes_of(own) == before


def test_the_list_tells_standing_and_a_broken_file_on_the_side(own: Home) -> None:
    own.queries.mkdir(exist_ok=True)
    (own.queries / "mine.sql").write_text("-- title: Mine\nselect 1 as one")
    (own.queries / "broken.sql").write_text("select (")
    result = asked(own, "list", "--json")
    rows = {row["name"]: row["standing"] for row in json.loads(result.stdout)}
    assert (rows["mine"], rows["trend"]) == ("scratch", "reviewed")
    assert "queries/broken.sql: no header '-- title: ...'" in result.stderr
    assert json.loads(asked(own, "mine", "--json").stdout) == [{"one": 1}]
    assert told(asked(own, "broken"))[0].startswith("queries/broken.sql")
    assert told(asked(own, "mien")) == ("there is no question mien. Did you mean mine?",)


def test_parameters_have_types_and_mistakes_name_the_nearest(own: Home, tmp_path: Path) -> None:
    file = tmp_path / "x.sql"
    file.write_text("-- param: days integer = 2\n-- param: from date = 2026-01-01\nselect $days + 1 as n, $from as day")
    result = asked(own, "-f", str(file), "--param", "days=41", "--json")
    assert json.loads(result.stdout) == [{"n": 42, "day": "2026-01-01"}]
    problems = told(asked(own, "-f", str(file), "--param", "dais=1", "--param", "from=soon"))
    assert problems == (
        "the query: unknown parameter $dais. Did you mean $days?",
        "the query: $from: 'soon' is not a date such as 2026-11-01",
    )
    assert told(asked(own, "-e", "select 1", "--param", "x")) == ("--param x: expected name=value",)
    assert told(asked(own, "trend", "-e", "select 1")) == ("give one of: the name of a saved question, -e SQL, or -f FILE",)


def test_an_answer_is_exported_and_a_wrong_ending_told(own: Home, tmp_path: Path) -> None:
    for ending, read in ((".csv", pl.read_csv), (".parquet", pl.read_parquet), (".xlsx", pl.read_excel)):
        path = tmp_path / f"answer{ending}"
        result = asked(own, "-e", "select 1 as one, '=1+1' as text", "--export", str(path))
        assert f"wrote {path}: 1 rows" in result.stderr
        assert read(path)["text"][0] == ("'=1+1" if ending == ".csv" else "=1+1")
    assert "Did you mean .csv?" in told(asked(own, "-e", "select 1", "--export", "x.cvs"))[0]
    assert "cannot be written" in told(asked(own, "-e", "select 1", "--export", str(tmp_path / "no" / "x.csv")))[0]


def test_it_is_explained_and_remembered(own: Home) -> None:
    assert "Reads facts_visits" in asked(own, "-e", "select count(*) from facts_visits where site_id = 'CEN'", "--explain").stdout
    asked(own, "-e", "select 7 as seven", "--by", "Ann")
    rows = json.loads(asked(own, "--history", "--by", "Ann", "--json").stdout)
    assert [(row["sql"], row["outcome"], row["door"]) for row in rows] == [("select 7 as seven", "answered", "command")]
    result = asked(own, "-e", "from range(2000)", "--format", "csv")
    assert "truncated: only the first 1,000 rows are shown" in result.stderr


METRIC = (
    "kind=count",
    "family=waits",
    "better=neither",
    "authority=Local.",
    "question=How many?",
    "owner=Ann",
    "reviewed=2026-04-01",
)


def test_a_question_is_promoted_to_a_metric(own: Home) -> None:
    own.queries.mkdir(exist_ok=True)
    file = own.queries / "busy_days.sql"
    text = "-- title: Busy days\nselect day, 'A' as site_id, 'x' as service_id, count(*) as numerator from wait_bins group by all\n"
    file.write_text(text, encoding="utf-8")
    failing = told(asked(own, "busy_days", "--promote", "--metric", "kind=count"))
    assert any("owner: missing" in problem for problem in failing) and any(
        problem.startswith("family: missing") for problem in failing
    )
    assert "Did you mean kind?" in told(asked(own, "busy_days", "--promote", "--metric", "knd=count"))[0]
    keys = [word for key in METRIC for word in ("--metric", key)]
    shown = asked(own, "busy_days", "--promote", "--json", *keys)
    assert json.loads(shown.stdout) and "-- metric: kind = count" in shown.stderr
    assert file.read_text(encoding="utf-8") == text
    assert asked(own, "busy_days", "--promote", "--write", *keys).exit_code == 0
    written = file.read_text(encoding="utf-8")
    assert "-- metric: kind = count\n" in written and written.endswith(text.split("\n", 1)[1])
    assert asked(own, "busy_days", "--promote", "--write").exit_code == 0  # its own header says the same
    assert file.read_text(encoding="utf-8") == written
    file.unlink()
