"""Every command that README.md shows is run, in its order, on a small home."""

import shlex
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from metrics.cli import app
from metrics.home import open_home
from tests.provider_homes import provider_home

README = Path(__file__).parents[2] / "README.md"
TIMELY = ".venv/bin/timely "
NOW = datetime(2026, 11, 24, 6)
ENDS = {"watch": "--once", "alerts catch-up": "--weeks 3"}  # what goes on for minutes or for good: the words that end it
MAY_FAIL = ("check", "--dry-run")  # a home of one file has gaps, a new home no addresses: exit code 1 says so


def commands() -> list[str]:
    lines = [line.partition("#")[0].strip() for line in README.read_text(encoding="utf-8").splitlines()]
    return [line.removeprefix(TIMELY) for line in lines if line.startswith(TIMELY)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader stands: a home of a provider in data/, exports of one system in exports/."""
    made = tmp_path_factory.mktemp("reader")
    home = open_home(shutil.move(provider_home(tmp_path_factory, NOW).path, made / "data"))
    shutil.copytree(home.raw / "ehr_appointments", made / "exports")
    return made


def test_every_command_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("TIMELY_HOME", raising=False)
    shown = commands()
    assert len(shown) > 15
    for command in shown:
        words = [
            word
            for text in shlex.split(command)
            for word in (sorted(map(str, Path().glob(text))) if text.endswith("*.csv") else [text])
        ]
        words += ENDS.get(command, "").split()
        ran = CliRunner().invoke(app, words)
        allowed = {0, 1} if words[-1] in MAY_FAIL else {0}
        assert ran.exit_code in allowed, f"timely {command}: {ran.output}"
