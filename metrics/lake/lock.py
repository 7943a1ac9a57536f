"""One writer at a time. The lock is the kernel's: it goes when the process does, however that ends."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from metrics.lake.lake_error import LakeError

WAIT_SECONDS = 120.0  # a second ingest waits this long for the first
POLL_SECONDS = 0.1


@contextmanager
def only_writer(path: Path, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Holds the lake's lock. Raises LakeError when another process keeps it for longer than `wait` seconds."""
    path.mkdir(parents=True, exist_ok=True)
    with (path / ".lock").open("w") as file:
        deadline = time.monotonic() + wait
        while not _taken(file.fileno()):
            if time.monotonic() >= deadline:
                raise LakeError(f"{path}: another process has been writing the lake for {wait:.0f} s. Wait for it, then try again.")
            time.sleep(POLL_SECONDS)
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
