"""Two simulated weeks of watching, at speed: how much memory and disk the watcher and the board's reader hold after each day.

Messages of a department come through the listener's own door (`answers`), the watcher looks as in service (drain, refresh, alerts)
and a board is read, all with a clock that runs weeks ahead. Memory is that of this one process, now and at its most, and how it
grew over the second half of the days.
"""

import argparse
import resource
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from metrics import lake, live
from metrics.home import Home, create_home, open_home
from metrics.journal import opened
from metrics.listen import reading_of
from metrics.listen.mllp import answers
from metrics.watch import Watcher, look
from tests.benchmarks.hl7_sender import message, of_one_connection
from tests.benchmarks.homes import make_home

START = datetime.now(UTC).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
DAYS = 14  # the second week shows whether what the first filled stays as it is
MIB = 2**20


def resident() -> float:
    """MiB of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / MIB


def size(folder: Path) -> float:
    """MiB of the files under the folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / MIB


def figures(home: Home, day: int, most: float) -> str:
    base = opened(home.path).base()
    kept = base.execute("select (select count(*) from messages), (select count(*) from changes)").fetchone()
    numbers = (resident(), most, size(home.path / "journal"), *kept, size(home.lake), lake.head(home.lake).sequence,
               len(list((home.path / "warehouse").glob("*.duckdb"))))  # fmt: skip
    return "  ".join([f"{day:3}", *(f"{number:11,.0f}" for number in numbers)])


def slope(memory: Sequence[float]) -> float:
    """MiB a day by least squares over the second half of the days.

    By then the week that a board shows is full, and so are the days that the journal keeps."""
    half = memory[len(memory) // 2 :]
    middle, mean = (len(half) - 1) / 2, sum(half) / len(half)
    spread = sum((day - middle) ** 2 for day in range(len(half))) or 1
    return sum((day - middle) * (one - mean) for day, one in enumerate(half)) / spread


def watched(path: Path, days: int, messages: int, looks: int) -> None:
    home = open_home(path)
    journal, reading, watcher = opened(path), reading_of(home), Watcher()
    memory: list[float] = []
    told, number, most = of_one_connection("week", home.sites["site_id"].to_list() or ["HAR"]), 0, 0.0
    names = ("day", "memory MiB", "most MiB", "journal MiB", "messages", "changes", "lake MiB", "commits", "generations")
    print("  ".join([names[0], *(f"{name:>11}" for name in names[1:])]))
    for day in range(1, days + 1):
        for part in range(looks):
            since = START + timedelta(days=day - 1) + timedelta(days=1) / looks * part
            step = timedelta(days=1) / looks / max(1, messages // looks)
            raws = []
            for place in range(messages // looks):
                event, visit, site = next(told)
                raws.append(message(event, number, visit, site, since + step * place))
                number += 1
            now = since + timedelta(days=1) / looks
            answers(raws, journal, reading, now)
            live.board_of(live.now_of(home, now))
            problems = look(path, watcher, now).problems
            assert not problems, problems
            live.board_of(live.now_of(home, now))
            most = max(most, resident())
        memory.append(resident())
        print(figures(home, day, most), flush=True)
    print(f"memory over the days after the {days // 2}th: {slope(memory):+.1f} MiB a day")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=0, help="of history beside it; 0: a home that begins empty")
    asked.add_argument("--days", type=int, default=DAYS)
    asked.add_argument("--messages", type=int, default=6_000, help="a day")
    asked.add_argument("--looks", type=int, default=24, help="a day")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "home"
        if told.events:
            make_home(path, told.events)
        else:
            create_home(path)
        watched(path, told.days, told.messages, told.looks)


if __name__ == "__main__":
    main()
