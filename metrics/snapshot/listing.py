"""What was issued, and what it says."""

from datetime import date
from json import loads
from pathlib import Path
from typing import Any

import polars as pl

from metrics.home import Home
from metrics.home.snapshot_settings import read_snapshot_settings
from metrics.snapshot.content import week_name
from metrics.snapshot.delivery import body_of
from metrics.snapshot.editions import edition_of, editions
from metrics.snapshot.rendering import PAGE, WORDS

LISTED = pl.Schema({
    "week": pl.String(), "audience": pl.String(), "edition": pl.Int64(), "data_as_of": pl.String(), "reason": pl.String(),
    "seal": pl.String(), "path": pl.String(),
})  # fmt: skip


def listed(home: Path) -> pl.DataFrame:
    """One row an edition, the newest week first: columns LISTED."""
    rows = []
    for one in editions(home):
        said = one.manifest()
        rows.append([week_name(one.week), one.audience, one.number, said["data_as_of"], said["reason"], one.seal(), str(one.path)])
    return pl.DataFrame(rows, schema=LISTED, orient="row")


def audience_of(home: Home, name: str) -> str:
    """The audience's name: the first of snapshot.toml for ''. One that is not in the file any more may still have been issued."""
    return name.lower() or read_snapshot_settings(home.path, home.sites).audience[0].name


def words_of(home: Home, week: date | None, audience: str, number: int | None) -> tuple[dict[str, Any], str]:
    """What an edition says: as its JSON holds it, and as text."""
    edition = edition_of(home.path, week, audience_of(home, audience), number)
    said = loads((edition.path / WORDS).read_text(encoding="utf-8"))
    text = f"{said['title']}\n\n{body_of(said, edition, '')}\n\nPage: {edition.path / PAGE}"
    return said, text
