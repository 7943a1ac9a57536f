"""The looks, and the drains beside them, in a process of their own that stands back for pages and for live messages.

A process, since threads that stand back would not do. Of Python one thread runs at a time: one that stands back, and is kept from
the processor while it has the turn, keeps whoever answers live messages waiting, too. And the threads that Polars and DuckDB work
with are one set for the whole process, each as polite as whoever happened to ask first.
"""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

from metrics.home.replay import now_of
from metrics.priority import stand_back_apart
from metrics.watch.draining import Draining
from metrics.watch.looking import Look, Watcher, look

STANDS_BACK = 10  # Unix niceness: on a full machine the looks keep a ninth of a share, so that no backlog waits for ever
POLL = 0.1  # seconds between two looks at whether it is to stop
AGAIN = 5.0  # seconds until looks that ended by themselves begin again: what ended them may pass


class Apart:
    """Looks again and again in another process, from entering the block until `looks` is told to stop."""

    def __init__(self, path: Path, every: float, drain_every: float) -> None:
        """every, drain_every: seconds between two looks, and between two drains."""
        self.path, self.every, self.drain_every = path, every, drain_every

    def __enter__(self) -> "Apart":
        self._begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Where `looks` came to its end there is nothing left to end."""
        self._pipe.close()
        self.process.join()

    def looks(self, stopped: Event) -> Iterator[Look]:
        """Each look as it ends, until `stopped` is set, the one that runs then included. What ends the process is told, and it
        begins again."""
        asked = False
        while True:
            if stopped.is_set() and not asked:
                asked = True
                with suppress(OSError):
                    self._pipe.send("stop")
            try:
                if self._pipe.poll(POLL):
                    yield self._pipe.recv()
            except (EOFError, OSError):
                if asked:
                    return
                yield self._ended()
                if stopped.wait(AGAIN):
                    return
                self._begin()

    def _begin(self) -> None:
        context = multiprocessing.get_context("spawn")  # a forked one would share locks that threads of this one hold
        self._pipe, theirs = context.Pipe()
        self.process = context.Process(target=look_on, args=(self.path, self.every, self.drain_every, theirs), name="looks")
        self.process.start()
        theirs.close()

    def _ended(self) -> Look:
        self._pipe.close()
        self.process.join()
        why = f"The looks ended by themselves (exit code {self.process.exitcode}); they begin again in {AGAIN:.0f} seconds."
        return Look(now_of(self.path), problems=[why])


def look_on(path: Path, every: float, drain_every: float, pipe: Connection) -> None:
    """What the process does: look after look, each told through the pipe, until it is asked to stop."""
    for name in (signal.SIGINT, signal.SIGTERM):  # whoever stops all processes of a service at once: it ends when the watcher says
        signal.signal(name, signal.SIG_IGN)
    stand_back_apart(STANDS_BACK)
    stopped = Event()
    Thread(target=heed, args=(pipe, stopped), daemon=True).start()
    with Draining(path, timedelta(seconds=drain_every), lambda: now_of(path)) as draining:
        watcher = Watcher(draining=draining)
        while not stopped.is_set():
            with suppress(OSError):  # nobody is there: `heed` ends this
                pipe.send(look(path, watcher, now_of(path)))
            stopped.wait(every)
    os._exit(0)  # all is whole and told; the engines would only print what of theirs is left, while `heed` still listens


def heed(pipe: Connection, stopped: Event) -> None:
    """Stop when asked. When whoever asks is gone, end at once, as by kill -9: two watchers of a home would wait for each other."""
    with suppress(EOFError, OSError):
        while pipe.recv():
            stopped.set()
    os._exit(1)
