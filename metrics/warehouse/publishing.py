"""Publishing: build under a temporary name, audit, sync, rename, then move the pointer. Any failure changes nothing."""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
import polars as pl

from metrics.durable import sync, write_whole
from metrics.errors import UserError
from metrics.warehouse.audit import audit, row_counts
from metrics.warehouse.generation import FOLDER, POINTER, Generation, generation_of, name_in_force, names_in, number_in
from metrics.warehouse.manifest import Manifest, file_sha256, identity, manifest_text
from metrics.warehouse.overlay import Overlay, carry_over
from metrics.warehouse.pruning import prune, remove, sweep
from metrics.warehouse.schema import REPLACED_BY, create_overlay, finish_overlay, store

KEEP = 3  # generations
UNFINISHED = ".building-"  # begins the name of a file that is not a generation yet
LOCK = ".publishing"
Asking = Callable[[Generation], Mapping[str, pl.DataFrame]]
Completing = Callable[[duckdb.DuckDBPyConnection], None]
# An unfinished file is nobody's after a crash; it is synced whole before it gets its name.
UNSYNCED: dict[str, str | bool | int | float | list[str]] = {"fsync_mode": "NONE"}


@dataclass(frozen=True)
class Draft:
    """A generation under construction: where it is built, what it will be called, what it stands on."""

    folder: Path
    name: str
    manifest: Manifest
    base: Generation | None = None

    @property
    def path(self) -> Path:
        return self.folder / f"{UNFINISHED}{self.name}.duckdb"


def publish(
    home: Path,
    build: Callable[[duckdb.DuckDBPyConnection], None],
    manifest: Manifest,
    base: str | None = None,
    keep: int = KEEP,
    ask: Asking | None = None,
    complete: Completing | None = None,
) -> Generation:
    """Publish a generation that `build` fills, and put it in force.

    `build` is given a connection to an empty file, with the generation named `base` attached as `base` if there is
    one. `ask` is given the generation when its tables read as a reader will find them, closed, so that people's queries can
    be asked of it behind the same locks as ever; the rows it gives, by table, are stored. `complete` is then given a
    connection, to add what follows from all of it.
    manifest: `as_of` (an instant or its ISO text), `sequence` (the lake's commit it was made from) and whatever else
    says what it was made from; `built_at`, the clock's reading when absent, gives the name. `keep` generations stay,
    and the bases they need. Raises UserError when the audit finds a problem or the disk is full, and whatever
    `build` raises; in every case the generation in force stays so, and nothing is left behind.
    """
    with publishing(home) as folder:
        draft = _draft(folder, manifest, base)
        return _published(draft, lambda: _built(draft, build, ask, complete), keep)


def publish_overlay(
    home: Path,
    previous: Generation,
    build: Callable[[Overlay, duckdb.DuckDBPyConnection], None],
    manifest: Manifest,
    keep: int = KEEP,
    ask: Asking | None = None,
    complete: Completing | None = None,
) -> Generation:
    """Publish what changed since `previous` as an overlay on its full generation, and put it in force.

    `build` is given the overlay to fill and a reading connection to `previous`. What an earlier overlay changed and
    this one does not is carried over, so that every overlay stands on a full generation alone. Else as `publish`.
    """
    with publishing(home) as folder:
        base = previous.base_path.stem if previous.base_path else previous.name
        draft = _draft(folder, manifest, base)
        layered = partial(_layered, previous=previous, build=build)
        return _published(draft, lambda: _built(draft, layered, ask, complete), keep)


@contextmanager
def publishing(home: Path) -> Iterator[Path]:
    """The warehouse's folder, swept, for the one process that may publish at a time; others wait."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sweep(folder)
        yield folder


@contextmanager
def reading(generation: Generation) -> Iterator[duckdb.DuckDBPyConnection]:
    """An unguarded reading connection, for the refresh alone: its cursors may look at frames by name."""
    with duckdb.connect(str(generation.path), read_only=True) as connection:
        if generation.base_path:
            attach(connection, generation.base_path, "base")
        yield connection


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """Attach a generation's file for reading. The path is ours, yet any quote in it is doubled."""
    connection.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as {name} (read_only)")


def _draft(folder: Path, manifest: Manifest, base: str | None) -> Draft:
    number = 1 + max(number_in(name) for name in (name_in_force(folder), *names_in(folder)))
    as_of, built_at = _instant(manifest["as_of"]), _instant(manifest.get("built_at") or datetime.now(UTC))
    said = {**manifest, "as_of": as_of.isoformat(), "built_at": built_at.isoformat()}
    below = generation_of(folder, base) if base else None
    if base and below is None:
        raise UserError(f"{folder}: there is no generation {base} to stand on. Refresh in full: timely refresh --full")
    return Draft(folder, f"{built_at:%Y%m%dT%H%M%S}-{number}", said, below)


