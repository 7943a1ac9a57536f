"""The same guard at the other doors: what the page runs, and what the API serves from a file that somebody put in queries/."""

from pathlib import Path

import pytest

from metrics.home import Home
from metrics.ledger import open_ledger
from metrics.suppression import POLICIES, publishable_answer
from metrics.suppression.answers import ROWS_OF_ONE
from metrics.warehouse import current
from metrics.workbench.history import history
from metrics.workbench.running import Running, UnansweredError
from tests.api.asgi import get
from tests.hostile.test_query_guard import HARMLESS, STATEMENTS, filled
from tests.workbench.conftest import home_with_an_overlay

KEPT = ("warehouse", "lake", "key", "sites.csv", "timely.toml")  # everything of a home but what records who asked


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    settings = "seconds = 2\nrows = 1000\nmemory_mb = 128\n[suppression]\npolicy = 'off'"  # of rows of one patient, too
    return home_with_an_overlay(tmp_path_factory.mktemp("doors") / "home", settings)


def bytes_of(home: Home) -> dict[Path, bytes]:
    files = (path for path in home.path.rglob("*") if path.is_file() and path.relative_to(home.path).parts[0] in KEPT)
    return {path: path.read_bytes() for path in files}


def from_a_file(home: Home, sql: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, bytes]:
    monkeypatch.setenv("TIMELY_HOME", str(home.path))
    monkeypatch.delenv("TIMELY_API_TOKENS", raising=False)
    home.queries.mkdir(exist_ok=True)
    (home.queries / "typed.sql").write_text(f"-- title: Typed\n{sql}\n", encoding="utf-8", errors="replace")
    got = get("/api/query/typed.json")
    return got.status, got.body


def test_every_hostile_statement_is_refused_by_the_page_and_the_api(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bytes_of(home)
    for _, statement in STATEMENTS:
        sql = filled(home, statement)
        with pytest.raises(UnansweredError) as refused:
            Running(home, current(home.path), sql, {}, "mallory").start().result(30)
        assert refused.value.outcome in ("refused", "failed", "stopped"), sql
        status, body = from_a_file(home, sql, monkeypatch)
        assert 400 <= status < 500, sql
        assert body.startswith(b'{"problems":["'), sql
        assert bytes_of(home) == before, sql


def test_every_harmless_statement_passes_at_both(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bytes_of(home)
    for statement in HARMLESS:
        sql = statement.strip()
        frame = Running(home, current(home.path), sql, {}, "ann").start().result(30).frame
        assert frame.width > 0
        assert ROWS_OF_ONE & set(frame.columns) or publishable_answer(frame, POLICIES["nhs"]).height == frame.height, sql
        is_a_question = not sql.startswith("explain")  # a plan is looked at on the page; a saved question has rows
        assert from_a_file(home, sql, monkeypatch)[0] == (200 if is_a_question else 400), sql
    assert bytes_of(home) == before


def test_every_attempt_is_in_the_log(home: Home) -> None:
    with pytest.raises(UnansweredError):
        Running(home, current(home.path), "drop table sites", {}, "eve").start().result(30)
    assert history(open_ledger(home), "eve").row(0, named=True)["outcome"] == "refused"
