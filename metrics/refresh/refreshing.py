"""The refresh: read the inputs, decide how much to compute, build a generation, publish it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

import duckdb
import polars as pl

from metrics import lake
from metrics.home import Home
from metrics.refresh.full import build_full
from metrics.refresh.incremental import build_incremental
from metrics.refresh.inputs import Inputs, read_inputs
from metrics.refresh.query_figures import asking, problems
from metrics.refresh.ratios import store_ratios
from metrics.refresh.reason import fingerprints, why_full, words_fingerprints
from metrics.refresh.signals import store_signals
from metrics.warehouse import Generation, current_or_none, publish, publish_overlay, run_query

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class RefreshReport:
    """What a refresh did. `why` says why everything was computed, or is null when only changes were.

    problems: a sentence for each metric of a query that has no figures in the generation in force.
    """

    generation: str
    published: bool
    full: bool
    why: str | None
    as_of: datetime
    changes: int | None
    seconds: float
    problems: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def sentence(self) -> str:
        if not self.published:
            return f"nothing changed since generation {self.generation}"
        extent = f"everything ({self.why})" if self.full else f"what {self.changes:,} changed rows touch"
        return (
            f"generation {self.generation}: computed {extent} in {self.seconds:.1f} s; data as of {self.as_of:%Y-%m-%d %H:%M} UTC"
        )


def refresh(home: Home, now: datetime, full: bool = False, progress: Progress = lambda label, done, total: None) -> RefreshReport:
    """Bring the warehouse up to date with the lake as of `now` (UTC) and publish a generation.

    Nothing is published where nothing changed. Raises UserError when there are no events, when settings or
    definitions are wrong, or when the audit finds a fault; the generation in force then stays in force.
    """
    started = perf_counter()
    previous = current_or_none(home.path)
    inputs = read_inputs(home, now, previous)
    changes = _changes_since(previous, inputs)
    why = why_full(previous, inputs, changes, full)
    if why is None and previous is not None and _is_up_to_date(previous, inputs):
        return RefreshReport(previous.name, False, False, None, inputs.as_of, 0, perf_counter() - started, uncounted(previous))
    made = _published(inputs, previous, changes if why is None else None, progress)
    known = None if changes is None else changes.height
    return RefreshReport(made.name, True, why is not None, why, inputs.as_of, known, perf_counter() - started, uncounted(made))


def uncounted(generation: Generation) -> tuple[str, ...]:
    """What is wrong with each metric of a query that has no figures in the generation."""
    if not generation.manifest.get("rows", {}).get("query_metrics"):
        return ()  # no file means to be one
    return tuple(problems(run_query(generation, "select * from query_metrics order by metric").frame))


def _changes_since(previous: Generation | None, inputs: Inputs) -> pl.DataFrame | None:
    if previous is None:
        return None
    return lake.changes(inputs.home.lake, int(previous.manifest["sequence"]), inputs.head.sequence)


def _is_up_to_date(previous: Generation, inputs: Inputs) -> bool:
    same = previous.manifest["sequence"] == inputs.head.sequence and previous.as_of == inputs.as_of
    return same and all(previous.manifest.get(name) == value for name, value in words_fingerprints(inputs).items())


def _published(inputs: Inputs, previous: Generation | None, changes: pl.DataFrame | None, progress: Progress) -> Generation:
    manifest = {
        "sequence": inputs.head.sequence, "lake": inputs.head.versions, "as_of": inputs.as_of.isoformat(),
        "span": [day.isoformat() for day in inputs.span],
        **words_fingerprints(inputs), **fingerprints(inputs),
    }  # fmt: skip
    keep = inputs.home.settings.refresh.keep_generations

    series: list[pl.DataFrame] = []  # that an overlay judges

    def complete(connection: duckdb.DuckDBPyConnection) -> None:
        progress("judging what changed", 0, 1)
        store_ratios(connection, inputs)
        store_signals(connection, inputs, *series)
        progress("judging what changed", 1, 1)

    if changes is None or previous is None:
        return publish(
            inputs.home.path,
            lambda connection: build_full(connection, inputs, progress),
            manifest,
            keep=keep,
            ask=asking(inputs, progress),
            complete=complete,
        )
    manifest["rewritten"] = int(previous.manifest.get("rewritten", 0)) + changes.height
    return publish_overlay(
        inputs.home.path,
        previous,
        lambda overlay, before: series.append(build_incremental(overlay, before, previous, inputs, changes, progress)),
        manifest,
        keep=keep,
        ask=asking(inputs, progress),
        complete=complete,
    )
