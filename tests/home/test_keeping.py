"""A home is read again when one of its files was written, and only then."""

import os
from pathlib import Path

import pytest

from metrics.errors import UserError
from metrics.home import create_home, current_home, keeping


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(keeping, "SETTLED", 0)
    return create_home(tmp_path / "home").path


def test_it_is_the_same_until_a_file_is_written(home: Path) -> None:
    first = current_home(home)
    assert current_home(home) is first
    (home / "timely.toml").write_text('title = "Saint Elsewhere"\n')
    second = current_home(home)
    assert second.settings.title == "Saint Elsewhere" and current_home(home) is second
    (home / "feeds.toml").write_text('[[feed]]\nname = "adt"\nkind = "mllp"\nport = 2575\n')
    assert [feed.name for feed in current_home(home).feeds] == ["adt"]
    (home / "feeds.toml").unlink()
    assert current_home(home).feeds == ()


def test_a_file_of_the_same_size_and_time_is_seen(home: Path) -> None:
    settings = home / "timely.toml"
    settings.write_text('title = "One"\n')
    times = settings.stat()
    assert current_home(home).settings.title == "One"
    settings.write_text('title = "Two"\n')
    os.utime(settings, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert current_home(home).settings.title == "Two"


def test_a_home_with_a_mistake_is_told_each_time_and_mended_at_once(home: Path) -> None:
    current_home(home)
    (home / "timely.toml").write_text("titel = 1\n")
    for _ in range(2):
        with pytest.raises(UserError, match="titel"):
            current_home(home)
    (home / "timely.toml").write_text("")
    assert current_home(home).path == home


def test_what_was_written_this_instant_may_be_written_again_and_is_not_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "SETTLED", 3_600_000_000_000)
    assert current_home(home) is not current_home(home)
