"""The ledger: a handle on its database, and the two ways to use it: to read what is so, and to write all or nothing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import get_ident
from typing import Any

import polars as pl
import sqlalchemy as sa

from metrics.durable import sync
from metrics.errors import UserError
from metrics.home import Home
from metrics.ledger.engines import WRITING, engine_for, ledger_url, place_of
from metrics.ledger.failures import damaged, sentence_of, told
from metrics.ledger.tables import LEDGER_VERSION, METADATA, VERSION, checked_version, schema_of


def open_ledger(home: Home) -> "Ledger":
    """The ledger of the home. Nothing is made until something is written: a home without one reads as empty.

    Raises UserError when its URL is wrong. A ledger that is damaged or cannot be reached says so when it is read.
    """
    return Ledger(ledger_url(home.path, home.settings.ledger.url))


@dataclass
class Ledger:
    """One ledger. Threads and processes may share the database; each takes a connection of its own."""

    url: sa.URL
    made: bool = field(default=False, init=False)  # whether the tables were seen; they never go again
    complete: bool = field(default=False, init=False)  # whether all of them were

    @property
    def place(self) -> str:
        return place_of(self.url)

    @property
    def file(self) -> Path | None:
        """SQLite's file; None for a server."""
        return Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection | None]:
        """A connection whose every read sees the same moment; None where nothing has been written yet."""
        if self.file is not None and not self.file.exists():
            yield None
            return
        with told(self.place, self.file is not None), self._connected() as connection, connection.begin():
            yield connection if self._is_made(connection) else None

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction: all of it stays, or nothing. Writers go one after the other, so what one read first still holds.

        The tables are made if there are none. Raises UserError when the database cannot be written, or not in time.
        """
        with told(self.place, self.file is not None):
            if self.file is not None and not self.file.exists():
                make_file(self.file)
            with self._connected(**{WRITING: True}) as connection, connection.begin():
                if not self._is_made(connection):
                    make_tables(connection)
                elif not self.complete:
                    METADATA.create_all(connection)  # a ledger of before some table was thought of gains it, empty
                self.complete = True
                yield connection

    def frame(self, query: sa.Select[Any]) -> pl.DataFrame:
        """The query's rows; none where there is no ledger yet."""
        with self.reading() as connection:
            return frame_of(connection, query)

    def _connected(self, **options: Any) -> sa.Connection:
        connection = engine_for(self.url).connect().execution_options(**options)
        if self.file is None and WRITING not in options:
            return connection.execution_options(isolation_level="REPEATABLE READ")
        return connection

    def _is_made(self, connection: sa.Connection) -> bool:
        """Whether the tables are there. Raises UserError when they are of a version that this program does not know."""
        if not self.made and sa.inspect(connection).has_table(LEDGER_VERSION.name):
            checked_version(connection.scalars(sa.select(LEDGER_VERSION.c.version)).one(), self.place)
            self.made = True
        return self.made


def frame_of(connection: sa.Connection | None, query: sa.Select[Any]) -> pl.DataFrame:
    """The query's rows with the types that the tables declare; none without a connection."""
    schema = schema_of(query)
    if connection is None:
        return pl.DataFrame(schema=schema)
    try:
        rows = connection.execute(query).fetchall()
    except ValueError as problem:  # SQLite holds any text where a date should be
        raise UserError(f"the ledger {place_of(connection.engine.url)}: {damaged(str(problem))}") from None
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")


def make_tables(connection: sa.Connection) -> None:
    METADATA.create_all(connection)
    connection.execute(LEDGER_VERSION.insert().values(version=VERSION))


def make_file(path: Path) -> None:
    """A new SQLite file with its tables, there whole or not at all; none where another process was first."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}")
    try:
        with closing(sqlite3.connect(draft)) as connection:
            connection.execute("pragma journal_mode = wal")  # kept in the file: readers and a writer do not wait for each other
        engine = sa.create_engine(sa.URL.create("sqlite", database=str(draft)), poolclass=sa.NullPool)
        with engine.begin() as connection:
            make_tables(connection)
        sync(draft)
        with suppress(FileExistsError):
            os.link(draft, path)
        sync(path.parent)
    except (OSError, sqlite3.Error) as problem:
        raise UserError(f"the ledger {path}: {sentence_of(str(problem), is_file=True)}") from None
    finally:
        for litter in (draft, Path(f"{draft}-wal"), Path(f"{draft}-shm")):
            litter.unlink(missing_ok=True)
