"""How each feed is: when it last spoke, how far it lags, what waits, what was refused, and its state in words."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from metrics.board.tile import Age
from metrics.home import Feed, Home
from metrics.home.replay import paced
from metrics.journal import has_journal, opened
from metrics.journal.reading import FEEDS
from metrics.watch.inbox import BAD, DONE, INBOX, waiting_files

WHEN = "%Y%m%dT%H%M%S"  # how the name of a file that was taken begins
NOT_ASSESSED = ("Not assessed", "nobody said how often it comes")
REASONS = ".why.txt"
REFUSED = pl.Schema({
    "feed": pl.String(), "at": pl.Datetime("us"), "what": pl.String(), "reason": pl.String(), "raw": pl.Binary(),
})  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """One feed. state: 'No data', 'Stale', 'OK' or 'Not assessed', with the reason. Instants are UTC.

    last_at: when something last came. event_at: when the newest of it happened; None of files. lag: in seconds, from then until it
    came. waiting: messages that are not in the lake yet, or files that are not taken yet. refused: messages (or files) so far.
    """

    feed: str
    kind: str
    state: str
    reason: str
    last_at: datetime | None
    event_at: datetime | None
    lag: float | None
    waiting: int
    received: int
    refused: int
    last_error: str | None
    last_error_at: datetime | None

    @property
    def failed(self) -> bool:
        return self.state in ("No data", "Stale")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def standings(home: Home, now: datetime) -> list[Standing]:
    """Every feed of feeds.toml in its order, then those that nobody named there: senders of messages, folders of the inbox."""
    home = paced(home)
    told = opened(home.path).feeds() if has_journal(home.path) else pl.DataFrame(schema=FEEDS)
    waiting = waiting_files(home)
    named = [
        of_messages(home, feed, told.filter(is_of(feed.name)), now) if feed.live else of_files(home, feed, waiting, now)
        for feed in home.feeds
    ]
    return [*named, *others(home, told, waiting, now)]


def is_of(name: str) -> pl.Expr:
    """Messages of a feed are kept by their sender: NAME or NAME/SENDER/FACILITY."""
    return (pl.col("feed") == name) | pl.col("feed").str.starts_with(f"{name}/")


def others(home: Home, told: pl.DataFrame, waiting: dict[Path, Any], now: datetime) -> Iterator[Standing]:
    live = [feed for feed in home.feeds if feed.live]
    for name in told["feed"]:
        if not any(name == feed.name or name.startswith(f"{feed.name}/") for feed in live):
            one = told.filter(pl.col("feed") == name)
            kind = "fhir" if one["format"][0] == "fhir" else "mllp"
            yield of_messages(home, Feed.model_construct(name=name, kind=kind), one, now)
    places = {home.path / feed.place for feed in home.feeds if feed.place}
    for folder in sorted((home.path / INBOX).glob("*/")):
        if folder not in places and folder.name != "fhir":
            feed = Feed.model_construct(name=folder.name, kind="inbox", source=folder.name, folder=f"{INBOX}/{folder.name}")
            yield of_files(home, feed, waiting, now)


def of_messages(home: Home, feed: Feed, told: pl.DataFrame, now: datetime) -> Standing:
    """A feed of messages; told: its senders, as the journal tells of feeds."""
    last, event = newest(told["last_received_at"]), newest(told["last_event_at"])
    errors = told.filter(pl.col("last_error_at").is_not_null()).sort("last_error_at")
    error, error_at = (errors["last_error"][-1], errors["last_error_at"][-1]) if errors.height else (None, None)
    lag = max((last - event).total_seconds(), 0.0) if last and event else None
    state, reason = state_of(home, feed, last, now)
    depth, received, bad = (int(told[name].sum()) for name in ("depth", "received", "bad"))
    return Standing(feed.name, feed.kind, state, reason, last, event, lag, depth, received, bad, error, error_at)


def of_files(home: Home, feed: Feed, waiting: dict[Path, Any], now: datetime) -> Standing:
    """A feed of files, by what stands in its folder and in done/ and bad/ beneath it."""
    folder = home.path / str(feed.place)
    done, bad = taken_at(folder / DONE), taken_at(folder / BAD)
    last, refused_at = max([*done, *bad], default=None), max(bad, default=None)
    why = next(iter(sorted((folder / BAD).glob(f"*{REASONS}"), reverse=True)), None)
    error = why.read_text(encoding="utf-8").splitlines()[0] if why and why.stat().st_size else None
    count = sum(path.parent == folder for path in waiting)
    received = len(done) + len(bad)
    return Standing(
        feed.name, feed.kind, *state_of(home, feed, last, now), last, None, None, count, received, len(bad), error, refused_at
    )


def state_of(home: Home, feed: Feed, last: datetime | None, now: datetime) -> tuple[str, str]:
    limits = feed.limits(home.settings)
    if limits is None:
        return NOT_ASSESSED
    return Age(last, now, *limits).trouble or ("OK", "within its limit")


def taken_at(folder: Path) -> list[datetime]:
    """When each of the files there was taken, by its name."""
    return list(times_of([path.name for path in folder.glob("*-*") if not path.name.endswith(REASONS)]))


def newest(instants: pl.Series) -> datetime | None:
    found = instants.drop_nulls()
    latest: datetime | None = max(found) if len(found) else None
    return latest


def refused(home: Home, feed: str | None, limit: int) -> pl.DataFrame:
    """What was refused of the feed (of every feed), the newest first: columns as in REFUSED. raw: null of files, and of messages
    when its days are over."""
    frames = [pl.DataFrame(schema=REFUSED)]
    if has_journal(home.path):
        told = opened(home.path).bad(limit if feed is None else -1)
        told = told if feed is None else told.filter(is_of(feed))
        what = pl.format("message {}", "number")
        frames.append(told.select("feed", pl.col("received_at").alias("at"), what.alias("what"), "reason", "raw"))
    frames.append(pl.DataFrame(list(bad_files(home, feed)), schema=REFUSED, orient="row"))
    return pl.concat(frames).sort("at", descending=True, nulls_last=True).head(limit)


def bad_files(home: Home, feed: str | None) -> Iterator[tuple[str, datetime | None, str, str, None]]:
    named = {home.path / one.place: one.name for one in home.feeds if one.place}
    found = {folder: folder.name for folder in (home.path / INBOX).glob("*/")} | named
    for folder, name in found.items():
        for why in sorted((folder / BAD).glob(f"*{REASONS}")) if feed in (None, name) else ():
            file = why.name.removesuffix(REASONS)
            at = next(iter(times_of([file])), None)
            yield name, at, file, why.read_text(encoding="utf-8").strip(), None


def times_of(names: Sequence[str]) -> Iterator[datetime]:
    """Of names that begin with an instant; one that bears none was given by somebody else."""
    for name in names:
        try:
            yield datetime.strptime(name.partition("-")[0], WHEN)
        except ValueError:
            continue
