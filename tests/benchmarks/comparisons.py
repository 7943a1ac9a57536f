"""The three comparisons of the benchmark, each as a block of the printed table."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.agreement import DisagreementError
from tests.benchmarks.measuring import Measured, run, run_once, together

NEW_EVENTS = 1_000


@dataclass(frozen=True)
class Row:
    """One thing measured. `pace` is what it did in a second, where that is the figure of interest."""

    what: str
    measured: Measured
    ratio: float | None = None
    pace: float | None = None


@dataclass
class Block:
    """What was compared, its rows, and what was checked before the ratio was allowed to stand."""

    title: str
    rows: list[Row]
    checked: str
    ratio: str = "times ours"
    pace: str = ""


@dataclass
class Bench:
    """Where the benchmark works, how much it measures, and how often. pandas_events: 0 leaves pandas out."""

    folder: Path
    events: int
    pandas_events: int
    repeat: int
    homes: dict[int, tuple[Path, int]] = field(default_factory=dict)

    def home(self, events: int) -> tuple[Path, int]:
        """A home of about so many events, made once, and how many there are."""
        if events not in self.homes:
            path = self.folder / f"home-{events}"
            self.homes[events] = (path, int(run_once("make_home", home=path, events=events).found["events"]))
        return self.homes[events]

    def refreshes(self) -> Iterator[Block]:
        """The same facts and figures by our jobs and by hand: in DuckDB on all events, in pandas on what it can hold.

        Beside them a whole refresh, which makes more (tests.benchmarks.same_outputs says what): its figures are held against
        the baselines', too, its time is not.
        """
        if self.pandas_events == self.events:
            yield self._full(self.events, "duckdb", "pandas")
            return
        yield self._full(self.events, "duckdb")
        if self.pandas_events:
            yield self._full(self.pandas_events, "duckdb", "pandas")

    def _full(self, events: int, *makers: str) -> Block:
        home, counted = self.home(events)
        whole = run(self.repeat, "full_refresh", home=home)
        same = self.folder / "same_outputs.duckdb"
        ours = run(self.repeat, "same_outputs", home=home, out=same)
        rows, checks = [Row("Timely: the same outputs", ours), Row(WHOLE, whole, whole.seconds / ours.seconds)], []
        for maker in makers:
            out = self.folder / ("baseline.duckdb" if maker == "duckdb" else "baseline-pandas")
            theirs = run(self.repeat, f"{maker}_baseline", home=home, out=out)
            checks.append(_agreed(run_once("compare_outputs", ours=same, theirs=out)))
            checks.append(_agreed(run_once("compare_with", home=home, out=out)))
            rows.append(Row(NAMES[maker], theirs, theirs.seconds / ours.seconds))
        return Block(f"full refresh of {counted:,} events", rows, f"same outputs: {checks[-1]}")

    def increments(self) -> Iterator[Block]:
        """An incremental refresh after a thousand new events beside a full one of the same state."""
        home, counted = self.home(self.events)
        if not (home / "warehouse" / "CURRENT").exists():
            run_once("full_refresh", home=home)
        told, taken = [], 0
        for _ in range(self.repeat):
            taken = int(run_once("new_events", home=home, batch=next_batch(home)).found["rows"])
            told.append(run_once("incremental_refresh", home=home))
        first = run_once("full_refresh", home=home)
        names = {"first": told[-1].found["generation"], "second": first.found["generation"]}
        check = _agreed(run_once("compare_generations", home=home, **names))  # before later generations push the first out
        part, full = together(told), together([first, *(run_once("full_refresh", home=home) for _ in range(self.repeat - 1))])
        rows = [Row("incremental refresh", part), Row("full refresh of the same state", full, full.seconds / part.seconds)]
        yield Block(f"after {taken:,} new events in {counted:,}", rows, f"same outputs: {check}", "times incremental")

    def ingests(self) -> Iterator[Block]:
        """Reading the biggest export into the lake beside DuckDB copying the same files to Parquet."""
        home, _ = self.home(self.events)
        ours = run(self.repeat, "ingest_export", raw=home / "raw", out=self.folder / "ingested")
        theirs = run(self.repeat, "copy_export", raw=home / "raw", out=self.folder / "copied.parquet")
        read, copied = int(ours.found["rows"]), int(theirs.found["rows"])
        if read != copied:
            raise DisagreementError(f"ingest read {read:,} rows and DuckDB {copied:,} of the same files")
        rows = [
            Row("Timely: mapped, checked, hashed, stored", ours, pace=read / ours.seconds),
            Row("DuckDB: copy CSV to Parquet", theirs, theirs.seconds / ours.seconds, copied / theirs.seconds),
        ]
        yield Block(f"ingest of {read:,} appointments", rows, "same rows read", "times ours", "rows a second")


WHOLE = "Timely: a whole refresh, judged and audited"
NAMES = {"duckdb": "DuckDB SQL by hand", "pandas": "pandas by hand, vectorised"}


def next_batch(home: Path) -> int:
    folder = home / "new_events"
    return 1 + sum(1 for _ in folder.iterdir()) if folder.exists() else 1


def _agreed(compared: Measured) -> str:
    found = compared.found
    if found["complaints"]:
        raise DisagreementError("\n".join(found["complaints"]))
    return f"{found['observations']:,} observations, {found['facts']:,} facts"
