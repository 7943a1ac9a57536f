"""A home to watch, and raw files of a simulated provider to put into its inbox."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from metrics.home import Home, create_home
from metrics.simulate import simulate

SOURCES = ("complaints_desk", "ehr_appointments", "survey_vendor")
NOW = datetime(2026, 11, 24, 6)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return create_home(tmp_path / "home")


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw files of a small provider, a folder a source: a few sources, to be quick."""
    folder = tmp_path_factory.mktemp("exports")
    simulate(folder / "all", scale=0.01, until=NOW)
    for source in SOURCES:
        shutil.copytree(folder / "all" / source, folder / "some" / source)
    return folder / "some"
