"""The home as its files say now, read again only when one of them was written: reading it takes longer than most questions."""

from pathlib import Path
from time import time_ns

from metrics.home.feeds import FILE as FEEDS
from metrics.home.home import Home, open_home

FILES = ("timely.toml", "calendars.toml", "sites.csv", "targets.toml", "alerts.toml", FEEDS)
SETTLED = 100_000_000  # nanoseconds: a file written later may be written again within the same tick of its disk's clock
Written = tuple[tuple[int, int, int] | None, ...]
_kept: dict[Path, tuple[Written, Home]] = {}


def current_home(path: Path) -> Home:
    """As `open_home`, and the same home as long as none of its files was written, replaced or removed.

    A home with a mistake is read each time. Raises UserError as `open_home` does.
    """
    written = written_of(path)
    kept = _kept.get(path)
    if kept is not None and kept[0] == written:
        return kept[1]
    home = open_home(path)
    if all(one is None or time_ns() - one[0] > SETTLED for one in written):
        _kept[path] = (written, home)
    return home


def written_of(path: Path) -> Written:
    """When each file was last touched (no program can set that), its size and its number on the disk; None where it is not."""
    return tuple(touched(path / name) for name in FILES)


def touched(file: Path) -> tuple[int, int, int] | None:
    try:
        state = file.stat()
    except OSError:
        return None
    return state.st_ctime_ns, state.st_size, state.st_ino
