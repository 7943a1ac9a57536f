"""Delivery: every recipient once, failures tried again, nothing told of what was not issued."""

from datetime import timedelta

from metrics.home import Home
from metrics.notify.addresses import Address
from metrics.snapshot.delivery import send
from metrics.snapshot.editions import edition_of
from tests.snapshot.homes import NEWEST, NOW


def test_it_is_sent_once_and_a_failure_is_tried_again(home: Home) -> None:
    home.settings.notify.to["Board"] = ["json://127.0.0.1:1/board"]
    edition = edition_of(home.path, NEWEST, "board")
    told: list[str] = []

    def refusing(address: Address, subject: str, body: str) -> str | None:
        return "the receiver answered 503"

    def taking(address: Address, subject: str, body: str) -> str | None:
        told.append(body)
        return None

    failed = send(home, edition, NOW, deliver_by=refusing)
    assert not failed.passed and failed.states == {"Board": "waiting"} and "503" in failed.problems[0]
    assert send(home, edition, NOW + timedelta(hours=1), deliver_by=taking).passed
    assert send(home, edition, NOW + timedelta(hours=2), deliver_by=taking).states == {"Board": "sent"}
    assert len(told) == 1 and edition.seal() in told[0] and "What changed:" in told[0]


def test_without_an_address_it_waits_and_says_so(home: Home) -> None:
    report = send(home, edition_of(home.path, NEWEST, "board"), NOW)
    assert report.states == {"Board": "waiting"} and "'Board' has no address" in report.problems[0]
