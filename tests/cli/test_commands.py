"""The command line: every command helps, every mistake is a sentence, every exit code means what it says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from metrics.cli.commands import COMMANDS
from metrics.cli.printing import Format, print_rows

ROOT = Path(__file__).parents[2]


def timely(*words: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "120"} | ({"TIMELY_HOME": str(home)} if home else {})
    command = [sys.executable, "-m", "metrics", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str) -> None:
    shown = timely(command, "--help")
    assert shown.returncode == 0
    first = next(line.strip() for line in (COMMANDS[command].__doc__ or "").splitlines() if line.strip())
    assert first.split(".")[0].split(",")[0] in " ".join(shown.stdout.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_documentation(command: str) -> None:
    assert f"\n## timely {command}\n" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


# words -> what stderr must say; exit code 2, and never a traceback
MISTAKES = [
    (("refresh",), "Make one with: timely"),
    (("observe", "no_show_rate"), "Make one with: timely"),
    (("catalog", "no_sho_rate"), "Did you mean no_show_rate?"),
    (("frobnicate",), "No such command"),
    (("simulate", "--out", "x", "--scale", "1000"), "less than or equal to 100"),
]


@pytest.mark.parametrize(("words", "said"), MISTAKES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_a_mistake_is_told_in_a_sentence(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    failed = timely(*words, home=tmp_path / "nowhere")
    assert failed.returncode == 2
    assert said in " ".join(failed.stderr.replace("│", " ").split())
    assert "Traceback" not in failed.stderr


def test_init_makes_a_home_and_leaves_what_is_there(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert timely("init", home=home).returncode == 0
    renamed = (home / "sites.csv").read_text().replace("Central Hospital", "St Elsewhere")
    (home / "sites.csv").write_text(renamed)
    assert timely("init", home=home).returncode == 0
    assert (home / "sites.csv").read_text() == renamed
    assert (home / "key").stat().st_mode & 0o777 == 0o600


def test_a_home_without_events_says_what_to_do(tmp_path: Path) -> None:
    home = tmp_path / "home"
    timely("init", home=home)
    failed = timely("refresh", home=home)
    assert failed.returncode == 2
    assert "timely ingest" in failed.stderr


def test_the_catalogue_is_json_for_a_program(tmp_path: Path) -> None:
    shown = timely("catalog", "--json", home=tmp_path)
    assert "no_show_rate" in {row["metric"] for row in json.loads(shown.stdout)}


def test_the_catalogue_prints_the_sql_of_a_metric(tmp_path: Path) -> None:
    shown = timely("catalog", "door_to_provider", "--sql", home=tmp_path)
    assert shown.returncode == 0
    assert "quantile_cont" in shown.stdout


def test_targets_are_listed_with_their_source_and_whether_they_are_verified(tmp_path: Path) -> None:
    home = tmp_path / "home"
    timely("init", home=home)
    rows = json.loads(timely("targets", "--on", "2027-01-01", "--site", "HAR", "--json", home=home).stdout)
    four_hours = next(row for row in rows if row["metric"] == "ed_length_of_stay" and row["role"] == "target")
    assert (four_hours["asks"], four_hours["pack"], four_hours["verified"]) == ("at least 82%", "nhs_england", False)
    assert "not yet" in timely("targets", "--metric", "lead_time", home=home).stdout
    assert "22 not verified" in timely("targets", "check", home=home).stdout
    assert "contact_centre" in timely("targets", "packs", home=home).stdout


def test_a_target_of_no_metric_is_told_with_the_nearest(tmp_path: Path) -> None:
    home = tmp_path / "home"
    timely("init", home=home)
    (home / "targets.toml").write_text(
        '[[target]]\nmetric = "no_sho_rate"\nstatistic = "share"\nvalue = "8%"\nvalid_from = 2026-01-01\nsource = "x"\n'
    )
    failed = timely("targets", "check", home=home)
    assert failed.returncode == 2 and "Did you mean no_show_rate?" in failed.stderr and "Traceback" not in failed.stderr


def test_a_list_in_a_cell_is_text_in_csv(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(pl.DataFrame({"name": ["a", "b"], "sizes": [[1, 2], None]}), Format.csv)
    assert capsys.readouterr().out == 'name,sizes\na,"[1, 2]"\nb,\n'
