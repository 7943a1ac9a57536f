"""Verifying: an issued edition is made again, from the lake as it was and what it kept, and held to what lies in its folder."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from metrics import __version__
from metrics.clocks.holidays import LIBRARY_VERSION
from metrics.definitions import BUILT_IN, definition_version
from metrics.errors import UserError
from metrics.home import Home
from metrics.snapshot.asked import asked_of
from metrics.snapshot.composing import Issue, composed
from metrics.snapshot.content import week_name
from metrics.snapshot.editions import MANIFEST, Edition, edition_of, files_in
from metrics.snapshot.kept import (
    BASELINES,
    BEFORE,
    DEFINITIONS,
    LAKE_FILES,
    definitions_as_were,
    generation_as_was,
    hash_of,
    head_of,
    home_as_was,
)  # fmt: skip
from metrics.snapshot.making import Progress, manifest_of, whole
from metrics.snapshot.material import read_material
from metrics.snapshot.rendering import PAGE, SHEET
from metrics.workbench.query_metrics import known_metrics
from metrics.workbench.questions import BUILT_IN as QUERIES

MOST_TOLD = 20  # differences told one by one; the rest is counted
DRAWN = (PAGE, SHEET)  # what another version of the program may draw in another way


@dataclass(frozen=True)
class VerifyReport:
    """What verifying found. differences: a sentence each, naming the file; none where all is equal. notes: what else to know."""

    week: str
    audience: str
    edition: int
    seal: str
    files: int
    differences: list[str]
    notes: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "passed": self.passed}

    def sentences(self) -> list[str]:
        """The finding, then each difference and note."""
        name = f"{self.week} for {self.audience}, edition {self.edition}"
        head = f"{name}: equal; {self.files} files as issued, and as made again from the lake as it was"
        told = [head] if self.passed else [f"{name}: not equal", *self.differences[:MOST_TOLD]]
        more = len(self.differences) - MOST_TOLD
        return [*told, *([f"and {more} more"] if more > 0 else []), *self.notes]


def verify(
    home: Home, week: date | None, audience: str, number: int | None = None, as_it_was: bool = False,
    progress: Progress = lambda label, done, total: None,
) -> VerifyReport:  # fmt: skip
    """Make the edition again and compare every file, byte by byte. Changes nothing.

    A file that was tampered with, is missing or does not belong there, a file of the lake that changed or is gone, and a definition
    that is another one today are each named. as_it_was: today's definitions do not matter, the edition's own are used either way.
    Raises UserError when there is no such edition or its manifest cannot be read.
    """
    edition = edition_of(home.path, week, audience, number)
    manifest = edition.manifest()
    progress("checking the files", 0, None)
    tampered = list(tampering(edition, manifest))
    lost = list(lake_damage(edition, home.lake))
    found, notes = [*tampered, *lost], list(foreign(manifest))
    redefined = list(redefinitions(home, manifest))
    (notes if as_it_was else found).extend(redefined)
    if not tampered and not lost:
        progress("making it again", 0, None)
        found += made_again(edition, manifest, home, manifest.get("program") != __version__)
    elif lost:
        notes.append("It could not be made again, as the lake is not what it was.")
    return VerifyReport(
        week_name(edition.week), edition.audience, edition.number, edition.seal(), len(manifest["files"]), found, notes
    )


def tampering(edition: Edition, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Files that are not what the manifest says."""
    there, promised = files_in(edition.path) - {MANIFEST}, manifest["files"]
    for name in sorted({*there, *promised}):
        if name not in promised:
            yield f"{name}: it does not belong to the edition"
        elif name not in there:
            yield f"{name}: it is missing"
        elif sha256((edition.path / name).read_bytes()).hexdigest() != promised[name]:
            yield f"{name}: it was changed after it was issued"


