"""Progress on whatever takes more than a moment: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Report = Callable[[str, int, int | None], None]  # label, done, of how many (None where not known)


@contextmanager
def progress_shown(quiet: bool = False) -> Iterator[Report]:
    """A function to call with a label, how much is done and of how much. Written to stderr."""
    if quiet:
        yield lambda label, done, total: None
    elif sys.stderr.isatty():
        with _bar() as bar:
            yield _moving(bar)
    else:
        yield _lines()


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _moving(bar: Progress) -> Report:
    tasks: dict[str, int] = {}

    def report(label: str, done: int, total: int | None) -> None:
        task = tasks.setdefault(label, -1)
        if task < 0:
            task = tasks[label] = bar.add_task(label, total=total)
        bar.update(task, completed=done, total=total)  # type: ignore[arg-type]

    return report


def _lines() -> Report:
    said: set[str] = set()

    def report(label: str, done: int, total: int | None) -> None:
        if label not in said:
            said.add(label)
            print(f"{label} ...", file=sys.stderr, flush=True)

    return report
