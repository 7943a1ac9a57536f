"""The clock of a home that is replayed: which instant its data has now, and how fast that moves."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from json import JSONDecodeError, dumps, loads
from pathlib import Path

from metrics.durable import write_whole
from metrics.errors import UserError
from metrics.home.feeds import Feed
from metrics.home.home import Home

FILE = "replay.json"
POSITION = "replay_position"  # the data's instant (UTC seconds) up to which everything was said


@dataclass(frozen=True)
class Clock:
    """At the instant `real` the data's clock showed `data` (both UTC); it runs `speed` times as fast as a real one."""

    real: datetime
    data: datetime
    speed: float = 1.0

    def at(self, real: datetime) -> datetime:
        """The data's now at a real instant (UTC)."""
        return self.data + (real - self.real) * self.speed


def clock_of(home: Path) -> Clock | None:
    """The clock in the home's replay.json; None in a home that is not replayed, whose now is everybody's.

    Raises UserError when the file is not what `set_clock` wrote.
    """
    try:
        told = loads((home / FILE).read_text(encoding="utf-8"))
        return Clock(datetime.fromisoformat(told["real"]), datetime.fromisoformat(told["data"]), float(told["speed"]))
    except FileNotFoundError:
        return None
    except (JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{home / FILE}: not the clock of a replay ({error}). Remove it; its now is then everybody's.") from None


def set_clock(home: Path, clock: Clock) -> None:
    write_whole(home / FILE, dumps({"real": str(clock.real), "data": str(clock.data), "speed": clock.speed}) + "\n")


def now_of(home: Path) -> datetime:
    """This instant in UTC without a zone, as the home's data has it."""
    real = datetime.now(UTC).replace(tzinfo=None)
    clock = clock_of(home)
    return real if clock is None else clock.at(real)


def pace_of(home: Path) -> float:
    """How many times as fast as everybody's the home's clock runs."""
    clock = clock_of(home)
    return 1.0 if clock is None else clock.speed


def paced(home: Home) -> Home:
    """The home with the limits of silence of its board and feeds in the time of everybody: a replay at 60 times the pace is as far
    behind as any home, which is 60 times as much of its own time."""
    pace, board = pace_of(home.path), home.settings.board
    if pace == 1:
        return home
    limits = {"stale_after": board.stale_after * pace, "lost_after": board.lost_after * pace}
    settings = home.settings.model_copy(update={"board": board.model_copy(update=limits)})
    return replace(home, settings=settings, feeds=tuple(paced_feed(feed, pace) for feed in home.feeds))


def paced_feed(feed: Feed, pace: float) -> Feed:
    lengths = {name: getattr(feed, name) for name in ("expected", "stale_after", "no_data_after")}
    return feed.model_copy(update={name: length * pace for name, length in lengths.items() if length is not None})
