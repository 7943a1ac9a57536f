"""The ledger under faults: two people at once, many processes making it, a writer killed at any instant."""

import multiprocessing
import random
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from metrics.alerts.actions import Person, acknowledged
from metrics.alerts.episode import Episode
from metrics.errors import UserError
from metrics.ledger import Ledger
from metrics.ledger.lives import act, episodes, events, write
from tests.ledger.databases import ledger, postgres, url
from tests.ledger.made import AT, FIRING, event

__all__ = ["ledger", "postgres", "url"]

ALERTS = 24
MAKERS = 4
KILLS = 6
SEED = 20260701
PROCESSES = multiprocessing.get_context("forkserver")
# Only libraries: importing the package itself starts Polars' threads, and a process forked from such a one can hang.
PROCESSES.set_forkserver_preload(["polars", "duckdb", "pyarrow", "pydantic", "sqlalchemy", "psycopg"])


def numbered(number: int) -> Episode:
    return replace(FIRING, alert_id=f"alert{number:03}", fingerprint=f"f{number}")


def started(target: Callable[..., None], *args: Any) -> Any:
    process = PROCESSES.Process(target=target, args=args)
    process.start()
    return process


def acknowledge_all(url: sa.URL, name: str, together: Barrier, answer: Connection) -> None:
    """Acknowledge alert after alert, each at the moment at which the other does; say who has each after it."""
    mine = Ledger(url)
    stood = {}
    for number in range(ALERTS):
        alert = numbered(number).alert_id
        together.wait()
        after = act(mine, alert, lambda now: acknowledged(now, Person(name, verified=False), AT, note=f"by {name}"))
        stood[alert] = after.acked_by
    answer.send(stood)


def test_two_people_acknowledge_at_once_and_nothing_is_lost(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        write(connection, [numbered(number) for number in range(ALERTS)], [])
    together, pipes = PROCESSES.Barrier(2), {name: PROCESSES.Pipe() for name in ("Ann", "Ben")}
    running = [started(acknowledge_all, ledger.url, name, together, theirs) for name, (_, theirs) in pipes.items()]
    answers = {name: mine.recv() for name, (mine, _) in pipes.items()}
    for process in running:
        process.join()
    log = events(ledger)
    first: dict[str, str] = {}
    for alert, person in log.select("alert_id", "actor").iter_rows():
        first.setdefault(alert, person)
    stands = dict(episodes(ledger).select("alert_id", "acked_by").iter_rows())
    assert log.height == 2 * ALERTS, "both acts are in the history of every alert"
    assert log.group_by("alert_id", "actor").len().height == 2 * ALERTS
    assert stands == first, "the first one stands"
    assert answers["Ann"] == answers["Ben"] == first, "and both were told so"


def write_one(url: sa.URL, number: int, together: Barrier) -> None:
    mine = Ledger(url)
    together.wait()
    with mine.writing() as connection:
        write(connection, [numbered(number)], [event(f"k{number}")])


def test_many_processes_make_the_ledger_at_once(ledger: Ledger) -> None:
    together = PROCESSES.Barrier(MAKERS)
    running = [started(write_one, ledger.url, number, together) for number in range(MAKERS)]
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * MAKERS
    assert (episodes(ledger).height, events(ledger).height) == (MAKERS, MAKERS)
    assert ledger.file is None or not list(ledger.file.parent.glob(".ledger*")), "no draft is left"


def write_on_and_on(url: sa.URL, first: int, ready: Connection) -> None:
    mine = Ledger(url)
    ready.send("about to write")
    for number in range(first, first + 10_000):
        with mine.writing() as connection:
            write(connection, [numbered(number)], [event(f"opened {number}"), event(f"fired {number}")])
        ready.send(number)


def test_a_writer_killed_at_any_instant_leaves_all_of_a_write_or_nothing(ledger: Ledger) -> None:
    chance = random.Random(SEED)
    written = 0
    for turn in range(KILLS):
        mine, theirs = PROCESSES.Pipe()
        process = started(write_on_and_on, ledger.url, turn * 10_000, theirs)
        mine.recv()
        time.sleep(chance.uniform(0.02, 0.3))
        process.kill()
        process.join()
        theirs.close()
        told = said_by(mine)
        there = episodes(ledger).height
        assert written + told <= there <= written + told + 1, "what was told written is there; at most one more is"
        assert events(ledger).height == 2 * there
        written = there
    assert written > KILLS, "too little was written to prove anything"


def said_by(pipe: Connection) -> int:
    """How many messages the process left behind."""
    count = 0
    try:
        while pipe.poll():
            pipe.recv()
            count += 1
    except EOFError:
        pass
    return count


def test_a_writer_that_holds_on_too_long_is_told_of(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    with ledger.writing() as connection:
        write(connection, [FIRING], [])
    impatient = Ledger(ledger.url.update_query_dict({"timeout": "0.2"} if ledger.file else {"application_name": "second"}))
    monkeypatch.setattr("metrics.ledger.engines.BUSY_SECONDS", 0.2)
    with (
        ledger.writing(),
        pytest.raises(UserError, match="another process has been writing to it for too long"),
        impatient.writing(),
    ):
        pass
