"""Homes of the simulated provider, each made once in a run of the tests whichever worker asks first, and copied to whoever asks."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from metrics.demo import ingest_raw
from metrics.home import Home, create_home, open_home
from metrics.refresh import refresh
from metrics.simulate import simulate

SMALLEST = 0.01  # scale: some 25,000 events in two years
DONE = "made"


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


def provider_home(factory: pytest.TempPathFactory, until: datetime, scale: float = SMALLEST, refreshed: bool = True) -> Home:
    """A copy, for the asker alone, of the provider's home whose data end at `until`, refreshed then or only ingested."""
    whole = provider_as_made(factory, f"{until:%Y-%m-%d-%H-%M}", until, scale, refreshed)
    copy = factory.mktemp("copy") / "data"
    return open_home(shutil.copytree(whole, copy))


def provider_as_made(factory: pytest.TempPathFactory, name: str, until: datetime, scale: float, refreshed: bool) -> Path:
    """The home of that name that all workers share: to be read, never written."""
    ingested = _once(factory, f"{name}-{scale}", lambda home: _ingested(home, until, scale))
    if not refreshed:
        return ingested
    return _once(factory, f"{name}-{scale}-refreshed", lambda home: _refreshed(home, ingested, until))


def _ingested(path: Path, until: datetime, scale: float) -> None:
    home = create_home(path)
    simulate(home.raw, scale=scale, seed=1, until=until, progress=quiet)
    ingest_raw(home, quiet)


def _refreshed(path: Path, ingested: Path, until: datetime) -> None:
    refresh(open_home(shutil.copytree(ingested, path)), until, progress=quiet)


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """What `make` makes at the path that it is given, made by the first who asks; the others wait for it."""
    folder = run_folder(factory) / f"provider-{name}"
    with locked(folder.with_suffix(".lock")):
        if not (folder / DONE).exists():
            shutil.rmtree(folder, ignore_errors=True)  # the one who began it failed
            make(folder / "data")
            (folder / DONE).touch()
    return folder / "data"


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of one run share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
