"""The journal's tables, and a connection to them."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = "journal", "journal.sqlite"  # inside the home
BUSY_SECONDS = 30  # how long one writer waits for another; a transaction here takes milliseconds
OWNER_ONLY = 0o600  # raw messages hold names

TABLES = """
create table if not exists messages (
    number integer primary key autoincrement,
    feed text not null, format text not null, control_id text, digest text not null,
    received_at integer not null, event_at integer, problems text, raw blob
);
create unique index if not exists messages_once on messages (feed, control_id) where control_id is not null;
create index if not exists messages_by_digest on messages (feed, digest);
create index if not exists messages_by_age on messages (received_at);
create index if not exists messages_bad on messages (number) where problems is not null;
create table if not exists changes (
    number integer primary key autoincrement,
    message integer, "table" text not null, key text not null, event_at integer not null, kind text not null, undoes text,
    told text not null, cleared text not null, received_at integer not null, drained integer not null default 0
);
create index if not exists changes_of_case on changes ("table", key);
create index if not exists changes_by_age on changes (received_at);
create index if not exists changes_to_drain on changes (number) where drained = 0;
create table if not exists merges (
    number integer primary key autoincrement,
    message integer not null, old text not null, new text not null, event_at integer not null, drained integer not null default 0
);
create table if not exists cases ("table" text not null, key text not null, primary key ("table", key)) without rowid;
create table if not exists feeds (
    feed text primary key, format text not null, received integer not null, bad integer not null,
    last_received_at integer not null, last_event_at integer, last_error text, last_error_at integer
) without rowid;
create table if not exists spoken (
    "table" text not null, site_id text not null, feed text not null, event_at integer not null, received_at integer not null,
    primary key ("table", site_id, feed)
) without rowid;
"""
"""Instants are microseconds since 1970, UTC. cases: those of which the lake was asked what it knew before the first message.
feeds: what was ever received, though old messages go. spoken: the newest change that each feed told of a table and a site ('' where
it named none)."""


def connection(path: Path) -> sqlite3.Connection:
    """A connection to the journal's file, made when it is not there, open to its owner alone.

    What was committed is on the disk, also after a power cut: every commit waits for it. Deleted messages are overwritten.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A file that is there is not opened here: to close it again would give up the locks that this process's other connections hold
    # on it, and another process that believes it is the last would then take the write-ahead log from under them.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    # Any thread: each keeps to its own, or to its turn.
    made = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    made.execute("pragma journal_mode = wal")
    made.execute("pragma synchronous = full")
    made.execute("pragma secure_delete = on")
    made.executescript(TABLES)
    return made
