"""A generation's manifest: what it was made from, and how to tell that its file is whole."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

Manifest = dict[str, Any]

# What the file system says of a file that nobody wrote to. `ctime` moves with every write, even one that puts the
# modification time back, so a file that still has all four is the file that was hashed.
IDENTITY = ("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")


def file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def identity(path: Path) -> list[int]:
    """Size, modification time, change time and inode: a hash need not be taken again while they stand."""
    status = path.stat()
    return [getattr(status, name) for name in IDENTITY]


def is_whole(path: Path, manifest: Manifest) -> bool:
    """Whether the file is, to the last byte, the one that was published.

    The size is always checked. The hash (some 1.5 GB a second) is taken only where the file system says that the file
    is another one than was hashed at publishing: after a copy, or after somebody wrote to it. What a disk loses
    without the file system knowing is left to DuckDB, which checks every block it reads against a checksum.
    """
    try:
        found = identity(path)
        if found == manifest.get("identity"):
            return True
        return bool(found[0] == manifest["bytes"]) and file_sha256(path) == manifest["sha256"]
    except (OSError, KeyError):
        return False


def read_manifest(path: Path) -> Manifest | None:
    """The manifest, or None when it is absent or is not one."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(manifest, dict) and {"name", "as_of", "built_at", "bytes", "sha256"} <= manifest.keys()
    return manifest if known else None


def manifest_text(manifest: Manifest) -> str:
    return json.dumps(manifest, indent=2, default=_as_text) + "\n"


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a manifest cannot hold {value!r}")
