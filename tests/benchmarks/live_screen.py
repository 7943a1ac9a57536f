"""From acknowledgement to the screen: the board open in Chromium at one site, arrival after arrival, while others send at a rate.

The arrivals that are timed come to a site where nobody else does; the others come to all the rest. Each is on the screen when the
tile of those who wait for triage counts one more.
"""

import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import polars as pl
from playwright.sync_api import Page, sync_playwright

from metrics.home import Home
from metrics.journal import opened
from tests.benchmarks.hl7_sender import END, START, message
from tests.browser.conftest import ARGUMENTS, CHROMIUM, DESKTOP, served

TILE = ".st-key-tile_waiting_for_triage"
COUNTED = re.compile(r"(\d+)\s+people", re.IGNORECASE)
LONGEST = 60  # seconds to wait for one arrival
PAUSES = (1.0, 3.0)  # seconds between two that are timed: at any moment between two looks of the page
PROBED = 20  # arrivals timed at each rate


@contextmanager
def board(home: Home, site: str) -> Iterator[Page]:
    """The board of the site, open and filled."""
    with served(home.path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = browser.new_page(viewport=DESKTOP)
        page.goto(f"{address}/board?site={quote(site)}")
        page.locator(TILE, has_text=COUNTED).wait_for(timeout=120_000)
        yield page
        browser.close()


def waiting(page: Page) -> int:
    found = COUNTED.search(page.locator(TILE).inner_text())
    return int(found[1]) if found else 0


def acknowledged(peer: socket.socket, number: int, site: str) -> float:
    """When the arrival was acknowledged."""
    name = f"probe{time.time():.3f}"
    peer.sendall(START + message("A04", number, name, site, datetime.now(UTC)) + END)
    answer = b""
    while not answer.endswith(END):
        answer += peer.recv(65_536)
    assert b"MSA|AA|" in answer, answer
    return time.time()


def seen(page: Page, count: int) -> float:
    """When the tile counted so many."""
    until = time.time() + LONGEST
    while time.time() < until:
        if waiting(page) >= count:
            return time.time()
        page.wait_for_timeout(20)
    raise SystemExit(f"the tile did not count {count} within {LONGEST} seconds: {page.locator(TILE).inner_text()!r}")


def received(home: Home) -> int:
    return int(opened(home.path).feeds()["received"].sum())


def timed(page: Page, home: Home, port: int, site: str, rate: float, probes: int) -> tuple[pl.Series, float]:
    """Seconds from acknowledgement to the screen of so many arrivals, while others send at the rate (messages a second).

    And how many messages a second were acknowledged meanwhile, all senders together.
    """
    sites = home.sites["site_id"].to_list()
    name, others = f"crowd{time.time():.0f}", [one for one in sites if one != site]
    command = [sys.executable, "-m", "tests.benchmarks.hl7_sender", str(port), name, "--rate", str(rate), "--seconds", "3600"]
    sender = subprocess.Popen([*command, "--sites", *others], stdout=subprocess.DEVNULL)
    moments, found = random.Random(3), []
    began, first = time.time(), received(home)
    try:
        with socket.create_connection(("127.0.0.1", port)) as peer:
            for number in range(probes):
                page.wait_for_timeout(moments.uniform(*PAUSES) * 1000)
                before = waiting(page)  # nobody else comes here, and the arrival before is on the screen
                at = acknowledged(peer, number, site)
                found.append(max(0.0, seen(page, before + 1) - at))
    finally:
        sender.kill()
        sender.wait()
    return pl.Series(found), (received(home) - first) / (time.time() - began)


def printed(home: Home, port: int, rates: list[float], probes: int = PROBED, path: Path | None = None) -> None:
    """A line a rate; with a path, a picture of the screen after the last."""
    probed = home.sites.row(-1, named=True)
    with board(home, probed["name"]) as page:
        print("on the screen: asked/s  acknowledged/s  arrivals  median s  p99 s  most s")
        for rate in rates:
            found, acknowledged_rate = timed(page, home, port, probed["site_id"], rate, probes)
            words = f"{rate:.0f}" if rate else "highest"
            figures = f"{found.median():8.2f}  {found.quantile(0.99):5.2f}  {found.max():6.2f}"
            print(f"{words:>22}  {acknowledged_rate:14.0f}  {len(found):8}  {figures}", flush=True)
        if path is not None:
            page.screenshot(path=path)
