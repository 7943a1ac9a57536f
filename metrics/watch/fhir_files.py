"""FHIR files of the inbox: `<home>/inbox/fhir/FILE`, a Bundle, a resource, or a resource a line. Their resources go the way of live
messages: into the journal, and from there into the lake."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from metrics.home import Feed, Home
from metrics.journal import opened
from metrics.listen import Received, reading_of, received
from metrics.messages.fhir import Document, document, lines

SOURCE = "fhir"
LINED = (".ndjson", ".jsonl")
LINES_AT_ONCE = 1_000
LONGEST = 64 * 1024 * 1024  # bytes of one JSON text; an export of that size is sent as lines


def documents(file: Path) -> Iterator[Document]:
    """The file's resources, a thousand lines at a time where it has a resource a line; Schedules and places that stood before are
    beside those that follow."""
    if not is_lined(file):
        yield document(whole(file))
        return
    beside: dict[str, dict[str, object]] = {}
    with file.open("rb") as handle:
        number = 1
        while chunk := b"".join(islice(iter(lambda: handle.readline(LONGEST), b""), LINES_AT_ONCE)):
            found = lines(chunk, number)
            beside |= found.beside
            yield replace(found, beside=beside)
            number += chunk.count(b"\n")


def whole(file: Path) -> bytes:
    """The file's bytes; of one that is too long its beginning, which is then no JSON."""
    with file.open("rb") as handle:
        return handle.read(LONGEST)


def is_lined(file: Path) -> bool:
    """Whether a resource stands on each line: by the name, else when the first line is a whole object and another follows."""
    if file.suffix.lower() in LINED:
        return True
    with file.open("rb") as handle:
        first, second = handle.readline(LONGEST), handle.readline(LONGEST)
    return first.rstrip().endswith(b"}") and second.lstrip().startswith(b"{")


def resources_taken(home: Home, feed: Feed | None, file: Path, now: datetime) -> Received:
    """What became of every resource of the file; those that were not refused are in the journal."""
    journal, reading, name = opened(home.path), reading_of(home, feed), feed.name if feed else SOURCE
    written = datetime.fromtimestamp(file.stat().st_mtime, UTC).replace(tzinfo=None)
    every = [received(home, journal, name, reading, one, now, file_at=min(written, now)) for one in documents(file)]
    outcomes = tuple(outcome for one in every for outcome in one.outcomes)
    return Received(outcomes, applied=all(one.applied for one in every))


def reasons(found: Received) -> tuple[str, ...]:
    """What is wrong, the most frequent first, each with one place as an example."""
    told = Counter(problem for one in found.refused for problem in one.problems)
    where = {problem: one.place for one in reversed(found.refused) for problem in one.problems}
    return tuple(
        f"{f'{where[problem]}: ' if where[problem] else ''}{problem}{f' ({count} resources)' if count > 1 else ''}"
        for problem, count in told.most_common()
    )
