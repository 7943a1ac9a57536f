"""HEAD.json: the version of each table that is in force. Moving it is the one atomic commit over several tables."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from metrics.durable import write_whole
from metrics.lake.lake_error import LakeError

HEAD = "HEAD.json"


@dataclass(frozen=True)
class Head:
    """The state of the lake after commit number `sequence` (0: nothing was ever committed).

    versions: Delta version by table name (event tables and 'rejects'). as_of: the latest recorded_at of any event, UTC.
    zones: fingerprint of the sites' time zones that the months were made with. committed_at: UTC.
    """

    sequence: int = 0
    versions: Mapping[str, int] = field(default_factory=dict)
    as_of: datetime | None = None
    zones: str = ""
    committed_at: datetime | None = None


def head(path: Path) -> Head:
    """The head of the lake at `path`; the empty one where there is no lake. Raises LakeError when HEAD.json is damaged."""
    file = path / HEAD
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
        return Head(
            sequence=int(read["sequence"]),
            versions={str(table): int(version) for table, version in read["versions"].items()},
            as_of=_instant(read["as_of"]),
            zones=str(read["zones"]),
            committed_at=_instant(read["committed_at"]),
        )
    except FileNotFoundError:
        return Head()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise LakeError(f"{file}: it is damaged ({problem}). Put it back from a backup of the lake.") from None


def write_head(path: Path, new: Head) -> None:
    """Puts the head in force."""
    record = {
        "sequence": new.sequence, "versions": dict(new.versions), "as_of": _text(new.as_of), "zones": new.zones,
        "committed_at": _text(new.committed_at),
    }  # fmt: skip
    write_whole(path / HEAD, json.dumps(record, indent=1))


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
