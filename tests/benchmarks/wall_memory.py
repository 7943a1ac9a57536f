"""A wall that hangs on: what its page holds in memory, redraw after redraw, and what the server holds for it.

The page's own clock runs faster, so that the redraws of an hour come in minutes; somebody arrives between them. Garbage is
collected before each count: what grows is what nothing lets go of. Prints a line a count, then what grew over the second half.
"""

import argparse
import resource
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import polars as pl
from playwright.sync_api import CDPSession, Page, sync_playwright

from metrics.demo import demo
from metrics.home import open_home
from metrics.journal import opened
from metrics.listen import reading_of
from metrics.listen.mllp import answers
from tests.benchmarks.hl7_sender import message
from tests.browser.conftest import ARGUMENTS, CHROMIUM, free_port, served

WALL = "/board?view=wall&site=Central+Hospital"
SITE = "CEN"
WIDE = {"width": 1920, "height": 1080}
SCALE = 0.02
FASTER = """
const every = window.setInterval;
window.setInterval = (act, wait, ...more) => every(act, wait / SPEED, ...more);
"""
HOUR = 3600 + 1800  # redraws of an hour: the head each second, the tiles every two
MIB = 2**20
COLUMNS = {"redraws": 0, "heap MiB": 2, "nodes": 0, "listeners": 0, "server MiB": 0}  # digits


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def server_memory(port: int) -> float:
    """MiB of the process that serves on the port."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"--server.port\0{port}\0" in (process / "cmdline").read_text():
                return int((process / "statm").read_text().split()[1]) * resource.getpagesize() / MIB
        except OSError:
            continue
    return 0.0


def counted(session: CDPSession, redraws: int, port: int) -> dict[str, float]:
    session.send("HeapProfiler.collectGarbage")
    told = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    figures = (redraws, told["JSHeapUsedSize"] / MIB, told["Nodes"], told["JSEventListeners"], server_memory(port))
    return dict(zip(COLUMNS, figures, strict=True))


def watched(page: Page, port: int, seconds: float, every: float, arrives: Callable[[], object]) -> pl.DataFrame:
    """A row a count."""
    asked: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: asked.append(1)))
    page.goto(f"http://127.0.0.1:{port}{WALL}")
    page.get_by_role("heading", name="Waiting for triage").wait_for(timeout=120_000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    rows = []
    for _ in range(round(seconds / every)):
        for _ in range(round(every)):
            arrives()
            page.wait_for_timeout(1000)
        rows.append(counted(session, len(asked), port))
        print("  ".join(f"{rows[-1][name]:11,.{digits}f}" for name, digits in COLUMNS.items()), flush=True)
    return pl.DataFrame(rows)


def growth(rows: pl.DataFrame) -> str:
    """By least squares, in an hour's redraws, over the second half of the counts."""
    half = rows.tail(len(rows) // 2)
    redraws = half["redraws"]
    slopes = {name: pl.select(pl.cov(redraws, half[name], ddof=0) / redraws.var(ddof=0)).item() * HOUR for name in half.columns[1:]}
    return ", ".join(f"{name} {slope:+,.2f}" for name, slope in slopes.items())


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=180.0)
    asked.add_argument("--every", type=float, default=10.0, help="seconds between two counts")
    asked.add_argument("--speed", type=float, default=10.0, help="how many times as fast the page's clock runs")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path, port, number = Path(folder) / "home", free_port(), count()
        demo(path, SCALE, 1, now(), lambda *_: None)
        journal, reading = opened(path), reading_of(open_home(path))

        def arrives() -> object:
            one = next(number)
            return answers([message("A04", one, f"wall{one}", SITE, datetime.now(UTC))], journal, reading, now())

        with served(path, port):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            page = browser.new_page(viewport=WIDE)
            page.add_init_script(FASTER.replace("SPEED", str(told.speed)))
            print("  ".join(f"{name:>11}" for name in COLUMNS))
            rows = watched(page, port, told.seconds, told.every, arrives)
            browser.close()
    print(f"growth in an hour's {HOUR:,} redraws, by the second half: {growth(rows)}")


if __name__ == "__main__":
    main()
