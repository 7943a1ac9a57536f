"""Running for a person: in turn, stoppable, alone with its memory, and written down."""

import os
from pathlib import Path
from threading import Event, Thread, get_native_id

import pytest

from metrics.home import Home
from metrics.ledger import Ledger, open_ledger
from metrics.priority import as_it_takes_long, own_clock, stand_back
from metrics.warehouse import Limits, current
from metrics.workbench.history import history
from metrics.workbench.running import SLOW, Running, UnansweredError, run
from metrics.workbench.turns import Turns
from tests.workbench.conftest import home_with_an_overlay

ENDLESS = "select count(*) from range(1000000) a, range(1000000) b where a.range <> b.range"


@pytest.fixture
def own(tmp_path: Path) -> Home:
    return home_with_an_overlay(tmp_path / "home", "seconds = 20\nrows = 7\nmemory_mb = 128")


def running(home: Home, sql: str, person: str = "ann", **more: object) -> Running:
    return Running(home, current(home.path), sql, {}, person, **more)  # type: ignore[arg-type]


def outcome(query: Running) -> str:
    with pytest.raises(UnansweredError) as unanswered:
        query.result(10)
    assert len(unanswered.value.problems) == 1
    return unanswered.value.outcome


def begun(query: Running) -> None:
    for _ in range(1000):
        if query._interrupt:
            return
        Event().wait(0.01)
    raise AssertionError("it never began")


def test_an_answer_and_every_other_outcome_stand_in_the_log(own: Home) -> None:
    answer = run(own, current(own.path), "select $n::int as n from range(9)", {"n": 5}, "ann", name="mine", door="api")
    assert (answer.frame["n"].to_list(), answer.truncated) == ([5] * 7, True)
    assert outcome(running(own, "drop table sites").start()) == "refused"
    assert outcome(running(own, "select nope from sites").start()) == "failed"
    assert outcome(running(own, "select $site").start()) == "failed"
    assert outcome(running(own, ENDLESS, limits=Limits(0.2, 7, 128, 1)).start()) == "stopped"
    assert outcome(running(own, "select list(range) from range(100000000)", "ben").start()) == "stopped"
    assert outcome(running(own, "select 'a\0b\ud800'", "ben").start()) == "refused"
    log = history(open_ledger(own), None)
    assert log["outcome"].to_list() == ["refused", "stopped", "stopped", "failed", "failed", "refused", "answered"]
    first = log.row(-1, named=True)
    assert (first["person"], first["name"], first["door"], first["params"]) == ("ann", "mine", "api", '{"n": 5}')
    assert (first["rows"], first["truncated"], first["problem"]) == (7, True, None)
    assert 0 < first["seconds"] < 20
    assert log["problem"].null_count() == 1
    assert history(open_ledger(own), "ben")["outcome"].to_list() == ["refused", "stopped"]
    assert history(open_ledger(own), "nobody else").is_empty()


def test_a_running_query_is_cancelled_from_another_thread(own: Home) -> None:
    query = running(own, ENDLESS).start()
    begun(query)
    assert not query.done
    Thread(target=query.cancel).start()
    assert outcome(query) == "cancelled"
    assert history(open_ledger(own), "ann")["outcome"].to_list() == ["cancelled"]


def test_a_query_that_is_cancelled_before_it_begins_never_runs(own: Home) -> None:
    query = running(own, ENDLESS)
    query.cancel()
    assert outcome(query.start()) == "cancelled"


def test_cancelling_what_is_done_changes_nothing(own: Home) -> None:
    query = running(own, "select 1 as one").start()
    assert query.result(10).frame.item() == 1
    query.cancel()
    assert query.result().frame.item() == 1


