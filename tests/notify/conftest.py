"""A home of which the ledger lives in either database, and a server that receives."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from metrics.home import Home, create_home
from tests.ledger.databases import postgres, url
from tests.notify.receiving import Receiver, receiver

__all__ = ["home", "inbox", "postgres", "url"]


@pytest.fixture
def home(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TIMELY_LEDGER", url)
    return create_home(tmp_path / "home")


@pytest.fixture
def inbox() -> Iterator[Receiver]:
    with receiver() as state:
        yield state
