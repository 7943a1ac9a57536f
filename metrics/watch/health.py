"""Whether everything that ought to run runs: the watcher, its last look, the figures, the feeds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from json import JSONDecodeError, loads
from pathlib import Path
from typing import Any

from metrics.errors import UserError
from metrics.home import Home, current_home
from metrics.home.replay import pace_of
from metrics.journal import has_journal
from metrics.quality.silence import in_words
from metrics.warehouse import current_or_none
from metrics.watch.looking import STATUS
from metrics.watch.standing import Standing, standings

LOOKED = timedelta(minutes=10)  # a watcher looks every few seconds; a refresh of a long history may take minutes


@dataclass(frozen=True)
class Health:
    """problems: a sentence each; none means that all is well. Instants are UTC, None where there is none.

    as_of: of the figures in force. looked_at: the watcher's last look. look_problems: what failed in it.
    """

    at: datetime
    problems: list[str]
    feeds: list[Standing] = field(default_factory=list)
    generation: str | None = None
    as_of: datetime | None = None
    looked_at: datetime | None = None
    look_problems: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        return not self.problems


def health(path: Path, now: datetime) -> Health:
    """How the home at `path` is. Nothing that is wrong with it raises: it is a problem."""
    try:
        home = current_home(path)
        generation, feeds, look = current_or_none(path), standings(home, now), last_look(path)
    except (UserError, OSError) as error:
        return Health(now, list(getattr(error, "problems", (str(error),))))
    looked_at, wrong = look
    problems = [f"feed {one.feed}: {one.state}, {one.reason}" for one in feeds if one.failed]
    problems += watcher_problems(home, feeds, looked_at, now) + [f"the watcher: {problem}" for problem in wrong]
    as_of = generation.as_of if generation else None
    problems += [] if as_of else ["there are no figures yet"]
    if as_of and now - as_of > home.settings.stale_after:
        problems.append(f"the figures are {in_words(now - as_of)} old")
    return Health(now, problems, feeds, generation.name if generation else None, as_of, looked_at, wrong)


def watcher_problems(home: Home, feeds: list[Standing], looked_at: datetime | None, now: datetime) -> list[str]:
    """A home with feeds needs a watcher: without one what was acknowledged waits."""
    if not home.feeds and not has_journal(home.path) and looked_at is None:
        return []
    if looked_at is None:
        return ["no watcher ever looked; start one with: timely watch"]
    if now - looked_at <= LOOKED * pace_of(home.path):
        return []
    waiting = sum(one.waiting for one in feeds)
    return [
        f"the watcher last looked {in_words(now - looked_at)} ago and {waiting:,} messages and files wait; start it: timely watch"
    ]


def last_look(path: Path) -> tuple[datetime | None, list[str]]:
    """When the watcher last looked, and what failed then."""
    try:
        told: dict[str, Any] = loads((path / STATUS).read_text(encoding="utf-8"))
        return datetime.fromisoformat(told["at"]), [str(problem) for problem in told.get("problems", [])]
    except FileNotFoundError:
        return None, []
    except (JSONDecodeError, KeyError, ValueError, TypeError):
        return None, [f"{STATUS} cannot be read"]
