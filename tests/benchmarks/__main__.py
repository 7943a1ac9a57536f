"""python -m tests.benchmarks: Timely beside DuckDB SQL and pandas written by hand, in one run on one simulated provider."""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.agreement import DisagreementError
from tests.benchmarks.comparisons import Bench, Block

EVENTS = 20_000_000
PANDAS_EVENTS = 2_000_000  # pandas holds whole tables: about 1.5 GB for each million events
PARTS = ("refresh", "incremental", "ingest")
GIGABYTE = 1024**3


def main() -> int:
    asked = _asked()
    print(f"{_machine()}\n", flush=True)
    try:
        if asked.work:
            _run(asked, asked.work)
        else:
            with tempfile.TemporaryDirectory(prefix="timely-bench-") as folder:
                _run(asked, Path(folder))
    except DisagreementError as problem:
        print(f"The outputs differ; no time is compared.\n{problem}")
        return 1
    except subprocess.CalledProcessError as problem:
        print(f"{problem.cmd[3]} failed; what it said is above.")
        return 1
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS, help=f"simulated events (default {EVENTS:,})")
    parser.add_argument("--pandas-events", type=int, help=f"events for pandas (default: at most {PANDAS_EVENTS:,})")
    parser.add_argument("--no-pandas", action="store_true", help="leave pandas out")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this; may be said twice")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each; the median is printed")
    parser.add_argument("--work", type=Path, help="an empty folder to work in and keep (default: a temporary one)")
    asked = parser.parse_args()
    asked.pandas_events = 0 if asked.no_pandas else min(asked.events, asked.pandas_events or PANDAS_EVENTS)
    if asked.work and asked.work.exists() and any(asked.work.iterdir()):
        parser.error(f"{asked.work} is not an empty folder")
    return asked


def _run(asked: argparse.Namespace, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(folder.resolve(), asked.events, asked.pandas_events, asked.repeat)
    for block in _blocks(bench, asked.only or PARTS):
        print(_printed(block), flush=True)


def _blocks(bench: Bench, parts: list[str]) -> Iterator[Block]:
    if "refresh" in parts:
        yield from bench.refreshes()
    if "incremental" in parts:
        yield from bench.increments()
    if "ingest" in parts:
        yield from bench.ingests()


def _printed(block: Block) -> str:
    lines = [f"{block.title:<46}{'seconds':>10}{'processor s':>13}{'peak memory':>14}{block.ratio:>20}{block.pace:>16}".rstrip()]
    for row in block.rows:
        ratio = f"{row.ratio:.1f}" if row.ratio is not None else ""
        pace = f"{row.pace:,.0f}" if row.pace is not None else ""
        memory = f"{row.measured.peak / GIGABYTE:.2f} GB"
        seconds = f"{row.measured.seconds:>10.2f}{row.measured.processor:>13.2f}"
        lines.append(f"  {row.what:<44}{seconds}{memory:>14}{ratio:>20}{pace:>16}".rstrip())
    return "\n".join([*lines, f"  ({block.checked})\n"])


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    engines = ", ".join(f"{name} {version(name)}" for name in ("polars", "duckdb", "pandas", "deltalake"))
    return f"{os.cpu_count()} cores, {memory:.0f} GB; {platform.system()}, Python {platform.python_version()}, {engines}"


if __name__ == "__main__":
    sys.exit(main())
