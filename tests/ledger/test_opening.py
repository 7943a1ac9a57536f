"""Opening a ledger: where it is, what is told when it is not as it should be, and that no secret is."""

import sqlite3
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from metrics.errors import UserError
from metrics.home import create_home, open_home
from metrics.ledger import Ledger, open_ledger
from metrics.ledger.engines import engine_for, ledger_url, place_of
from metrics.ledger.lives import episodes, write
from metrics.ledger.tables import LEDGER_VERSION, METADATA, VERSION
from tests.ledger.made import FIRING


def filled(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        write(connection, [FIRING], [])


def in_file(path: Path) -> Ledger:
    return Ledger(ledger_url(path, "", {}))


def refusal(ledger: Ledger) -> str:
    with pytest.raises(UserError) as refused:
        episodes(ledger)
    return str(refused.value)


def test_a_home_keeps_its_ledger_in_a_file_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIMELY_LEDGER", raising=False)
    home = create_home(tmp_path / "home")
    assert episodes(open_ledger(home)).is_empty()
    assert not (home.path / "ledger.sqlite").exists()
    filled(open_ledger(home))
    assert episodes(open_ledger(open_home(home.path))).height == 1
    assert sorted(path.name for path in home.path.glob("*ledger*")) == ["ledger.sqlite"], "no draft is left"
    with sqlite3.connect(home.path / "ledger.sqlite") as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)


def test_the_environment_goes_before_the_setting_and_both_before_the_file(tmp_path: Path) -> None:
    secret = {"PW": "p@ss"}
    setting = "postgresql://timely:${PW}@db.example:5433/timely"
    url = ledger_url(tmp_path, setting, secret)
    assert (url.drivername, url.host, url.port, url.password) == ("postgresql+psycopg", "db.example", 5433, "p@ss")
    assert place_of(url) == "db.example/timely"
    assert ledger_url(tmp_path, setting, {**secret, "TIMELY_LEDGER": f"sqlite:///{tmp_path}/x"}).database == f"{tmp_path}/x"
    assert ledger_url(tmp_path, "", {}).database == str(tmp_path / "ledger.sqlite")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("postgresql://timely:${PW}@db.example/timely", "${PW} is not set"),
        ("mysql://root:secret@db.example/timely", "begins with 'mysql'"),
        ("sqlite://", "begins with 'sqlite'"),
        ("secret", "is not one"),
        ("postgresql://u:secret@db.example:port/x", "is not one"),
    ],
)
def test_a_url_that_cannot_be_one_is_told_without_its_secret(tmp_path: Path, setting: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        ledger_url(tmp_path, setting, {})
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_server_that_does_not_answer_is_told_without_its_secret(tmp_path: Path) -> None:
    said = refusal(Ledger(ledger_url(tmp_path, "postgresql://ann:secret@127.0.0.1:1/timely?connect_timeout=2", {})))
    assert "127.0.0.1/timely: it cannot be reached" in said
    assert "secret" not in said


@pytest.mark.parametrize("content", [b"not a database, but a text that is long enough to be taken for one." * 20, b"\0" * 4096])
def test_a_file_that_is_no_ledger_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(content)
    said = refusal(in_file(tmp_path))
    assert f"the ledger {tmp_path}/ledger.sqlite: it is damaged" in said
    assert "backup" in said
    with pytest.raises(UserError, match="damaged"):
        filled(in_file(tmp_path))
    assert (tmp_path / "ledger.sqlite").read_bytes() == content, "nothing is written over it"


def test_a_page_that_was_torn_is_told(tmp_path: Path) -> None:
    filled(in_file(tmp_path))
    path = tmp_path / "ledger.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert "it is damaged" in refusal(in_file(tmp_path))


def test_a_value_that_is_no_instant_is_told(tmp_path: Path) -> None:
    filled(in_file(tmp_path))
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute("update alert_instance set opened_at = 'yesterday'")
    assert "it is damaged (Invalid isoformat string: 'yesterday')" in refusal(in_file(tmp_path))


def test_an_empty_file_is_a_ledger_that_nothing_was_written_to(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").touch()
    assert episodes(in_file(tmp_path)).is_empty()
    filled(in_file(tmp_path))
    assert episodes(in_file(tmp_path)).height == 1


def test_a_ledger_of_another_version_is_left_alone(ledger: Ledger) -> None:
    filled(ledger)
    with ledger.writing() as connection:
        connection.execute(LEDGER_VERSION.update().values(version=VERSION + 1))
    again = Ledger(ledger.url)
    assert f"has version {VERSION + 1}; this program knows version {VERSION}" in refusal(again)
    with pytest.raises(UserError, match="has version"):
        filled(again)


def test_every_table_is_made_with_the_first_word_written(ledger: Ledger) -> None:
    filled(ledger)
    assert set(sa.inspect(engine_for(ledger.url)).get_table_names()) == set(METADATA.tables)


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere/ledger\.sqlite: it cannot be opened"):
        filled(in_file(tmp_path / "nowhere"))


def test_postgres_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UserError, match=r"pip install 'timely-care\[postgres\]'"):
        episodes(Ledger(ledger_url(tmp_path, "postgresql://ann@no-library.example/timely", {})))
