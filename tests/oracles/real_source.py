"""A home filled from one real source through the command line, and the answers it is held to."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
SETTINGS = 'unknown_site = "warn"\ndefault_time_zone = "{zone}"\n'  # the sources' own codes are on no list of sites
PATIENCE = 300  # seconds for one command: far more than any takes, so that a hang fails instead of blocking the run


@dataclass(frozen=True)
class SourceHome:
    """A home, and the command line to ask it. Every method runs `timely` in a process of its own."""

    path: Path

    def run(self, *words: str) -> str:
        """What the command prints; a command that fails fails the test with what it said."""
        command = [sys.executable, "-c", "from metrics.cli import main; main()", "--home", str(self.path), *words]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=PROJECT, env=environment, check=False)
        assert done.returncode == 0, f"timely {' '.join(words)}: exit {done.returncode}\n{done.stderr}\n{done.stdout}"
        return done.stdout

    def rows(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run(*words, "--json"))
        return found

    def observe(self, metric: str, *words: str) -> list[dict[str, Any]]:
        return self.rows("observe", metric, *words)

    def whole(self, metric: str, statistic: str = "share", *words: str) -> dict[str, Any]:
        """The one figure over all days and places (or those asked for)."""
        (row,) = self.observe(metric, "--statistic", statistic, "--grain", "all", *words)
        return row

    def query(self, sql: str) -> list[dict[str, Any]]:
        return self.rows("query", "-e", sql)


def filled_home(
    path: Path, zone: str, ingests: Sequence[tuple[str, Sequence[Path]]], now: str | None = None
) -> tuple[SourceHome, list[Any]]:
    """A home made by `timely init`, filled by `timely ingest` and refreshed once; the ingests' reports with it.

    `ingests` are (source, files). `now` (UTC) is the instant of the refresh, the clock's by default.
    """
    path.mkdir(parents=True, exist_ok=True)
    (path / "timely.toml").write_text(SETTINGS.format(zone=zone), encoding="utf-8")
    home = SourceHome(path)
    home.run("init")
    reports = [json.loads(home.run("ingest", source, *map(str, files), "--json")) for source, files in ingests]
    home.run("refresh", "--full", "--json", *(["--now", now] if now else []))
    return home, reports


def answers(real: Path, dataset: str) -> dict[str, dict[str, Any]]:
    """The expected values of one set by name: value, tolerance, kind and source."""
    every = json.loads((real / "answers.json").read_text(encoding="utf-8"))
    return {answer["metric"]: answer for answer in every if answer["dataset"] == dataset}


def close(found: float, answer: dict[str, Any]) -> bool:
    """Whether a figure is the answer, within the tolerance the answer names."""
    return abs(found - answer["value"]) <= answer["tolerance"]
