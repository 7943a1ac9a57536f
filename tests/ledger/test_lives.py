"""Episodes and events: read as they were written, written once, found by the beginning of their id."""

import json
from dataclasses import asdict, replace

import pytest

from metrics.alerts.episode import Episode, Event
from metrics.errors import UserError
from metrics.ledger import Ledger
from metrics.ledger.lives import act, episodes, events, full_id, newest_episodes, write
from tests.ledger.made import AT, FIRING, episode, event, later


def put(ledger: Ledger, *changed: Episode, happened: tuple[Event, ...] = ()) -> None:
    with ledger.writing() as connection:
        write(connection, changed, happened)


def test_without_a_ledger_there_are_no_alerts(ledger: Ledger) -> None:
    assert episodes(ledger).is_empty()
    assert events(ledger).is_empty()
    with ledger.reading() as connection:
        assert newest_episodes(connection) == {}


def test_an_episode_is_read_as_it_was_written(ledger: Ledger) -> None:
    full = episode(snoozed_until=later(days=2), cause="staffing", told_at=AT, told="firing", service_id="ed", flap_count=2)
    put(ledger, full)
    assert episodes(ledger).rows(named=True) == [asdict(full)]
    with ledger.reading() as connection:
        assert newest_episodes(connection) == {"f1": full}


def test_an_episode_takes_the_place_of_itself(ledger: Ledger) -> None:
    put(ledger, FIRING, episode(alert_id="other", fingerprint="f2"))
    put(ledger, episode(state="resolved", ended_at=later(days=7)))
    assert sorted(episodes(ledger)["state"].to_list()) == ["firing", "resolved"]
    assert episodes(ledger, active=True)["alert_id"].to_list() == ["other"]


def test_of_each_place_the_open_episode_counts_or_else_the_last(ledger: Ledger) -> None:
    put(
        ledger,
        episode(alert_id="ended_late", state="resolved", moment=later(days=9)),
        episode(alert_id="open", moment=later(days=8)),
        episode(alert_id="first", fingerprint="f2", state="expired"),
        episode(alert_id="second", fingerprint="f2", state="resolved", moment=later(days=1)),
    )
    with ledger.reading() as connection:
        assert {place: found.alert_id for place, found in newest_episodes(connection).items()} == {"f1": "open", "f2": "second"}


def test_an_event_told_twice_is_written_once(ledger: Ledger) -> None:
    put(ledger, FIRING, happened=(event("k1", payload={"b": 1, "a": "é"}), event("k2", actor="Ann", verified=False)))
    put(ledger, happened=(event("k2", actor="Ben"), event("k3")))
    written = events(ledger, FIRING.alert_id)
    assert written["idempotency_key"].to_list() == ["k1", "k2", "k3"]
    assert written.select("actor", "verified").rows() == [("system", True), ("Ann", False), ("system", True)]
    assert json.loads(written["payload"][0]) == {"a": "é", "b": 1}
    assert events(ledger, "none").is_empty()


def test_an_act_sees_the_episode_as_it_is_and_is_written_down(ledger: Ledger) -> None:
    put(ledger, FIRING)
    after = act(ledger, FIRING.alert_id, lambda now: (replace(now, owner="ED"), event("assign", type="assigned", actor="Ann")))
    assert after == episode(owner="ED")
    assert episodes(ledger)["owner"].to_list() == ["ED"]
    assert events(ledger)["type"].to_list() == ["assigned"]
    with pytest.raises(UserError, match="there is no alert 'nothing'"):
        act(ledger, "nothing", lambda now: (now, event("k")))


def test_an_act_that_is_refused_leaves_nothing(ledger: Ledger) -> None:
    put(ledger, FIRING)

    def refused(_now: Episode) -> tuple[Episode, Event]:
        raise UserError("no")

    with pytest.raises(UserError, match="no"):
        act(ledger, FIRING.alert_id, refused)
    assert episodes(ledger)["owner"].to_list() == ["Outpatients"]
    assert events(ledger).is_empty()


def test_a_write_that_fails_half_way_leaves_nothing(ledger: Ledger) -> None:
    put(ledger, FIRING)
    with pytest.raises(RuntimeError), ledger.writing() as connection:
        write(connection, [episode(owner="ED")], [event("k1")])
        raise RuntimeError
    assert episodes(ledger)["owner"].to_list() == ["Outpatients"]
    assert events(ledger).is_empty()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("a1b2", "a1b2c3d4e5f60718"),
        ("a1b2c3d4e5f60718", "a1b2c3d4e5f60718"),
        ("a1", "begins the ids of 1 alerts; give 4 characters"),
        ("b", "begins the ids of 2 alerts"),
        ("a1b2c3d4e5f60719", "Did you mean a1b2c3d4e5f60718?"),
        ("%", "there is no alert '%'"),
    ],
)
def test_the_beginning_of_an_id_is_enough_where_it_says_which(ledger: Ledger, given: str, said: str) -> None:
    put(ledger, FIRING, episode(alert_id="b0000000", fingerprint="f2"), episode(alert_id="b0000001", fingerprint="f3"))
    if said == FIRING.alert_id:
        assert full_id(ledger, given) == said
        return
    with pytest.raises(UserError) as refused:
        full_id(ledger, given)
    assert said in str(refused.value)
