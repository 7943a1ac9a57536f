"""Arriving rows on their way into the lake, kept apart by month; what does not fit in memory waits in files."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa

from metrics.events import EventTable
from metrics.lake.merging import AT

HASH = "_hash"  # of the key; only finds rows that may have the same key, never decides
MEMORY_ROWS = 1_000_000  # about 0.5 GB of the widest table; more than that goes to files


@dataclass
class Staged:
    """The arriving rows of one table: parts by month (frames, or files once there are too many rows).

    The files are Arrow's own, not compressed: they are read by this very commit alone, as they stand (see `mapped`), and
    anything smaller costs twice the time of reading the rows from CSV.
    """

    table: EventTable
    folder: Path
    rows: int = 0
    held: int = 0
    parts: dict[str, list[Path]] = field(default_factory=dict)
    waiting: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    hashes: list[pl.Series] = field(default_factory=list)

    def add(self, frame: pl.DataFrame) -> None:
        """Takes a frame of the table's columns, month and day."""
        numbered = frame.with_columns(
            pl.int_range(self.rows, self.rows + frame.height, dtype=pl.UInt64).alias(AT),
            key_hash(self.table),
        )
        self.rows, self.held = self.rows + frame.height, self.held + frame.height
        self.hashes.append(numbered[HASH])
        for (month,), part in numbered.partition_by("month", as_dict=True, maintain_order=False).items():
            self.waiting.setdefault(str(month), []).append(part)
        if self.held > MEMORY_ROWS:
            self.spill()

    def spill(self) -> None:
        for month, frames in self.waiting.items():
            self.folder.mkdir(parents=True, exist_ok=True)
            file = self.folder / f"{month}-{uuid.uuid4().hex}.arrow"
            pl.concat(frames).write_ipc(file, compression="uncompressed")
            self.parts.setdefault(month, []).append(file)
        self.waiting, self.held = {}, 0

    def months(self) -> list[str]:
        return sorted({*self.parts, *self.waiting})

    def month(self, name: str) -> pl.LazyFrame | None:
        """The rows of one month, or None."""
        parts = [part.lazy() for part in self.parts_of(name)]
        return pl.concat(parts) if parts else None

    def parts_of(self, month: str) -> Iterator[pl.DataFrame]:
        yield from map(mapped, self.parts.get(month, []))
        yield from self.waiting.get(month, [])

    def of_hashes(self, wanted: pl.Series) -> pl.DataFrame:
        """All rows whose key has one of the hashes; one part after the other, so that no more than one is looked at."""
        parts = (part for name in self.months() for part in self.parts_of(name))
        held = pl.col(HASH).is_in(wanted.implode())
        return pl.concat(on_their_own(part.filter(held)) for part in parts)

    def repeated(self) -> pl.Series:
        """Hashes that more than one arriving row has."""
        hashes = pl.concat(self.hashes).sort()  # in order, equal ones stand side by side: no table of all of them is needed
        return hashes.filter(hashes == hashes.shift(1)).unique()

    def distinct(self) -> pl.Series:
        return pl.concat(self.hashes).unique()


def mapped(file: Path) -> pl.DataFrame:
    """The rows of a part's file as the file's own pages: nothing is copied or checked again, what is not asked for is not read."""
    return pl.DataFrame(pl.from_arrow(pa.ipc.open_file(pa.memory_map(str(file))).read_all(), rechunk=False))


def on_their_own(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with texts of their own: a few rows of a part would keep all the texts of it in memory."""
    return pl.DataFrame(pl.from_arrow(rows.to_arrow(compat_level=pl.CompatLevel.oldest())))


def key_hash(table: EventTable) -> pl.Expr:
    return (pl.col(table.key[0]) if len(table.key) == 1 else pl.struct(table.key)).hash().alias(HASH)


def buckets(hashes: pl.Series, size: int) -> Iterator[pl.Series]:
    """The hashes in groups of about `size`."""
    count = 1 + len(hashes) // size
    for bucket in range(count):
        yield hashes.filter(hashes % count == bucket)
