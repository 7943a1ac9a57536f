"""A real Chromium in front of a real dashboard, over a small home made by the simulated provider."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.browser_steps import settle
from tests.provider_homes import provider_as_made

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PICTURES = os.environ.get("TIMELY_SCREENSHOTS") == "1"  # take the README's picture
SCALE = 0.1 if PICTURES else 0.02  # some 50,000 events; a picture wants fuller figures
PATIENCE = 120  # seconds a loaded machine may take to start a server, or to draw what is expected
expect.set_options(timeout=PATIENCE * 1_000)  # milliseconds
DESKTOP = {"width": 1440, "height": 900}

Open = Callable[..., Page]


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose data ends now, so that its feeds are fresh."""
    whole = provider_as_made(tmp_path_factory, "now", now(), SCALE, refreshed=True)
    return Path(shutil.copytree(whole, tmp_path_factory.mktemp("provider") / "data"))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def served(home: Path, port: int | None = None) -> Iterator[str]:
    """The address of `streamlit run app.py` over the home, until the block ends; on any port that is free where none is named."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.address", "127.0.0.1"]
    environment = {**os.environ, "TIMELY_HOME": str(home)}
    server = subprocess.Popen([*command, "--server.port", str(port)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/_stcore/health", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url}: no answer in {PATIENCE} seconds")


@pytest.fixture(scope="session")
def address(provider: Path) -> Iterator[str]:
    with served(provider) as at:
        yield at


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile for all pages: Streamlit's scripts are fetched and compiled once, not for every test."""
    context = browser.new_context(viewport=DESKTOP)
    yield context
    context.close()


@pytest.fixture
def open_page(context: BrowserContext, address: str) -> Iterator[Open]:
    """open_page(path, mode, width=, height=): a page that has finished drawing; no script of it may throw."""
    pages: list[Page] = []
    thrown: list[str] = []

    def opened(path: str = "/", mode: str = "light", at: str | None = None, ready: str = "h1", **viewport: int) -> Page:
        page = context.new_page()
        pages.append(page)
        page.emulate_media(color_scheme=mode)
        page.set_viewport_size({**DESKTOP, **viewport})
        page.set_default_timeout(PATIENCE * 1_000)
        page.on("pageerror", lambda error: thrown.append(str(error)))
        page.goto((at or address) + path)
        settle(page, ready)
        return page

    yield opened
    for page in pages:
        page.evaluate("() => localStorage.clear()")  # what a reader chose is the next one's no more
        page.close()
    context.clear_cookies()
    assert thrown == []
