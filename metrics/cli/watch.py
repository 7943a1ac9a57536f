"""timely watch: follow what comes in."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from metrics.cli.application import home_path
from metrics.cli.printing import say

if TYPE_CHECKING:  # for the types alone: a command imports what it runs when it runs
    from metrics.listen import Listener
    from metrics.watch import Look

LOOKS_ONCE = 2  # a file is complete when two looks find it the same


def watch(
    context: typer.Context,
    every: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds between two looks.")] = 2.0,
    drain_every: Annotated[
        float, typer.Option(min=0, max=86400, help="Seconds between two drains of messages into the lake.")
    ] = 300.0,
    once: Annotated[bool, typer.Option("--once", help="Take what is complete now, then stop; as from cron.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print each look that did something as a line of JSON.")] = False,
    mllp: Annotated[int | None, typer.Option(min=1, max=65535, help="Listen on this port for HL7 v2 messages (MLLP).")] = None,
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 takes messages from other machines.")] = "127.0.0.1",
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate (PEM): messages come over TLS only.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="The key of the certificate (PEM).")] = None,
) -> None:
    """Follow the inbox and the feeds of feeds.toml: take what is complete, refresh, move alerts, send what is due. Ctrl-C stops it.

    Put files into inbox/SOURCE/ of the home. A file that was taken stands in done/ there, a bad one in bad/ with the reason. With
    --once the exit code is 1 when something failed.
    """
    from metrics.listen import Renewing

    home, stopped = home_path(context), Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    if not as_json:
        say(f"watching {home / 'inbox'}; Ctrl-C stops it")
    failed, told = False, [""]
    listening = listeners(home, mllp, host, tls_cert, tls_key)
    readings = Renewing(home, listening)
    for report in looks(home, every, stopped, LOOKS_ONCE if once else None, drain_every):
        readings.renew()
        failed = failed or report.failed
        tell_news(report, told, as_json)
        told = report.sentences()
    for one in listening:
        one.close()
    if once and failed:
        raise typer.Exit(1)


def tell_news(report: "Look", told: list[str], as_json: bool) -> None:
    """What the look before did not tell: a problem that lasts is told once."""
    news = [sentence for sentence in report.sentences() if sentence not in told]
    if news and as_json:
        print(json.dumps(report.to_dict(), default=str), flush=True)
    elif news:
        say("\n".join(news))


def listeners(path: Path, port: int | None, host: str, certificate: Path | None, key: Path | None) -> "list[Listener]":
    """Those of the feeds that feeds.toml names, and the one that was asked for; what they acknowledge is in the home's journal."""
    from metrics.errors import UserError
    from metrics.home import open_home
    from metrics.home.replay import now_of
    from metrics.journal import opened
    from metrics.listen import Listener, listeners_of, reading_of, tls_context

    if (certificate is None) != (key is None):
        raise UserError("--tls-cert and --tls-key belong together: name both, or neither.")
    home = open_home(path)
    if port is None and not any(feed.live for feed in home.feeds):
        return []
    tls = tls_context(certificate, key) if certificate is not None and key is not None else None
    asked = [Listener(opened(path), reading_of(home), host, port, tls, lambda: now_of(path))] if port is not None else []
    return [*asked, *listeners_of(home, opened(path))]


def looks(home: Path, every: float, stopped: Event, most: int | None, drain_every: float) -> Iterator["Look"]:
    """Look after look until it is stopped, in a process of its own that stands back; or `most` of them, here."""
    from metrics.home.replay import now_of
    from metrics.watch import Apart, Watcher, look

    if most is None:
        with Apart(home, every, drain_every) as apart:
            yield from apart.looks(stopped)
        return
    watcher = Watcher()
    for number in range(most):
        yield look(home, watcher, now_of(home))
        if number == most - 1 or stopped.wait(every):
            return
