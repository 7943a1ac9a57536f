"""Saving: whole, never over what somebody else changed, committed in the person's name; and the difference to what is saved."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from metrics.errors import UserError
from metrics.home import Home
from metrics.workbench.questions import BUILT_IN, questions
from metrics.workbench.saving import diff, save, saved_text
from tests.workbench.conftest import home_with_an_overlay

TEXT = "-- title: Mine\nselect 1 as one\n"


@pytest.fixture
def own(tmp_path: Path) -> Home:
    return home_with_an_overlay(tmp_path / "home")


def refusal(*asked: object, **more: object) -> tuple[str, ...]:
    with pytest.raises(UserError) as refused:
        save(*asked, **more)  # type: ignore[arg-type]
    return refused.value.problems


def test_a_new_question_is_saved_and_found(own: Home) -> None:
    path = save(own, "mine", "-- title: Mine\r\nselect 1 as one\r\n\r\n", "Ann")
    assert path == own.queries / "mine.sql"
    assert path.read_text() == TEXT
    assert questions(own).questions["mine"].title == "Mine"
    assert [file.name for file in own.queries.iterdir()] == ["mine.sql"]


def test_a_file_that_changed_since_is_not_overwritten(own: Home) -> None:
    path = save(own, "mine", TEXT, "Ann")
    assert "there is a question of that name already" in refusal(own, "mine", TEXT + "-- x", "Ben")[0]
    path.write_text(TEXT + "-- by hand\n")
    assert "it changed on disk since you opened it" in refusal(own, "mine", TEXT + "-- x", "Ben", was=TEXT)[0]
    assert path.read_text() == TEXT + "-- by hand\n"
    save(own, "mine", TEXT + "-- x", "Ben", was=TEXT + "-- by hand\n")
    assert path.read_text() == TEXT + "-- x\n"


def test_of_many_who_save_at_once_one_wins_and_the_others_are_told(own: Home) -> None:
    save(own, "mine", TEXT, "Ann")

    def tried(number: int) -> bool:
        try:
            save(own, "mine", f"{TEXT}-- {number}", "Ann", was=TEXT)
        except UserError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tried, range(8))) == 1


@pytest.mark.parametrize("name", ["../x", "X", "", "a b", "a/b", ".x", "x.sql", "a" * 64, "ä", "-x", "x\n"])
def test_a_name_that_is_no_file_s_is_refused(own: Home, name: str) -> None:
    assert "cannot be a question's name" in refusal(own, name, TEXT, "Ann")[0]
    assert not list(own.path.rglob("*.sql"))


def test_every_mistake_is_told_and_nothing_written(own: Home) -> None:
    told = refusal(own, "mine", "-- titel: X\n-- reviewed: soon\ndrop table sites", "Ann", commit=True)
    words = ["Refused: only a single SELECT", "unknown header 'titel'", "is in no git repository"]
    assert all(any(word in problem for problem in told) for word in words)
    assert not (own.queries / "mine.sql").exists()


def test_a_commit_holds_the_one_file_and_the_person_s_name(own: Home) -> None:
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(own.path), *words], capture_output=True, text=True, check=True).stdout

    git("init", "-q")
    (own.path / "other.txt").write_text("not mine")
    git("add", "-f", "other.txt")
    save(own, "mine", TEXT, "Ann <script> O'Hara\n--exec", commit=True)
    assert git("log", "-1", "--format=%an|%s").strip() == "Ann  script  O'Hara --exec|Save the question mine"
    assert git("show", "--name-only", "--format=").split() == ["queries/mine.sql"]
    save(own, "mine", TEXT + "-- 2", "ann@example.org", commit=True, was=TEXT)
    assert git("log", "-1", "--format=%ae").strip() == "ann@example.org"
    save(own, "mine", TEXT + "-- 2", "ann@example.org", commit=True, was=TEXT + "-- 2")
    assert git("rev-list", "--count", "HEAD").strip() == "2", "nothing to commit is no mistake"
    (own.path / ".gitignore").write_text("queries/\n")
    told = refusal(own, "new", TEXT, "Ann", commit=True)
    assert told[0].startswith("queries/new.sql is saved, but was not committed: ")
    assert (own.queries / "new.sql").exists()


def test_a_folder_that_cannot_be_written_is_told(own: Home) -> None:
    own.queries.write_text("a file in the folder's place")
    assert "cannot be written" in refusal(own, "mine", TEXT, "Ann")[0]


def test_the_difference_is_to_the_home_s_file_or_the_shipped_one(own: Home) -> None:
    shipped = (BUILT_IN / "trend.sql").read_text()
    assert diff(own, "trend", shipped) == ""
    changed = diff(own, "trend", shipped.replace("order by period_start", "order by 1"))
    assert "--- queries/trend.sql" in changed
    assert "\n-order by period_start\n+order by 1" in changed
    assert diff(own, "nowhere", "select 1").splitlines()[-1] == "+select 1"
    save(own, "trend", TEXT, "Ann")
    assert diff(own, "trend", TEXT) == ""
    assert saved_text(own, "trend") == TEXT
    assert saved_text(own, "../../etc/passwd") is None
