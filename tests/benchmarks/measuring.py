"""Runs an act in a fresh process and says how long it took, how much of the processors and how much memory."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Measured:
    """seconds: of the work, the median of its runs; processor: seconds of all processors, likewise, user and system; peak: bytes,
    the most of any run; found: what the last run said."""

    seconds: float
    processor: float
    peak: int
    found: dict[str, Any]


def run_once(act: str, **arguments: object) -> Measured:
    """Raises CalledProcessError, after the act's own words, when it fails."""
    told = json.dumps({name: str(value) if isinstance(value, Path) else value for name, value in arguments.items()})
    command = [sys.executable, "-m", "tests.benchmarks.acts", act, told]
    print(f"  {act} ...", file=sys.stderr, flush=True)
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return Measured(float(found.get("seconds", 0)), float(found.get("processor", 0)), int(found["peak"]), found)


def together(runs: list[Measured]) -> Measured:
    """Several runs of one act as one."""
    seconds, processor = (median(getattr(run, name) for run in runs) for name in ("seconds", "processor"))
    return Measured(seconds, processor, max(run.peak for run in runs), runs[-1].found)


def run(repeat: int, act: str, **arguments: object) -> Measured:
    return together([run_once(act, **arguments) for _ in range(repeat)])
