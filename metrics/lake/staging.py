"""Arriving rows on their way into the lake, kept apart by month; what does not fit in memory waits in files."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from metrics.events import EventTable
from metrics.lake.merging import AT

HASH = "_hash"  # of the key; only finds rows that may have the same key, never decides
MEMORY_ROWS = 1_000_000  # about 0.5 GB of the widest table; more than that goes to files


@dataclass
class Staged:
    """The arriving rows of one table: parts by month (frames, or files once there are too many rows).

    The files are Arrow's own, not compressed: they are read once, by this very commit, and anything
    smaller costs twice the time of reading the rows from CSV.
    """

    table: EventTable
    folder: Path
    rows: int = 0
    held: int = 0
    parts: dict[str, list[pl.LazyFrame]] = field(default_factory=dict)
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
            self.parts.setdefault(month, []).append(pl.scan_ipc(file))
        self.waiting, self.held = {}, 0

    def months(self) -> list[str]:
        return sorted({*self.parts, *self.waiting})

    def month(self, name: str) -> pl.LazyFrame | None:
        """The rows of one month, or None."""
        parts = [*self.parts.get(name, []), *(frame.lazy() for frame in self.waiting.get(name, []))]
        return pl.concat(parts) if parts else None

    def all_rows(self) -> pl.LazyFrame:
        return pl.concat([part for name in self.months() if (part := self.month(name)) is not None])

    def repeated(self) -> pl.Series:
        """Hashes that more than one arriving row has."""
        hashes = pl.concat(self.hashes).sort()  # in order, equal ones stand side by side: no table of all of them is needed
        return hashes.filter(hashes == hashes.shift(1)).unique()

    def distinct(self) -> pl.Series:
        return pl.concat(self.hashes).unique()


def key_hash(table: EventTable) -> pl.Expr:
    return (pl.col(table.key[0]) if len(table.key) == 1 else pl.struct(table.key)).hash().alias(HASH)


def buckets(hashes: pl.Series, size: int) -> Iterator[pl.LazyFrame]:
    """The hashes in groups of about `size` rows, as one-column frames to join with."""
    count = 1 + len(hashes) // size
    for bucket in range(count):
        yield hashes.filter(hashes % count == bucket).to_frame(HASH).lazy()
