"""Small files that survive a crash: a reader sees the old one whole or the new one whole, and what was written stays written."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes | str) -> None:
    """Put the content (text as UTF-8) in the file's place: written aside, synced, then moved over the old one.

    When this returns, the disk keeps it. One writer at a time: the name written aside is the same for all.
    """
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until the disk keeps what was written to the file, or which files the folder holds."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
