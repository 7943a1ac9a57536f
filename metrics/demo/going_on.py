"""The demonstration going on: what happens at the simulated provider is said by its systems as its instants pass.

Emergency visits and appointments are told by HL7 over MLLP; the department's extract adds what ADT has no event for (triage, the
clinician, the decision), the telephone system and the portal drop theirs. All go in by the doors that any provider's would.
"""

import os
from datetime import UTC, date, datetime
from json import loads
from pathlib import Path
from threading import Event

import polars as pl
from hl7.client import MLLPClient

from metrics.durable import write_whole
from metrics.errors import UserError
from metrics.home import Home
from metrics.home.replay import POSITION, Clock
from metrics.simulate.ahead import Ahead, day_of, days_between, rest_of
from metrics.simulate.extracts import Kind, told
from metrics.simulate.simulation import TRUTH, world_of
from metrics.simulate.world import World

BREATH = 0.25  # seconds between two looks at the clock
DROP_EVERY = 5.0  # seconds between two files of a system
PATIENCE = 10.0  # seconds for an acknowledgement


class Provider:
    """What the provider of a demonstration says in any span after its data's now. Its days are worked out as they come."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.last = date.fromordinal(date(1970, 1, 1).toordinal() + world.first + world.days - 1)
        self.days: dict[date, Ahead] = {self.last: rest_of(world)}

    @classmethod
    def of(cls, home: Home) -> "Provider":
        """The one whose files the home was made of. Raises UserError where none is told of."""
        try:
            truth = loads((home.raw / TRUTH).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UserError(f"{home.raw / TRUTH}: not found. Only a home that `timely demo` made can go on.") from None
        until = datetime.fromisoformat(truth["until"])
        return cls(world_of(home.raw, truth["scale"], truth["seed"], until, truth["years"]))

    def ahead(self, until: float) -> list[Ahead]:
        for day in days_between(self.last, datetime.fromtimestamp(until, UTC).date()):
            if day not in self.days:
                self.days[day] = day_of(self.world, day)
        return list(self.days.values())

    def messages(self, after: float, until: float) -> list[str]:
        """Of what happened after `after` and up to `until` (UTC seconds), in order."""
        said = pl.concat([day.messages.filter((pl.col("at") > after) & (pl.col("at") <= until)) for day in self.ahead(until)])
        return said.sort("at", "turn", "text")["text"].to_list()

    def extracts(self, after: float, until: float) -> list[tuple[Kind, pl.DataFrame]]:
        """The files of the cases in which something happened; none of a system in which nothing did."""
        found = [(kind, told(kind, rows, after, until)) for day in self.ahead(until) for kind, rows in day.extracts]
        return [(kind, rows) for kind, rows in found if len(rows)]


def position_of(home: Home, provider: Provider) -> float:
    """UTC seconds up to which everything was said: where the last replay stopped, else the data's own now."""
    try:
        return float((home.path / POSITION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return provider.world.now
    except ValueError:
        told = f"{home.path / POSITION}: not an instant. Remove it: what was said is said again, which changes nothing."
        raise UserError(told) from None


def drop(home: Home, kind: Kind, rows: pl.DataFrame, until: float) -> Path:
    """Puts a file into the source's folder of the inbox, under its name once it is whole."""
    folder = home.path / "inbox" / kind.source
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / f"live_{until:.0f}_{rows[0, 0]}.csv"
    draft = whole.with_suffix(".part")
    rows.write_csv(draft, datetime_format=kind.stamps)
    os.replace(draft, whole)
    return whole


def say(texts: list[str], port: int, stopped: Event) -> bool:
    """Sends messages in their order; whether each was acknowledged. One that is not, and all after it, are sent again."""
    if not texts:
        return True
    try:
        with MLLPClient("127.0.0.1", port) as client:
            client.socket.settimeout(PATIENCE)
            for text in texts:
                if stopped.is_set() or b"\rMSA|" not in client.send_message(text):
                    return stopped.is_set()
    except OSError:
        return False  # the watcher is not there yet, or starts again
    return True


class Saying:
    """One replay. said, dropped: UTC seconds of the data up to which messages were acknowledged and files dropped."""

    def __init__(self, home: Home, provider: Provider, port: int) -> None:
        self.home, self.provider, self.port = home, provider, port
        self.said = self.dropped = position_of(home, provider)

    def speak(self, now: float, stopped: Event) -> None:
        """Everything that happened up to `now`."""
        if now > self.said and say(self.provider.messages(self.said, now), self.port, stopped) and not stopped.is_set():
            self.said = now

    def drop(self) -> None:
        """The files of what the messages have told; then what was said is on the disk."""
        if self.said > self.dropped:
            for kind, rows in self.provider.extracts(self.dropped, self.said):
                drop(self.home, kind, rows, self.said)
            self.dropped = self.said
            write_whole(self.home.path / POSITION, f"{self.dropped}\n")


def go_on(saying: Saying, clock: Clock, stopped: Event) -> None:
    """Until it is stopped. What was not said while it stood still is said at once."""
    waited = DROP_EVERY
    while not stopped.is_set():
        real = datetime.now(UTC).replace(tzinfo=None)
        saying.speak(clock.at(real).replace(tzinfo=UTC).timestamp(), stopped)
        if waited >= DROP_EVERY:
            saying.drop()
            waited = 0.0
        stopped.wait(BREATH)
        waited += BREATH
    saying.drop()
