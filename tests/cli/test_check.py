"""timely check, from files to findings: worst first, chosen by check, table and site, with an exit code a scheduler can read."""

import json
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner, Result

from metrics.cli.application import app
from metrics.cli.commands import register
from metrics.errors import UserError
from metrics.home import Home, create_home
from metrics.refresh import refresh
from tests.properties.awkward_events import frame_of
from tests.properties.test_refresh import ingest_frames

RUNNER = CliRunner()
register(app)
MINUTE = timedelta(minutes=1)
FIRST, NOW = datetime(2026, 5, 4, 9), datetime(2026, 5, 20)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A hundred visits, of which sixty say nobody was seen; twenty had their arrival set half an hour later the next day."""
    folder = tmp_path_factory.mktemp("check")
    made = create_home(folder / "home")
    rows = [visit(n) for n in range(100)]
    ingest_frames(made, {"visits": frame_of("visits", rows)}, folder)
    moved = [{**row, "arrived_at": row["arrived_at"] + 30 * MINUTE, "recorded_at": row["recorded_at"] + timedelta(days=1)}
             for row in rows[:20]]  # fmt: skip
    ingest_frames(made, {"visits": frame_of("visits", moved)}, folder)
    refresh(made, NOW)
    return made


def visit(n: int) -> dict[str, datetime]:
    at = FIRST + n * 60 * MINUTE
    return {
        "visit_id": f"v{n:03}", "site_id": "CEN", "patient_id": f"p{n}", "arrived_at": at, "triaged_at": at + 31 * MINUTE,  # type: ignore[dict-item]
        "seen_at": None if n >= 40 else at + 50 * MINUTE, "departed_at": at + 120 * MINUTE, "disposition": "discharged",  # type: ignore[dict-item]
        "recorded_at": at + 121 * MINUTE,
    }  # fmt: skip


def asked(home: Home, *words: str, now: datetime = FIRST + timedelta(days=5)) -> Result:
    return RUNNER.invoke(app, ["--home", str(home.path), "check", "--now", now.isoformat(), *words])


def test_what_is_wrong_is_told_with_how_many_examples_and_the_next_step(home: Home) -> None:
    result = asked(home)
    assert result.exit_code == 0, "warnings do not fail"
    for words in ("60 of 100 (60.0 %) finished rows have no such instant", "v040", "TQ001: Ask the source's owner", "3 warned"):
        assert words in result.output, result.output


def test_an_edited_clock_start_is_found_from_what_the_lake_kept(home: Home) -> None:
    (found,) = json.loads(asked(home, "--check", "TQ008", "--json").stdout)
    assert found["sentence"] == (
        "20 of 100 (20.0 %) had arrived_at changed later, in the middle by 30 minutes; "
        "100.0 % were set later, which makes the wait shorter"
    )
    assert (found["severity"], found["n"], found["examples"]) == ("warn", 20, ["v000", "v001", "v002"])


def test_findings_are_chosen_by_check_table_and_site(home: Home) -> None:
    every = json.loads(asked(home, "--json").stdout)
    chosen = (("--check", "missing"), ("--table", "visits"), ("--site", "CEN"), ("--table", "cases"))
    of = {words: json.loads(asked(home, *words, "--json").stdout) for words in chosen}
    assert of["--check", "missing"] == [row for row in every if row["code"] == "TQ001"] != []
    assert of["--table", "visits"] == [row for row in every if row["table"] == "visits"] != []
    assert of["--site", "CEN"] == [row for row in every if row["site"] == "CEN"] != []
    assert of["--table", "cases"] == []
    order = ["fail", "warn", "pass"]
    assert [order.index(row["severity"]) for row in every] == sorted(order.index(row["severity"]) for row in every)


def test_old_data_fail_and_so_does_the_command(home: Home) -> None:
    late = asked(home, "--check", "as of", now=NOW)
    assert late.exit_code == 1 and "11 days old" in late.output


def test_a_check_that_there_is_not_is_told_with_the_nearest(home: Home) -> None:
    result = asked(home, "--check", "TQ01")
    assert isinstance(result.exception, UserError) and "there is no check 'TQ01'" in str(result.exception)


def test_an_earlier_generation_is_told_how_to_be_counted(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.check.material.NEEDED", "counts_of_another_day")
    result = asked(home)
    assert isinstance(result.exception, UserError) and "timely refresh --full" in str(result.exception)
