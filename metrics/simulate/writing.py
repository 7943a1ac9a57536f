"""Raw files as the systems would export them: CSV that grows part by part."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from metrics.simulate.queues import Floats


@dataclass
class RawFiles:
    """Writes raw rows under `out/<source>/`, and remembers which files each source has and how many rows."""

    out: Path
    files: dict[str, list[Path]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, source: str, name: str, frame: pl.DataFrame, stamps: str) -> None:
        """Adds rows to `<source>/<name>.csv`. Instants are written in the strftime format `stamps`."""
        if frame.is_empty():
            return
        path, known = self.out / source / f"{name}.csv", self.files.setdefault(source, [])
        new = path not in known
        if new:
            path.parent.mkdir(parents=True, exist_ok=True)
            known.append(path)
        with path.open("wb" if new else "ab") as sink:
            frame.write_csv(sink, include_header=new, datetime_format=stamps)
        self.rows[source] = self.rows.get(source, 0) + frame.height

    def add_by_year(self, source: str, name: str, frame: pl.DataFrame, stamps: str, by: str) -> None:
        """As `add`, one file for each year of the instant in column `by`."""
        year = frame[by].dt.year()
        for value in year.unique().sort():
            self.add(source, f"{name}_{value}", frame.filter(year == value), stamps)


def utc(seconds: Floats) -> pl.Series:
    """Instants from UTC seconds; NaN and infinite are null."""
    whole = np.where(np.isfinite(seconds), np.floor(seconds), 0).astype(np.int64)
    known = pl.Series(np.isfinite(seconds))
    return pl.DataFrame({"at": whole, "known": known}).select(
        pl.when("known").then(pl.from_epoch("at", time_unit="s")).otherwise(None)
    )["at"]


def local(seconds: Floats, zone: str) -> pl.Series:
    """Wall-clock times without an offset, as the zone's clocks show them."""
    return with_offset(seconds, zone).dt.replace_time_zone(None)


def with_offset(seconds: Floats, zone: str) -> pl.Series:
    """Instants that print with the zone's offset."""
    return utc(seconds).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
