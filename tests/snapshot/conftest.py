"""A home made once, and copied for whoever changes it."""

import shutil
from pathlib import Path

import pytest

from metrics.home import Home, open_home
from metrics.snapshot.making import make
from tests.snapshot.homes import NOW, home_of_weeks


@pytest.fixture(scope="session")
def issued_once(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home of which the newest week was issued for the board. Nobody changes it."""
    home = home_of_weeks(tmp_path_factory.mktemp("snapshots") / "home")
    make(home, NOW)
    return home


@pytest.fixture
def home(issued_once: Home, tmp_path: Path) -> Home:
    """A copy to change."""
    shutil.copytree(issued_once.path, tmp_path / "home", symlinks=True)
    return open_home(tmp_path / "home")
