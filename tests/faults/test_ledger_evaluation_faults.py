"""An evaluation killed at any instant: the ledger holds all of it or nothing, and the next one makes up for it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from metrics.home import Home, create_home
from tests.evaluate.weeks import everything, ruled, run
from tests.ledger.databases import postgres, url

__all__ = ["postgres", "url"]

ROOT = Path(__file__).parents[2]
SHARES = {f"S{number:02}": 0.2 for number in range(40)}
KILLS = 4
SEED = 20260701
# Evaluates the second week of the home, and kills itself with -9 as it calls the function named (none: it is killed from outside).
EVALUATION = """
import os, signal, sys
from pathlib import Path
from metrics.evaluate import evaluating
from metrics.home import open_home
from tests.evaluate.weeks import run
from tests.faults.test_ledger_evaluation_faults import SHARES

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

home, name = sys.argv[1:]
if name:
    setattr(evaluating, name, killed)
print("ready", flush=True)
run(open_home(Path(home)), 1, SHARES)
"""


@pytest.fixture
def home(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIMELY_LEDGER", url)
    made = ruled(create_home(tmp_path / "home"))
    run(made, 0, SHARES)
    return made


def killed_evaluation(home: Home, function: str = "", when_ready: Callable[[], None] = lambda: None) -> None:
    """Evaluate in a process of its own, which dies at the call of the function, or when told so."""
    words = [sys.executable, "-c", EVALUATION, str(home.path), function]
    with subprocess.Popen(words, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        when_ready()
        if not function:
            process.kill()
        process.wait()
        assert process.returncode in ((-signal.SIGKILL,) if function else (-signal.SIGKILL, 0))


@pytest.mark.parametrize("function", ["findings", "newest_episodes", "add_evaluations", "write", "queue"])
def test_killed_before_its_end_it_leaves_nothing(home: Home, function: str) -> None:
    before = everything(home.path)
    killed_evaluation(home, function)
    assert everything(home.path) == before


def test_killed_after_its_end_it_leaves_everything_and_the_next_changes_nothing(home: Home) -> None:
    killed_evaluation(home, "EvaluateReport")
    after = everything(home.path)
    assert len(after["delivery"]) == 1
    again = run(home, 1, SHARES)
    assert (again.new, again.events, again.messages) == (0, {}, 0)
    assert everything(home.path) == after


def test_killed_at_any_instant_it_leaves_all_or_nothing(home: Home) -> None:
    chance = random.Random(SEED)
    before = everything(home.path)
    for _ in range(KILLS):
        killed_evaluation(home, when_ready=lambda: time.sleep(chance.uniform(0, 0.6)))
        left = everything(home.path)
        if left != before:
            break
    run(home, 1, SHARES)
    whole = everything(home.path)
    assert left in (before, whole)
    assert {state for _, state in states(whole)} == {"firing"}


def states(tables: dict[str, list[tuple[object, ...]]]) -> set[tuple[object, object]]:
    """(alert, state) of every episode."""
    return {(row[0], next(word for word in row if word in ("pending", "firing"))) for row in tables["alert_instance"]}