def test_a_third_query_of_one_person_waits_and_is_told_and_others_are_not_held_up(own: Home) -> None:
    turns = Turns(each=2, all=3, quick=3, wait=0.3)
    bombs = [running(own, ENDLESS, turns=turns).start() for _ in range(2)]
    for bomb in bombs:
        begun(bomb)
    third = running(own, "select 1", turns=turns).start()
    with pytest.raises(UnansweredError, match="2 of your queries are still running"):
        third.result(10)
    assert running(own, "select 1 as one", "ben", turns=turns).start().result(10).frame.item() == 1
    other = running(own, ENDLESS, "ben", turns=turns).start()
    begun(other)
    with pytest.raises(UnansweredError, match="3 queries are running already"):
        running(own, "select 1", "cat", turns=turns).start().result(10)
    for query in (*bombs, other):
        query.cancel()
        assert outcome(query) == "cancelled"
    assert running(own, "select 1 as one", "cat", turns=turns).start().result(10).frame.item() == 1


def test_a_query_that_waits_runs_when_its_turn_comes(own: Home) -> None:
    turns = Turns(each=1, wait=10)
    first = running(own, ENDLESS, turns=turns).start()
    begun(first)
    second = running(own, "select 1 as one", turns=turns).start()
    assert not second.done
    first.cancel()
    assert second.result(10).frame.item() == 1


def test_what_turns_out_slow_holds_up_no_quick_one_but_still_counts_as_its_person_s(own: Home) -> None:
    turns = Turns(each=1, quick=1, wait=10)
    slow = running(own, ENDLESS, turns=turns).start()
    begun(slow)
    assert running(own, "select 1 as one", "ben", turns=turns).start().result(10).frame.item() == 1
    assert not slow.done
    turns.wait = 0
    assert outcome(running(own, "select 1", turns=turns).start()) == "busy"
    slow.cancel()
    assert outcome(slow) == "cancelled"


def test_what_waits_can_be_cancelled(own: Home) -> None:
    turns = Turns(each=1, wait=10)
    first = running(own, ENDLESS, turns=turns).start()
    begun(first)
    second = running(own, ENDLESS, turns=turns).start()
    second.cancel()
    assert outcome(second) == "cancelled"
    first.cancel()
    assert outcome(first) == "cancelled"


def test_one_person_s_memory_is_nobody_else_s(own: Home) -> None:
    """Two who together ask for more than one engine may have: each has one of its own, and the small one is answered."""
    large = running(own, "select count(*) from (select list(range) from range(3000000) group by range % 900000)", "ann").start()
    small = [run(own, current(own.path), "select median(door_to_provider_wait) from facts_visits", person="ben") for _ in range(3)]
    assert all(result.frame.height == 1 for result in small)
    large.cancel()
    assert large._done.wait(10)


def test_without_a_log_there_is_no_answer(own: Home) -> None:
    (own.path / "ledger.sqlite").write_bytes(b"not a ledger, and not empty either" * 100)
    with pytest.raises(Exception, match="ledger"):
        run(own, current(own.path), "select 1", person="ann")


def test_the_log_is_kept_in_either_database(ledger: Ledger, own: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.workbench.running.open_ledger", lambda home: ledger)
    run(own, current(own.path), "select 1", person="ann")
    assert outcome(running(own, "select 'x\0'").start()) == "refused"
    log = history(ledger, "ann")
    assert log["outcome"].to_list() == ["refused", "answered"]
    assert log["started_at"].is_sorted(descending=True)


@pytest.mark.parametrize(("busy", "niceness"), [(True, SLOW), (False, None)], ids=["had its processor", "waited for it"])
def test_who_has_had_much_of_the_processor_stands_back_and_who_only_waited_does_not(busy: bool, niceness: int | None) -> None:
    was = os.getpriority(os.PRIO_PROCESS, get_native_id())
    told: list[int] = []

    def work() -> None:
        thread, ended = get_native_id(), Event()
        watch = Thread(target=as_it_takes_long, args=(own_clock(), ended, [(0.3, lambda: stand_back(thread, SLOW))]))
        watch.start()
        while busy and watch.is_alive():
            sum(range(1000))
        watch.join(1.0)
        told.append(os.getpriority(os.PRIO_PROCESS, thread))
        ended.set()
        watch.join()

    one = Thread(target=work)
    one.start()
    one.join()
    assert told == [was if niceness is None else niceness]
