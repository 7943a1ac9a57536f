"""Connecting: SQLite in a file of the home, or Postgres by its URL."""

import os
import re
import sqlite3
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from metrics.errors import UserError

FILE = "ledger.sqlite"  # inside the home
VARIABLE = "TIMELY_LEDGER"  # the environment's word against that of timely.toml
BUSY_SECONDS = 30  # how long one writer waits for another; a whole evaluation takes a few seconds
WRITING = "timely_writing"  # the execution option that asks for the right to write from the start
# Any number will do, so long as every writer uses this one: a Postgres transaction that holds it is the only writer.
ONLY_WRITER = 7_419_302_616
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg",
           "postgresql+psycopg": "postgresql+psycopg"}  # fmt: skip
NAMED = re.compile(r"\$\{(\w+)\}")


def ledger_url(home: Path, setting: str, environment: Mapping[str, str] = os.environ) -> sa.URL:
    """The URL of the home's ledger: of $TIMELY_LEDGER, else of the setting, else of ledger.sqlite in the home.

    Raises UserError when the URL is not one, or names a database that is neither SQLite nor Postgres. No password is told.
    """
    text = filled(environment.get(VARIABLE) or setting, environment, "timely.toml: ledger.url")
    if not text:
        return sa.URL.create("sqlite", database=str(home / FILE))
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise UserError(
            f"the ledger's URL (${VARIABLE}, else ledger.url in timely.toml) is not one; write it as postgresql://user@host/database"
        ) from None
    if url.drivername not in DRIVERS or (url.drivername == "sqlite" and not url.database):
        raise UserError(
            f"the ledger's URL begins with {url.drivername!r}; it may begin with postgresql://, or with sqlite:/// and a file"
        )
    return url.set(drivername=DRIVERS[url.drivername])


def filled(text: str, environment: Mapping[str, str], where: str) -> str:
    """The address with every ${NAME} read from the environment; inside an address, a value is written as addresses need it
    (a password may hold @ or /). Raises UserError with the names that are not set, never with the address."""
    unset = sorted({name for name in NAMED.findall(text) if name not in environment})
    if unset:
        raise UserError(*(f"{where}: ${{{name}}} is not set. Set it in the environment: export {name}=..." for name in unset))
    if NAMED.fullmatch(text):
        return environment[text[2:-1]]
    return NAMED.sub(lambda found: quote(environment[found[1]], safe=""), text)


def place_of(url: sa.URL) -> str:
    """The ledger as a message may name it: a file, or host and database; never a user, a password or an option."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"{url.host or 'on this machine'}/{url.database or ''}"


@cache
def engine_for(url: sa.URL) -> sa.Engine:
    """This process's engine for the URL. SQLite opens its file for each transaction; Postgres keeps connections."""
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
        sa.event.listen(engine, "connect", _sqlite_connected)
        sa.event.listen(engine, "begin", _sqlite_begun)
        return engine
    try:
        engine = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as missing:
        raise UserError(f"a ledger in Postgres needs the library {missing.name}: pip install 'timely-care[postgres]'") from None
    sa.event.listen(engine, "begin", _postgres_begun)
    return engine


def _sqlite_connected(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy begins and ends transactions, not Python's driver
    connection.execute("pragma synchronous = full")  # what was committed is on the disk, also after a power cut


def _sqlite_begun(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("begin immediate" if writing else "begin")


def _postgres_begun(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(WRITING, False):
        connection.exec_driver_sql(f"set local lock_timeout = '{BUSY_SECONDS}s'")
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({ONLY_WRITER})")
