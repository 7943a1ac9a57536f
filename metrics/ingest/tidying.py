"""Tidying the lake beside an ingest: what it need not remember goes, so that a live feed does not fill the disk."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl

from metrics.home import Home
from metrics.lake import Head
from metrics.lake.retention import forgotten

COMMITS = 25  # between two looks: a look lists every file of the lake
STOOD_ON = "snapshots/*/*/*/inputs/lake_files.csv"  # inside the home: what each issued edition can be made again from


def tidied(home: Home, at: Head) -> int:
    """Every few COMMITS, removes the files of the lake that nobody needs any more; says how many. For the one writer of the lake.

    Every version of the last `lake.keep_days` days stays, and what an issued snapshot stands on stays for good.
    """
    if at.sequence % COMMITS:
        return 0
    before = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=home.settings.lake.keep_days)
    gone = forgotten(home.lake, at, before, set(stood_on(home)))
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


def stood_on(home: Home) -> Iterator[str]:
    """Paths inside the lake of the files that issued snapshots stand on."""
    for listed in home.path.glob(STOOD_ON):
        yield from pl.read_csv(listed, columns=["path"])["path"]
