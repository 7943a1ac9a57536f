"""What an ingest did, in numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from metrics.lake import Outcome


@dataclass(frozen=True)
class TableReport:
    """One table's part of an ingest.

    read = new + changed + unchanged + superseded + rejected. changed: took the place of an older row of the same key;
    unchanged: the lake has the very same row; superseded: an older or lesser row than one that is kept; rejected_by and
    warned_by count rows by rule (a row may break several).
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    superseded: int = 0
    rejected: int = 0
    rejected_by: Mapping[str, int] = field(default_factory=dict)
    warned_by: Mapping[str, int] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        return self.new + self.changed


@dataclass(frozen=True)
class IngestReport:
    """One ingest: the source, the names of its files, each table's part, the lake's sequence after it."""

    source: str
    files: tuple[str, ...]
    tables: Mapping[str, TableReport]
    sequence: int
    seconds: float

    @property
    def read(self) -> int:
        return sum(table.read for table in self.tables.values())

    @property
    def accepted(self) -> int:
        return sum(table.accepted for table in self.tables.values())

    @property
    def rejected(self) -> int:
        return sum(table.rejected for table in self.tables.values())

    def sentence(self) -> str:
        """What happened, a line a table, then a line for each rule that rows broke."""
        lines = [f"{self.source}: {_count(self.read, 'row')} read in {self.seconds:.1f} s"]
        for name, table in self.tables.items():
            parts = (f"{table.new:,} new", f"{table.changed:,} changed", f"{table.unchanged:,} unchanged",
                     f"{table.superseded:,} superseded", f"{table.rejected:,} rejected")  # fmt: skip
            lines.append(f"  {name}: {', '.join(parts)}")
            lines += [f"    rejected by {rule}: {count:,}" for rule, count in sorted(table.rejected_by.items())]
            lines += [f"    warned by {rule}: {count:,}" for rule, count in sorted(table.warned_by.items())]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        tables = {name: {**asdict(table), "accepted": table.accepted} for name, table in self.tables.items()}
        totals = {"read": self.read, "accepted": self.accepted, "rejected": self.rejected}
        return {
            "source": self.source, "files": list(self.files), **totals, "tables": tables, "sequence": self.sequence,
            "seconds": self.seconds,
        }  # fmt: skip


def table_report(outcome: Outcome, rejected: int, rejected_by: Mapping[str, int], warned_by: Mapping[str, int]) -> TableReport:
    read = outcome.accepted + outcome.unchanged + outcome.superseded + rejected
    return TableReport(
        read, outcome.new, outcome.changed, outcome.unchanged, outcome.superseded, rejected, dict(rejected_by), dict(warned_by)
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
