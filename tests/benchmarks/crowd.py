"""python -m tests.benchmarks.crowd: people run queries while refreshes publish. Errors, wrong answers, a page's time."""

import argparse
import csv
import multiprocessing
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from statistics import median
from threading import Event, Lock, Thread
from typing import Any

import pytest

from metrics import lake
from metrics.api.asking import Asked, answered
from metrics.home import Home, open_home
from metrics.priority import stand_back_apart
from metrics.refresh import refresh
from metrics.suppression.answers import ROWS_OF_ONE
from metrics.warehouse import current, run_query
from metrics.watch.apart import STANDS_BACK
from metrics.workbench.exports import as_csv
from metrics.workbench.query import limits_of
from metrics.workbench.questions import questions
from tests.benchmarks.homes import make_home
from tests.benchmarks.new_events import add_new_events
from tests.benchmarks.page_run import runs
from tests.browser.browser_steps import settle

PEOPLE = 20
VISITING = 20.0  # seconds in which pages are asked for that nobody draws
PATIENCE = 60  # seconds a person waits for an answer before it counts as an error
BOMB = "-- title: Bomb\nselect count(*) as n from range(1000000) a, range(1000000) b where a.range <> b.range\n"
Ask = tuple[str, tuple[tuple[str, str], ...]]  # a question's name and its parameters


def asks(home: Home) -> list[Ask]:
    """Every shipped question that gives the same when asked again, and no row of one person; and the trend of a few figures."""
    library = questions(home).questions
    repeating = [name for name, one in library.items() if Asked(one, {}).repeats and not ROWS_OF_ONE & set(one.returns)]
    trends = [("trend", (("grain", grain), ("metric", "no_show_rate"))) for grain in ("day", "month", "quarter")]
    return [*((name, ()) for name in sorted(repeating)), *trends]


def digest(text: bytes) -> str:
    """Of a CSV's rows, in whatever order rows that tie came."""
    return sha256(b"\n".join(sorted(text.splitlines()))).hexdigest()


def right_answers(home: Home, wanted: Sequence[Ask]) -> dict[tuple[str, Ask], str]:
    """(generation, ask) -> what the generation in force answers, read by nobody else."""
    generation, library = current(home.path), questions(home).questions
    limits = limits_of(home)
    found = {}
    for name, params in wanted:
        result = run_query(generation, library[name].sql, library[name].bound(dict(params)), limits)
        found[generation.name, (name, params)] = digest(as_csv(answered(home, generation, result.frame, result.truncated).frame))
    return found


