"""Notifying, killed in the middle: before it sent, after the receiver took the message, after that was written down."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from metrics.home import Home, create_home
from metrics.ledger import open_ledger
from metrics.ledger.outbox import deliveries, delivery_attempts
from metrics.notify import deliver
from metrics.notify.delivering import LEASE
from tests.ledger.databases import postgres, url
from tests.notify.posting import NOW, addressed, later, posted
from tests.notify.receiving import Receiver, receiver

__all__ = ["postgres", "url"]

ROOT = Path(__file__).parents[2]
# Delivers, and kills itself with -9 when it calls the function named, after so many calls.
SENDER = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from metrics.home import open_home
from metrics.notify import deliver, delivering

home, now, name, calls = sys.argv[1:]
left = int(calls)

def killed(*_):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return original(*_)

original = getattr(delivering, name)
setattr(delivering, name, killed)
deliver(open_home(Path(home)), datetime.fromisoformat(now), send=delivering.send_now if name != "send_now" else killed)
"""


@pytest.fixture
def home(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIMELY_LEDGER", url)
    return create_home(tmp_path / "home")


@pytest.fixture
def inbox() -> Iterator[Receiver]:
    with receiver() as state:
        yield state


def killed_at(home: Home, function: str, after: int = 0) -> None:
    """Deliver in a process of its own, which dies as it calls the function for the first time, or after so many calls."""
    words = [sys.executable, "-c", SENDER, str(home.path), NOW.isoformat(), function, str(after)]
    ended = subprocess.run(words, cwd=ROOT, env=dict(os.environ), check=False)
    assert ended.returncode == -signal.SIGKILL


# where it died -> how often the message had arrived then, and in the end; what the log says of the attempts in the end
DEATHS = {
    "attempt_begun": (0, 1, ["sent"]),  # claimed, and no more
    "send_now": (0, 1, ["unsure", "sent"]),  # an attempt open, nothing sent: nobody can know that
    "attempt_ended": (1, 2, ["unsure", "sent"]),  # taken, not written down: sent again under its id
    "settled": (1, 1, ["sent"]),  # taken and written down: never again
}


@pytest.mark.parametrize("function", DEATHS)
def test_a_sender_that_dies_leaves_the_message_to_the_next(home: Home, inbox: Receiver, function: str) -> None:
    arrived, in_the_end, log = DEATHS[function]
    home = addressed(home, Outpatients=[inbox.address()])
    (message,) = posted(home, "k1")
    killed_at(home, function)
    assert len(inbox.received) == arrived
    assert deliver(home, later(seconds=LEASE.total_seconds() - 30)).sent == 0, "its lease still holds"
    report = deliver(home, later(seconds=LEASE.total_seconds() + 30))
    assert (report.sent, report.unsure) == (1, log.count("unsure"))
    assert len(inbox.received) == in_the_end
    assert all(f"Message {message}" in body for body in inbox.bodies)
    assert ["before" in body for body in inbox.bodies] == ([False] * arrived + ["unsure" in log] * (in_the_end - arrived))
    assert delivery_attempts(open_ledger(home))["outcome"].to_list() == log
    assert deliver(home, later(days=9)).sent == 0
    assert deliveries(open_ledger(home))["state"].to_list() == ["sent"]


def test_of_many_messages_only_the_one_in_hand_waits_for_its_lease(home: Home, inbox: Receiver) -> None:
    home = addressed(home, Outpatients=[inbox.address()])
    posted(home, *(f"k{number}" for number in range(5)))
    killed_at(home, "attempt_ended", after=2)
    assert len(inbox.received) == 3
    assert deliver(home, later(seconds=1)).sent == 2
    assert deliver(home, later(days=1)).sent == 1
    assert len(inbox.received) == 6
    assert len(set(inbox.bodies)) == 6, "the repeat says that it is one"
    assert len({subject for _, subject, _ in inbox.received}) == 5
