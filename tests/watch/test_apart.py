"""The looks run in a process of their own: it stands back, it comes back when it is killed, it goes when nobody is there."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from metrics import lake
from metrics.home import Home
from metrics.home.replay import now_of
from metrics.journal import opened
from metrics.listen import reading_of
from metrics.listen.mllp import answers
from metrics.watch import Apart, apart
from tests.faults.test_watcher_faults import free_port, message, started

PATIENCE = 120  # seconds that a loaded machine may need


def until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < end, f"not within {PATIENCE} seconds"
        time.sleep(0.05)


def niceness(process: int) -> set[int]:
    """Of each of its threads."""
    return {os.getpriority(os.PRIO_PROCESS, int(thread)) for thread in os.listdir(f"/proc/{process}/task")}


def stat(process: int) -> list[str]:
    """State, parent and so on; nothing where there is no such process."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def children(process: int) -> set[int]:
    every = (int(folder.name) for folder in Path("/proc").glob("[0-9]*"))
    return {one for one in every if stat(one)[1:2] == [str(process)]}


def is_there(process: int) -> bool:
    """A process that ended and that nobody has asked after yet is not."""
    return stat(process)[:1] not in ([], ["Z"])


def test_every_thread_that_drains_and_refreshes_stands_back_and_what_is_killed_begins_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "AGAIN", 0.01)
    assert b"MSA|AA|" in answers([message(1)], opened(home.path), reading_of(home), now_of(home.path))[0]
    stopped = Event()
    with Apart(home.path, 0.1, 0.0) as looking:
        looks = looking.looks(stopped)
        while next(looks).generation is None:
            pass
        assert lake.scan(home.lake, "visits").collect().height == 1
        assert niceness(looking.process.pid or 0) == {apart.STANDS_BACK}
        assert niceness(os.getpid()) == {os.getpriority(os.PRIO_PROCESS, 0)}, "whoever listens does not"
        killed = looking.process.pid or 0
        os.kill(killed, signal.SIGKILL)
        ended = next(one for one in looks if one.problems)
        assert "ended by themselves (exit code -9)" in ended.problems[0]
        assert not next(looks).problems and looking.process.pid != killed
        stopped.set()
        assert all(not one.problems for one in looks)
        looking.process.join()
        assert looking.process.exitcode == 0
    assert not is_there(looking.process.pid or 0)


def test_nobody_looks_on_when_the_watcher_is_killed(home: Home) -> None:
    watcher = started(home.path, free_port())
    try:
        until(lambda: len(children(watcher.pid)) > 0 and (home.path / "watch.json").exists())
        looking = children(watcher.pid)
        assert any(niceness(one) == {apart.STANDS_BACK} for one in looking)
    finally:
        watcher.kill()
        watcher.wait()
    until(lambda: not any(map(is_there, looking)))


def test_a_watcher_that_is_asked_to_end_ends_with_all_that_it_began(home: Home) -> None:
    watcher = started(home.path, free_port())
    until((home.path / "watch.json").exists)
    looking = children(watcher.pid)
    for process in (*looking, watcher.pid):  # as who stops a service does
        os.kill(process, signal.SIGTERM)
    assert watcher.wait(PATIENCE) == 0 and looking
    until(lambda: not any(map(is_there, looking)))