def lake_damage(edition: Edition, lake: Path) -> Iterator[str]:
    """Files of the lake that changed since, or that are gone: a version that was vacuumed cannot be read any more."""
    try:
        kept = pl.read_csv(edition.path / LAKE_FILES, schema={"path": pl.String, "sha256": pl.String})
    except (OSError, pl.exceptions.PolarsError):
        return  # told as tampering
    for name, hashed in kept.iter_rows():
        now = hash_of(lake / name)
        if now is None:
            yield f"lake/{name}: it is gone; that version of the lake was vacuumed or lost, put it back from a backup"
        elif now != hashed:
            yield f"lake/{name}: it was changed after the snapshot was issued"


def redefinitions(home: Home, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Definitions that are other ones today, or cannot be read."""
    try:
        today = known_metrics(home.path).metrics
    except UserError as error:
        yield from (f"definition: {problem}" for problem in error.problems)
        return
    for name, version in manifest["definitions"].items():
        if name not in today:
            yield f"definition {name}: the catalogue does not have it any more"
        elif definition_version(today[name]) != version:
            yield f"definition {name}: it is version {definition_version(today[name])} today, and was {version} when it was issued"
        elif not same_text(manifest, home, name):
            yield f"definition {name}: its words are others today; what it counts is the same"


def same_text(manifest: Mapping[str, Any], home: Home, name: str) -> bool:
    """Whether the metric's file is today, to the byte, the one it was computed by."""
    kept = next((file for end in ("toml", "sql") if (file := f"{DEFINITIONS}/{name}.{end}") in manifest["files"]), "")
    folders = (home.queries, QUERIES) if kept.endswith(".sql") else (BUILT_IN, home.catalog)
    live = next((path for folder in folders if (path := folder / Path(kept).name).is_file()), None)
    return live is None or hash_of(live) == manifest["files"].get(kept)


def foreign(manifest: Mapping[str, Any]) -> Iterator[str]:
    """What is another one today than when it was issued, and may draw or count otherwise."""
    if manifest.get("program") != __version__:
        yield f"It was issued by Timely {manifest.get('program')}, and this is {__version__}: rows are compared, not the pages."
    if manifest.get("holidays") != LIBRARY_VERSION:
        yield f"It was issued with the holidays of version {manifest.get('holidays')}; today's are {LIBRARY_VERSION}."


def made_again(edition: Edition, manifest: Mapping[str, Any], home: Home, rows_only: bool) -> list[str]:
    """What differs between the edition's files and those made anew; one sentence a file."""
    try:
        anew = files_anew(edition, manifest, home)
    except UserError as error:
        return [f"it cannot be made again: {problem}" for problem in error.problems]
    names = [name for name in sorted(anew) if not rows_only or name.startswith("rows/")]
    return [
        f"{name}: made again from the lake as it was, it is another one"
        for name in names
        if not (edition.path / name).is_file() or (edition.path / name).read_bytes() != anew[name]
    ]


def files_anew(edition: Edition, manifest: Mapping[str, Any], home: Home) -> dict[str, bytes]:
    """Every file of the edition, made again."""
    metrics = definitions_as_were(edition.path)
    what = asked_of(manifest["asked"], metrics)
    decided = pl.read_parquet(edition.path / BASELINES)
    earlier = pl.read_parquet(edition.path / BEFORE) if (edition.path / BEFORE).exists() else None
    stood = pl.read_parquet(edition.path / "rows/alerts.parquet")
    issue = Issue(manifest["edition"], manifest["reason"], manifest["previous"], earlier, stood, decided, manifest["program"])
    with TemporaryDirectory(prefix="timely-verify-") as folder:
        was = home_as_was(edition.path, manifest, home.lake, Path(folder) / "home")
        generation = generation_as_was(was, metrics, manifest, decided)
        material = read_material(generation, what)
    made = composed(what, material, was, metrics, issue)
    inputs = {name: (edition.path / name).read_bytes() for name in manifest["files"] if name.startswith("inputs/")}
    known = datetime.fromisoformat(manifest["ledger_as_of"])
    return whole(made, inputs, manifest_of(made, what, issue, head_of(manifest), material.as_of, known, was))
