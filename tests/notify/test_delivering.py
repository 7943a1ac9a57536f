"""Delivering to a real server: once, again after a failure, to the address that lacks it, never with a secret told."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from metrics.home import Home
from metrics.ledger import open_ledger
from metrics.ledger.lives import events
from metrics.ledger.outbox import deliveries, delivery_attempts, send_again
from metrics.notify import deliver
from metrics.notify.delivering import ATTEMPTS, LONGEST_PAUSE, pause_after
from tests.notify.posting import NOW, OWNER, addressed, later, posted
from tests.notify.receiving import Receiver

SECRET = "hunter2/@"


def test_nothing_to_send_is_nothing_sent(home: Home) -> None:
    report = deliver(home, NOW)
    assert (report.sent, report.problems, report.passed) == (0, [], True)


def test_a_message_arrives_once_with_its_id(home: Home, inbox: Receiver) -> None:
    home = addressed(home, Outpatients=[inbox.address()])
    (message,) = posted(home, "k1")
    assert deliver(home, NOW).sent == 1
    assert inbox.received == [("/in", "Subject k1", f"Body k1\n\nMessage {message}")]
    assert deliver(home, later(days=1)).sent == 0
    posted(home, "k1")
    assert deliver(home, later(days=2)).sent == 0, "the same key queued again is the same message"
    assert len(inbox.received) == 1
    (row,) = deliveries(open_ledger(home)).rows(named=True)
    assert (row["state"], row["attempts"], row["problem"], row["lease_until"]) == ("sent", 1, None, None)
    assert events(open_ledger(home)).select("type", "actor").rows() == [("notified", "system")]


def test_a_failure_is_tried_again_later_and_later_and_then_given_up(home: Home, inbox: Receiver) -> None:
    home = addressed(home, Outpatients=[inbox.address()])
    posted(home, "k1")
    inbox.answers = {"/in": 503}
    now = NOW
    for attempt in range(1, ATTEMPTS + 1):
        report = deliver(home, now)
        assert (report.failed, report.given_up) == ((1, 0) if attempt < ATTEMPTS else (0, 1))
        assert not report.passed
        pause = pause_after(attempt)
        assert deliver(home, now + pause - timedelta(seconds=1)).failed == 0, "not before its time"
        now += pause + timedelta(seconds=1)
    assert len(inbox.received) == ATTEMPTS
    assert deliver(home, now + LONGEST_PAUSE * 9).sent == 0
    (row,) = deliveries(open_ledger(home)).rows(named=True)
    assert (row["state"], row["problem"]) == ("given_up", "json://127.0.0.1: the receiver answered 503")
    assert events(open_ledger(home))["type"].to_list() == ["notify_failed"] * ATTEMPTS
    assert "you may have had it before" not in inbox.bodies[0]
    assert all("you may have had it before" in body for body in inbox.bodies[1:])
    inbox.answers = {}
    assert send_again(open_ledger(home), now) == 1
    assert deliver(home, now).sent == 1


def test_only_the_address_that_lacks_the_message_gets_it_again(home: Home, inbox: Receiver) -> None:
    home = addressed(home, Outpatients=[inbox.address("good"), inbox.address("bad")])
    posted(home, "k1")
    inbox.answers = {"/bad": 500}
    assert deliver(home, NOW).failed == 1
    inbox.answers = {}
    assert deliver(home, later(hours=1)).sent == 1
    assert [path for path, _, _ in inbox.received] == ["/good", "/bad", "/bad"]
    assert delivery_attempts(open_ledger(home))["outcome"].to_list() == ["sent", "failed", "sent"]


def test_one_owner_s_failure_holds_up_no_other(home: Home, inbox: Receiver) -> None:
    home = addressed(home, Outpatients=["json://127.0.0.1:1/closed"], everybody=[inbox.address("all")])
    posted(home, "k1", "k2")
    posted(home, "k3", owner="Somebody else")
    report = deliver(home, NOW)
    assert (report.sent, report.failed) == (1, 2)
    assert inbox.received[0][1] == "Subject k3"
    assert "json://127.0.0.1: the receiver could not be reached" in deliveries(open_ledger(home))["problem"].to_list()


def test_an_owner_without_an_address_is_told_and_the_message_waits(home: Home, inbox: Receiver) -> None:
    posted(home, "k1")
    report = deliver(home, NOW)
    assert report.problems == ["'Outpatients' has no address. Name one in timely.toml under [notify], to, or one for '*'."]
    assert not report.passed
    assert deliver(addressed(home, Outpatients=[inbox.address()]), later(days=30)).sent == 1


def test_a_dry_run_says_what_would_be_sent_and_changes_nothing(home: Home, inbox: Receiver) -> None:
    home = addressed(
        home, Outpatients=[inbox.address("in", "ann:hunter2@"), "slack://T0000000A/B0000000B/cccccccccccccccccccccccc"]
    )
    (message,) = posted(home, "k1")
    before = deliveries(open_ledger(home))
    report = deliver(home, NOW, dry_run=True)
    assert report.would_send == [
        {
            "message_id": message,
            "owner": OWNER,
            "to": ["json://127.0.0.1", "slack://..."],
            "subject": "Subject k1",
            "body": "Body k1",
        }
    ]
    assert "hunter2" not in repr(report)
    assert inbox.received == []
    assert deliveries(open_ledger(home)).equals(before)
    assert delivery_attempts(open_ledger(home)).is_empty()


def test_a_secret_of_the_environment_reaches_the_receiver_and_nothing_else(
    home: Home,
    inbox: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)
    home = addressed(home, Outpatients=[inbox.address("${PATH_SECRET}")], everybody=["nosuch://${PATH_SECRET}"])
    posted(home, "k1")
    unset = deliver(home, NOW)
    assert unset.problems == [
        "timely.toml: notify.to: address 1 of 'Outpatients': ${PATH_SECRET} is not set. Set it in the environment: export "
        "PATH_SECRET=..."
    ]
    monkeypatch.setenv("PATH_SECRET", SECRET)
    posted(home, "k2", owner="Somebody else")
    report = deliver(home, later(hours=1))
    assert report.sent == 1
    assert report.problems[0].startswith("timely.toml: notify.to: address 1 of '*' is not one that apprise knows.")
    assert inbox.received[0][0] == "/hunter2%2F@"
    inbox.answers = {"/hunter2%2F@": 500}
    posted(home, "k3")
    deliver(home, later(hours=2))
    log = "".join(map(str, deliveries(open_ledger(home)).rows() + delivery_attempts(open_ledger(home)).rows()))
    said = repr(report) + log + caplog.text + "".join(capfd.readouterr())
    assert "hunter2" not in said
    assert "127.0.0.1" in log


def test_senders_at_the_same_time_send_each_message_once(home: Home, inbox: Receiver) -> None:
    home = addressed(home, Outpatients=[inbox.address()])
    keys = [f"k{number}" for number in range(12)]
    posted(home, *keys)
    with ThreadPoolExecutor(4) as senders:
        reports = list(senders.map(lambda _: deliver(home, NOW), range(4)))
    assert sum(report.sent for report in reports) == len(keys)
    assert sorted(subject for _, subject, _ in inbox.received) == sorted(f"Subject {key}" for key in keys)


def test_a_sender_whose_lease_ran_out_sends_no_more(home: Home, inbox: Receiver) -> None:
    home = addressed(home, Outpatients=[inbox.address("first"), inbox.address("second")])
    posted(home, "k1")

    def slow(address: object, _subject: str, _body: str) -> None:
        if not inbox.received:  # while the first address takes its time, the lease ends and another sender takes over
            inbox.received.append(("slow", "", ""))
            assert deliver(home, later(hours=1)).sent == 1

    report = deliver(home, NOW, send=slow)  # type: ignore[arg-type]
    assert (report.sent, report.failed) == (0, 0)
    assert [path for path, _, _ in inbox.received] == ["slow", "/first", "/second"]
    assert delivery_attempts(open_ledger(home))["outcome"].to_list() == ["sent", "sent", "sent"]
    assert deliveries(open_ledger(home))["state"].to_list() == ["sent"]
