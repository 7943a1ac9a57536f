"""The lake at one head, opened once: opening a table reads its log, which grows with every commit."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import polars as pl
from deltalake import DeltaTable

from metrics.events import TABLES
from metrics.lake.in_force import Head
from metrics.lake.tables import delta_table, files, months_in, scanned


@dataclass(frozen=True)
class OpenedLake:
    """Reads tables as of one head, on any thread. What is read stays as it was, whatever is committed meanwhile."""

    path: Path
    head: Head
    tables: dict[str, DeltaTable | None] = field(default_factory=dict)
    counted: dict[str, dict[str, int]] = field(default_factory=dict)
    one_at_a_time: Lock = field(default_factory=Lock)

    def standing(self, table: str) -> pl.LazyFrame:
        """The table's declared columns and `month`, without the rows of what was entered in error."""
        return scanned(self.delta(table), table).filter(TABLES[table].stands)

    def months(self, table: str) -> dict[str, int]:
        """Rows by month, in order of time."""
        if table not in self.counted:
            self.counted[table] = months_in(self.delta(table))
        return self.counted[table]

    def holds(self, table: str, months: set[str]) -> bool:
        """Whether the files of those months are there still: what a later version superseded may have been forgotten."""
        held = files(self.delta(table)).filter(pl.col("month").is_in(sorted(months)))
        return all(Path(path).is_file() for path in held["path"])

    def delta(self, table: str) -> DeltaTable | None:
        """The table, or None when the head does not have it. Raises LakeError when it is damaged."""
        with self.one_at_a_time:
            if table not in self.tables:
                self.tables[table] = delta_table(self.path, table, self.head)
            return self.tables[table]
