"""Listeners that read messages as the home says now: a place that is listed today is known from the next look."""

from collections.abc import Sequence
from pathlib import Path

from metrics.errors import UserError
from metrics.home import Home, open_home
from metrics.home.feeds import FILE as FEEDS
from metrics.listen.mllp import Listener
from metrics.listen.reading import reading_of

READ_FROM = ("timely.toml", "sites.csv", FEEDS)


class Renewing:
    """Renews how listeners read when a file of the home that says so was written."""

    def __init__(self, path: Path, listeners: Sequence[Listener]) -> None:
        self.path, self.listeners = path, listeners
        self.written = self._written()

    def renew(self) -> None:
        """A home with a mistake renews nothing: the look tells it. A port that changed is listened on by the next watcher."""
        now = self._written()
        if not self.listeners or now == self.written:
            return
        try:
            renew(open_home(self.path), self.listeners)
        except (UserError, OSError):
            return
        self.written = now

    def _written(self) -> list[int]:
        paths = [self.path / name for name in READ_FROM]
        return [path.stat().st_mtime_ns if path.exists() else 0 for path in paths]


def renew(home: Home, listeners: Sequence[Listener]) -> None:
    feeds = {feed.name: feed for feed in home.feeds}
    for one in listeners:
        one.reading = reading_of(home, feeds.get(one.name))
