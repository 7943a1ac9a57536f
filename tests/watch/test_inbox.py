"""The inbox: a file is taken when it is whole, once, and a bad one says why and stops no other."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from metrics import lake
from metrics.home import Home
from metrics.warehouse import current, current_or_none
from metrics.watch import Look, Watcher, inbox, look
from tests.watch.conftest import NOW

SOURCE = "complaints_desk"
Give = Callable[..., Path]


@pytest.fixture
def give(home: Home, exports: Path) -> Give:
    """Puts an export into the inbox under a name."""

    def given(name: str = "cases.csv", text: str | None = None, source: str = SOURCE) -> Path:
        folder = home.path / "inbox" / source
        folder.mkdir(parents=True, exist_ok=True)
        if text is None:
            shutil.copy(next((exports / SOURCE).iterdir()), folder / name)
        else:
            (folder / name).write_text(text)
        return folder / name

    return given


def looked(home: Home, watcher: Watcher, times: int = 1) -> Look:
    for number in range(times):
        report = look(home.path, watcher, NOW + timedelta(seconds=number))
    return report


def test_a_file_is_taken_at_the_second_look_that_finds_it_the_same(home: Home, give: Give) -> None:
    file, watcher = give(), Watcher()
    first = looked(home, watcher)
    assert (first.taken, first.waiting, first.generation, first.problems) == ([], 1, None, [])
    second = looked(home, watcher)
    assert [one.file for one in second.taken] == ["cases.csv"]
    assert second.taken[0].rows > 0
    assert second.generation == current(home.path).name
    assert not file.exists()
    assert [path.name for path in (file.parent / "done").iterdir()] == ["20261124T060000-cases.csv"]
    assert looked(home, watcher).taken == []


def test_a_file_that_still_grows_waits(home: Home, give: Give) -> None:
    file, watcher = give(), Watcher()
    for _ in range(3):
        assert looked(home, watcher).taken == []
        with file.open("a") as handle:
            handle.write("\n")
    assert file.exists()


@pytest.mark.parametrize("name", [".cases.csv", "cases.csv.part", "cases.CSV.TMP", "cases.filepart"])
def test_a_file_under_the_name_of_an_unfinished_one_is_left_alone(home: Home, give: Give, name: str) -> None:
    file = give(name)
    assert looked(home, Watcher(), times=3).waiting == 0
    assert file.exists()


def test_a_bad_file_stands_aside_with_the_reason_and_stops_no_other(home: Home, give: Give) -> None:
    bad, good, watcher = give("a.csv", "nothing,like,it\n1,2,3\n"), give("b.csv"), Watcher()
    report = looked(home, watcher, times=2)
    assert [bool(one.problems) for one in report.taken] == [True, False]
    assert report.generation, "the good one is counted"
    kept = sorted(path.name for path in (bad.parent / "bad").iterdir())
    assert kept == ["20261124T060001-a.csv", "20261124T060001-a.csv.why.txt"]
    assert "case" in (bad.parent / "bad" / kept[1]).read_text()
    assert not good.exists()


def test_a_folder_that_names_no_source_is_told_and_its_files_wait(home: Home, give: Give) -> None:
    file = give(source="complaint_desk", text="x\n1\n")
    report = looked(home, Watcher(), times=2)
    assert report.problems[0].startswith("inbox/complaint_desk: ")
    assert "Did you mean complaints_desk?" in report.problems[0]
    assert file.exists()


def test_a_crash_after_the_lake_has_it_takes_it_again_and_changes_nothing(
    home: Home, give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, watcher = give(), Watcher()

    def died(*_: object) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(inbox, "moved_to", died)
        looked(home, watcher, times=2)
    head = lake.head(home.lake)
    assert file.exists() and head.sequence == 1
    report = looked(home, Watcher(), times=2)
    assert [one.file for one in report.taken] == ["cases.csv"]
    assert lake.head(home.lake).versions == head.versions, "every row was there"


def test_a_lake_that_cannot_be_written_leaves_the_file_for_later(home: Home, give: Give) -> None:
    file, watcher = give(), Watcher()
    looked(home, watcher)
    home.lake.mkdir(exist_ok=True)
    (home.lake / "HEAD.json").write_text("torn")
    report = looked(home, watcher)
    assert any("damaged" in problem for problem in report.problems)
    assert file.exists(), "the fault is not the file's"
    (home.lake / "HEAD.json").unlink()
    assert [one.file for one in looked(home, watcher).taken] == ["cases.csv"]


def test_two_files_of_one_name_are_both_kept(home: Home, give: Give) -> None:
    watcher = Watcher()
    for _ in range(2):
        file = give()
        os.utime(file, (1, 1))
        look(home.path, watcher, NOW)
        assert look(home.path, watcher, NOW).taken
    assert sorted(path.name for path in (file.parent / "done").iterdir()) == [
        "20261124T060000-2-cases.csv",
        "20261124T060000-cases.csv",
    ]


def test_what_an_edit_broke_is_told_and_the_watch_goes_on(home: Home, give: Give) -> None:
    give()
    text = (home.path / "timely.toml").read_text()
    watcher = Watcher()
    (home.path / "timely.toml").write_text("titel = 1\n")
    assert "titel" in looked(home, watcher, times=2).problems[0]
    assert current_or_none(home.path) is None
    (home.path / "timely.toml").write_text(text)
    assert looked(home, watcher, times=2).taken
