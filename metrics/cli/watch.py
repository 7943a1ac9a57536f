"""timely watch: follow what comes in."""

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from metrics.cli.application import home_path
from metrics.cli.printing import say

if TYPE_CHECKING:  # for the types alone: a command imports what it runs when it runs
    from metrics.watch import Look

LOOKS_ONCE = 2  # a file is complete when two looks find it the same


def watch(
    context: typer.Context,
    every: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds between two looks.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Take what is complete now, then stop; as from cron.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print each look that did something as a line of JSON.")] = False,
) -> None:
    """Follow the inbox: take each complete file, refresh, move the alerts, send what is due. Ctrl-C stops it after its look.

    Put files into inbox/SOURCE/ of the home. A file that was taken stands in done/ there, a bad one in bad/ with the reason. With
    --once the exit code is 1 when something failed.
    """
    home, stopped = home_path(context), Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    if not as_json:
        say(f"watching {home / 'inbox'}; Ctrl-C stops it")
    failed, told = False, [""]
    for report in looks(home, every, stopped, LOOKS_ONCE if once else None):
        failed = failed or report.failed
        news = [sentence for sentence in report.sentences() if sentence not in told]  # a problem that lasts is told once
        told = report.sentences()
        if news and as_json:
            print(json.dumps(report.to_dict(), default=str), flush=True)
        elif news:
            say("\n".join(news))
    if once and failed:
        raise typer.Exit(1)


def looks(home: Path, every: float, stopped: Event, most: int | None) -> Iterator["Look"]:
    """Look after look until it is stopped, or `most` of them."""
    from metrics.watch import Watcher, look

    watcher = Watcher()
    for number in count(1):
        yield look(home, watcher, datetime.now(UTC).replace(tzinfo=None))
        if number == most or stopped.wait(every):
            return
