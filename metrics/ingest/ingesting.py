"""Ingest: raw files through a mapping into the lake, as one commit that is whole or not there."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import polars as pl

from metrics.errors import UserError
from metrics.home import Home
from metrics.ingest.intake import Intake
from metrics.ingest.pseudonyms import Pseudonyms
from metrics.ingest.report import IngestReport, table_report
from metrics.ingest.tidying import tidied
from metrics.lake import REJECT_SCHEMA, Outcome, Writer, writing
from metrics.sources import Mapping, extraction

Progress = Callable[[str, int, int | None], None]  # what is being done, rows so far, of how many (not known while reading)


def ingest(
    home: Home, mapping: Mapping, files: Sequence[Path], progress: Progress | None = None, now: datetime | None = None
) -> IngestReport:
    """Reads the files through the mapping and puts their rows into the home's lake.

    The same file twice changes nothing; of several rows of one key the newest recorded_at wins, in any order of arrival.
    Rows that break a rule go to the lake's rejects. Raises UserError for what the user can mend (a file, the mapping,
    the home, a full disk); the lake is then as it was. `now` (UTC) is only written down as the time of the commit.
    """
    started = perf_counter()
    now, say = now or datetime.now(UTC).replace(tzinfo=None), progress or silent
    paths = readable(files)
    pseudonyms = Pseudonyms(home.key())
    intakes = [Intake(home, mapping.name, extraction(mapping, table, paths), pseudonyms) for table in mapping.selects]
    with writing(home, now) as writer, hashing(paths) as hashes:
        read = 0
        for intake in intakes:
            for good in intake.good_rows():
                writer.stage(intake.table.name, good)
                read += good.height
                say(f"reading {intake.table.name}", read, None)
        with rejects_beside(intakes) as rejects:
            outcomes = writer.commit(
                lambda label: say(label, read, None),
                lambda: keep_rejects(writer, mapping.name, hashes.result(), rejects.result(), now),
            )
        tables = {
            intake.table.name: table_report(
                outcomes.get(intake.table.name, Outcome()), intake.rejected, intake.rejected_by, intake.warned_by
            )
            for intake in intakes
        }
        sequence = writer.head.sequence
        tidied(home, writer.head)
    return IngestReport(mapping.name, tuple(path.name for path in paths), tables, sequence, perf_counter() - started)


def silent(label: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""


def readable(files: Sequence[Path]) -> tuple[Path, ...]:
    """The files as absolute paths, each once. Raises UserError naming every one that cannot be read."""
    problems = [] if files else ["No file was given. Name the files to read after the source."]
    for file in files:
        if not file.exists():
            problems.append(f"{file}: there is no such file.")
        elif not file.is_file():
            problems.append(f"{file}: it is not a file. Name the files in it.")
        elif any(sign in str(file.resolve()) for sign in "*?["):
            problems.append(f"{file}: its path holds one of * ? [ which stand for several files. Rename it.")
        elif file.stat().st_size == 0:
            problems.append(f"{file}: the file is empty. Export it again.")
    if problems:
        raise UserError(*problems)
    return tuple(dict.fromkeys(file.resolve() for file in files))


@contextmanager
def rejects_beside(intakes: Sequence[Intake]) -> Iterator[Future[list[pl.DataFrame]]]:
    """The rejects of each table, whose lines are looked for in the files beside the writing of the rows that are good."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="rejects") as thread:
        yield thread.submit(lambda: [intake.rejects().with_columns(table=pl.lit(intake.table.name)) for intake in intakes])


def keep_rejects(writer: Writer, source: str, hashes: dict[str, str], frames: Sequence[pl.DataFrame], now: datetime) -> None:
    """Hands the rejects of all tables to the writer, in place of those an earlier ingest of the same files had.

    hashes: each file's, by its path.

    A reject that cannot be put down to one file carries the hash of all of them together.
    """
    names = {file: Path(file).name for file in hashes}
    together = hashlib.sha256("".join(sorted(hashes.values())).encode()).hexdigest()
    whole, only = (*hashes.values(), *names.values()) if len(hashes) == 1 else (together, None)
    found = pl.concat(frames).with_columns(
        ingest_id=pl.lit(f"{now:%Y%m%dT%H%M%S}-{writer.head.sequence + 1}"),
        source=pl.lit(source),
        file_hash=pl.col("file").replace_strict(hashes, default=whole, return_dtype=pl.String),
        file=pl.col("file").replace_strict(names, default=only, return_dtype=pl.String),
    )
    writer.reject(source, [*hashes.values(), together], found.select(list(REJECT_SCHEMA)))


@contextmanager
def hashing(files: Sequence[Path]) -> Iterator[Future[dict[str, str]]]:
    """The files' hashes by path, worked out beside the reading of the files."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing") as thread:
        yield thread.submit(lambda: {str(file): hash_of(file) for file in files})


def hash_of(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