def _instant(value: datetime | str) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def _published(draft: Draft, made: Callable[[], Manifest], keep: int) -> Generation:
    try:
        manifest = made()
        generation = _in_place(draft, manifest)
    except BaseException as failure:
        if name_in_force(draft.folder) != draft.name:
            remove(draft.folder, draft.name)
        sweep(draft.folder)
        if _disk_is_full(failure):
            raise UserError(
                f"{draft.folder}: the disk is full; the generation in force stays so. Free some space and refresh again"
            ) from failure
        raise
    prune(draft.folder, keep)
    return generation


def _built(
    draft: Draft,
    build: Callable[[duckdb.DuckDBPyConnection], None],
    ask: Asking | None,
    complete: Completing | None,
) -> Manifest:
    """Build and audit the file; what the manifest will say of it."""
    with _open(draft) as connection:
        build(connection)
        _say_which(connection, draft)
        if ask is None:
            return _finished(connection, draft, complete)
    answers = ask(Generation(draft.name, draft.path, draft.base.path if draft.base else None, {**draft.manifest, "sha256": ""}))
    with _open(draft) as connection:
        _add(connection, draft, answers)
        return _finished(connection, draft, complete)


@contextmanager
def _open(draft: Draft) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file to write to, with its base beside it."""
    with duckdb.connect(str(draft.path), config=UNSYNCED) as connection:
        if draft.base:
            attach(connection, draft.base.path, "base")
        yield connection


def _add(connection: duckdb.DuckDBPyConnection, draft: Draft, answers: Mapping[str, pl.DataFrame]) -> None:
    """Store what was asked of the generation itself; in an overlay, in place of whatever has the same keys."""
    for name, frame in answers.items():
        keys = REPLACED_BY.get(name)
        if draft.base and keys:
            Overlay(connection).replace(name, frame.select(keys).unique(), [frame])
        else:
            store(connection, name, frame)
    if draft.base:
        finish_overlay(connection)


def _finished(connection: duckdb.DuckDBPyConnection, draft: Draft, complete: Completing | None) -> Manifest:
    if complete:
        complete(connection)
    problems = audit(connection)
    if problems:
        raise UserError(*(f"not published, the audit found: {problem}" for problem in problems))
    rows = row_counts(connection)
    connection.execute("checkpoint")
    return {**draft.manifest, "name": draft.name, "kind": _kind(draft), "base": draft.base and draft.base.name, "rows": rows}


def _layered(
    connection: duckdb.DuckDBPyConnection, previous: Generation, build: Callable[[Overlay, duckdb.DuckDBPyConnection], None]
) -> None:
    create_overlay(connection)
    with reading(previous) as before:
        build(Overlay(connection), before)
    if previous.base_path:
        attach(connection, previous.path, "previous")
        carry_over(connection)
        connection.execute("detach previous")
    finish_overlay(connection)


def _say_which(connection: duckdb.DuckDBPyConnection, draft: Draft) -> None:
    """The one row of `generation`."""
    said = draft.manifest
    row = [draft.name, _kind(draft), draft.base.name if draft.base else None, said["as_of"], said["built_at"], said.get("sequence")]
    connection.execute("insert into generation values (?, ?, ?, ?::timestamp, ?::timestamp, ?)", row)


def _kind(draft: Draft) -> str:
    return "overlay" if draft.base else "full"


def _in_place(draft: Draft, manifest: Manifest) -> Generation:
    """Sync the file, give it its name, write the manifest, move the pointer: in this order."""
    path = draft.folder / f"{draft.name}.duckdb"
    sync(draft.path)
    manifest["sha256"] = file_sha256(draft.path)
    draft.path.chmod(0o444)
    os.rename(draft.path, path)
    manifest["identity"] = identity(path)
    manifest["bytes"] = manifest["identity"][0]
    if draft.base:
        manifest["base_sha256"] = draft.base.manifest["sha256"]
    write_whole(draft.folder / f"{draft.name}.json", manifest_text(manifest))
    write_whole(draft.folder / POINTER, draft.name + "\n")
    return Generation(draft.name, path, draft.base.path if draft.base else None, manifest)


def _disk_is_full(failure: BaseException) -> bool:
    if isinstance(failure, OSError):
        return failure.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    full = ("No space left", "Disk quota exceeded", "File too large")
    return isinstance(failure, duckdb.Error) and any(words in str(failure) for words in full)