@dataclass
class Crowd:
    """What the people saw. outcomes: HTTP status or the error's name -> how often."""

    address: str
    wanted: Sequence[Ask]
    think: float
    outcomes: Counter[str] = field(default_factory=Counter)
    seen: Counter[tuple[str, Ask, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    done: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    @contextmanager
    def asking(self, people: int, bombs: int = 0) -> Iterator["Crowd"]:
        """So many people ask one question after the other until the block ends; `bombs` more each run one that never ends."""
        threads = [Thread(target=self._ask, args=(number,)) for number in range(people)]
        threads += [Thread(target=self._throw, args=(people + number,)) for number in range(bombs)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self.done.set()
            for thread in threads:
                thread.join()

    def _ask(self, number: int) -> None:
        chance = Random(number)
        while not self.done.wait(chance.uniform(0, 2 * self.think)):
            ask = chance.choice(self.wanted)
            begun = time.perf_counter()
            outcome, generation, body = self._got(number, *ask)
            with self.lock:
                self.outcomes[outcome] += 1
                if outcome == "200":
                    self.seconds.append(time.perf_counter() - begun)
                    self.seen[generation, ask, digest(body)] += 1

    def _throw(self, number: int) -> None:
        while not self.done.wait(1):
            outcome, _, _ = self._got(number, "bomb", ())
            with self.lock:
                self.outcomes[f"bomb {outcome}"] += 1

    def _got(self, number: int, name: str, params: Sequence[tuple[str, str]]) -> tuple[str, str, bytes]:
        asked = f"{self.address}/api/query/{name}.csv?{urllib.parse.urlencode(params)}"
        request = urllib.request.Request(asked, headers={"Authorization": f"Bearer {token(number)}"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return "200", answer.headers["X-Timely-Generation"], answer.read()
        except urllib.error.HTTPError as problem:
            return str(problem.code), "", problem.read()
        except OSError as problem:
            return type(problem).__name__, "", b""

    def wrong(self, right: dict[tuple[str, Ask], str]) -> list[tuple[str, Ask]]:
        """Answers that are not what their generation says; one of a generation that nobody checked is wrong, too."""
        return [(generation, ask) for generation, ask, found in self.seen if right.get((generation, ask)) != found]


def token(number: int) -> str:
    return f"{number:04d}-a-token-that-is-long"


def tokens(people: int) -> str:
    return ",".join(f"person{number}={token(number)}" for number in range(people))


def published(home: Home, batch: int, wanted: Sequence[Ask]) -> dict[tuple[str, Ask], str]:
    """A quarter of an hour's events, ingested and refreshed; and what the new generation answers."""
    add_new_events(home, batch)
    known = lake.head(home.lake).as_of
    assert isinstance(known, datetime)
    refresh(home, known, progress=lambda *told: None)
    return right_answers(home, wanted)


def page_seconds(browser: Any, address: str) -> float:
    """Until a scorecard that nobody had open has been drawn."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    begun = time.perf_counter()
    page.goto(address)
    settle(page)
    taken = time.perf_counter() - begun
    context.close()
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.crowd", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=7, help="how often the page is opened, alone and among the people")
    parser.add_argument("--think", type=float, default=2.0, help="seconds between a person's questions, on average")
    given = parser.parse_args()
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="timely-crowd-") as folder:
        patch.setenv("TIMELY_API_TOKENS", tokens(given.people + 1))
        return measured(given, Path(folder) / "home")


def measured(given: argparse.Namespace, path: Path) -> int:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, CHROMIUM, served

    make_home(path, given.events)
    home = open_home(path)
    home.queries.mkdir(exist_ok=True)
    (home.queries / "bomb.sql").write_text(BOMB, encoding="utf-8")
    wanted = [ask for ask in asks(home) if ask[0] != "bomb"]
    right = published(home, 0, wanted)
    with sync_playwright() as playwright, served(path) as address:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page_seconds(browser, address)  # the first page of a server fills its caches
        alone = pages(browser, address, given.pages)
        with Crowd(address, wanted, given.think).asking(given.people, bombs=1) as crowd:
            publisher = Publisher(path, wanted)
            among = pages(browser, address, given.pages)
            made = publisher.stopped()
        browser.close()
    wrong = crowd.wrong(right | {known: one for generation in made for known, one in generation.items()})
    errors = sum(count for outcome, count in crowd.outcomes.items() if outcome != "200" and not outcome.startswith("bomb"))
    counts = {
        "people": given.people,
        "answers": crowd.outcomes["200"],
        "errors": errors,
        "wrong": len(wrong),
        "publishes": len(made),
    }
    seconds = {"answer_s": median(crowd.seconds), "page_alone_s": alone[0], "page_among_s": among[0]}
    seconds |= {"on_screen_alone_s": alone[1], "on_screen_among_s": among[1]}
    said = csv.writer(sys.stdout)
    said.writerow([*counts, *seconds, "ratio", "on_screen_ratio"])
    ratios = (now / then for now, then in zip(among, alone, strict=True))
    said.writerow([*counts.values(), *(f"{at:.2f}" for at in (*seconds.values(), *ratios))])
    print(f"  (every outcome: {dict(crowd.outcomes)})")
    for generation, (name, params) in wrong:
        print(f"  (wrong: {name} {dict(params)} of generation {generation})")
    return 1 if errors or wrong else 0


def pages(browser: Any, address: str, often: int) -> tuple[float, float]:
    """Medians of a page's seconds: as its server makes it, and until a browser that shares this machine's cores has drawn it."""
    return median(runs(address, VISITING)), median(page_seconds(browser, address) for _ in range(often))


class Publisher:
    """Publishes one generation after the other until it is stopped: in a process that stands back, as a watcher's refreshes do."""

    def __init__(self, path: Path, wanted: Sequence[Ask]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=publish_on, args=(path, wanted, theirs))
        self._process.start()
        theirs.close()

    def stopped(self) -> list[dict[tuple[str, Ask], str]]:
        """Of each generation that it published, what it answers."""
        self._pipe.send("stop")
        made = []
        while (right := self._pipe.recv()) is not None:
            made.append(right)
        self._process.join()
        return made


def publish_on(path: Path, wanted: Sequence[Ask], pipe: Connection) -> None:
    """What the publisher's process does. It ends with None, also when a refresh fails: then the answers since are of nobody's."""
    stand_back_apart(STANDS_BACK)
    home, batch = open_home(path), 0
    made = []
    try:
        while not pipe.poll(1):
            batch += 1
            made.append(published(home, batch, wanted))
    finally:
        for right in (*made, None):
            pipe.send(right)


if __name__ == "__main__":
    sys.exit(main())
