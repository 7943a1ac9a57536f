"""What is measured, each act in a process of its own: python -m tests.benchmarks.acts NAME '{"home": ..., ...}'.

The last line it prints is what it found, as JSON: seconds of the work itself, on the clock and of all processors (imports and
preparation are not in them), and the process's peak memory.
"""

import json
import resource
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

Found = dict[str, Any]
INGESTED = "ehr_appointments"  # the biggest export


@dataclass(frozen=True)
class Started:
    """When a piece of work began, by the clock and by the processors."""

    clock: float = field(default_factory=perf_counter)
    processors: float = field(default_factory=process_time)

    def taken(self) -> Found:
        return {"seconds": perf_counter() - self.clock, "processor": process_time() - self.processors}


def make_home(home: str, events: int) -> Found:
    from tests.benchmarks.homes import make_home as run

    started = Started()
    return {"events": run(Path(home), events), **started.taken()}


def full_refresh(home: str) -> Found:
    return _refreshed(Path(home), full=True)


def incremental_refresh(home: str) -> Found:
    return _refreshed(Path(home), full=False)


def _refreshed(path: Path, full: bool) -> Found:
    from metrics import lake
    from metrics.home import open_home
    from metrics.refresh import refresh

    started = Started()
    home = open_home(path)
    as_of = lake.head(home.lake).as_of
    assert as_of is not None
    report = refresh(home, as_of, full=full)
    assert report.published and report.full == full, report
    return {**started.taken(), "generation": report.generation}


def same_outputs(home: str, out: str) -> Found:
    from metrics import lake
    from metrics.home import open_home
    from metrics.refresh.inputs import read_inputs
    from tests.benchmarks import same_outputs as jobs

    Path(out).unlink(missing_ok=True)
    started = Started()
    opened = open_home(Path(home))
    as_of = lake.head(opened.lake).as_of
    assert as_of is not None
    jobs.run(read_inputs(opened, as_of), Path(out))
    return started.taken()


def duckdb_baseline(home: str, out: str) -> Found:
    from tests.benchmarks import baseline_duckdb
    from tests.benchmarks.homes import baseline_inputs

    Path(out).unlink(missing_ok=True)
    started = Started()
    baseline_duckdb.run(baseline_inputs(Path(home)), Path(out))
    return started.taken()


def pandas_baseline(home: str, out: str) -> Found:
    from tests.benchmarks import baseline_pandas
    from tests.benchmarks.homes import baseline_inputs

    shutil.rmtree(out, ignore_errors=True)
    started = Started()
    baseline_pandas.run(baseline_inputs(Path(home)), Path(out))
    return started.taken()


def compare_with(home: str, out: str) -> Found:
    """Whether the generation in force holds the same as a baseline's output."""
    from metrics.warehouse import current
    from tests.benchmarks.agreement import agreement, joined_outputs

    return vars(agreement("ours", "theirs", joined_outputs(current(Path(home)), Path(out)), by_hand=True))


def compare_outputs(ours: str, theirs: str) -> Found:
    """Whether the jobs' same outputs are those of a baseline, to the last table."""
    from tests.benchmarks.agreement import agreement, joined_files

    return vars(agreement("ours", "theirs", joined_files(Path(ours), Path(theirs)), by_hand=True))


def compare_generations(home: str, first: str, second: str) -> Found:
    """Whether an incremental generation holds the same as the full one made after it."""
    from metrics.warehouse.generation import generation_of
    from tests.benchmarks.agreement import agreement, joined_generations

    made = [generation_of(Path(home) / "warehouse", name) for name in (first, second)]
    assert made[0] is not None and made[1] is not None
    return vars(agreement("ours", "theirs", joined_generations(made[0], made[1])))


def new_events(home: str, batch: int) -> Found:
    from metrics.home import open_home
    from tests.benchmarks.new_events import add_new_events

    opened = open_home(Path(home))
    started = Started()
    return {"rows": add_new_events(opened, batch), **started.taken()}


def ingest_export(raw: str, out: str) -> Found:
    from metrics.home import create_home
    from metrics.ingest import ingest
    from metrics.sources import find_mapping

    shutil.rmtree(out, ignore_errors=True)
    home = create_home(Path(out))
    started = Started()
    report = ingest(home, find_mapping(home, INGESTED), _exports(raw))
    return {"rows": report.read, **started.taken()}


def copy_export(raw: str, out: str) -> Found:
    import duckdb

    Path(out).unlink(missing_ok=True)
    connection = duckdb.connect()
    started = Started()
    files = [str(path) for path in _exports(raw)]
    connection.execute(f"copy (select * from read_csv($files)) to '{out}' (format parquet)", {"files": files})
    taken = started.taken()
    rows = connection.execute(f"select count(*) from '{out}'").fetchone()
    return {"rows": rows[0] if rows else 0, **taken}


def _exports(raw: str) -> list[Path]:
    return sorted((Path(raw) / INGESTED).glob("*.csv"))


ACTS: dict[str, Callable[..., Found]] = {
    act.__name__: act
    for act in (
        make_home, full_refresh, incremental_refresh, same_outputs, duckdb_baseline, pandas_baseline, compare_with,
        compare_outputs, compare_generations, new_events, ingest_export, copy_export,
    )
}  # fmt: skip


def peak_memory() -> int:
    """The most memory this process ever held, in bytes (Linux counts in KB, macOS in bytes)."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    found = ACTS[sys.argv[1]](**json.loads(sys.argv[2]))
    print(json.dumps(found | {"peak": peak_memory()}))
