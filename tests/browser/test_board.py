"""The live board in Chromium: a feed that dies and comes back, a publish, a pause, a server that goes away and comes back."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hl7.client import MLLPClient
from playwright.sync_api import Page, expect

from metrics.home import open_home
from metrics.journal import opened
from metrics.listen import Listener, drain, reading_of
from metrics.refresh import refresh
from tests.browser.conftest import PICTURES, ROOT, free_port, now, served

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
STALE, LOST = 12, 30  # seconds; a loaded machine may take several to draw
LONGEST = 60_000  # milliseconds
WALL = "/board?view=wall&site=Central+Hospital"
WIDE = {"width": 1920, "height": 1080}
IMAGES = ROOT / "docs" / "images"


@pytest.fixture(scope="module")
def home(provider: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the provider whose feeds are stale after seconds."""
    copy = tmp_path_factory.mktemp("board") / "data"
    shutil.copytree(provider, copy)
    settings = copy / "timely.toml"
    limits = f'[board]\nstale_after = "{STALE} seconds"\nlost_after = "{LOST} seconds"\n'
    before, _, after = settings.read_text(encoding="utf-8").partition("[board]\n")
    settings.write_text(before + limits + after.replace("stale_after", "# stale_after", 1).replace("lost_after", "# lost_after", 1))
    return copy


@pytest.fixture(scope="module")
def arrives(home: Path) -> Iterator[Callable[[str], None]]:
    """arrives(visit): somebody comes to the emergency department of Central Hospital now, by MLLP."""
    listener = Listener(opened(home), reading_of(open_home(home)), "127.0.0.1", 0)

    def told(visit: str) -> None:
        at = f"{datetime.now(UTC):%Y%m%d%H%M%S}+0000"
        pv1 = "|".join(["PV1", "1", "E", "ED^^^CEN", *[""] * 6, "emergency", *[""] * 8, visit])
        with MLLPClient("127.0.0.1", listener.port) as client:
            answer = client.send_message(f"MSH|^~\\&|PAS|CEN|T|X|{at}||ADT^A04|{visit}|P|2.5\rPID|1||{visit}\r{pv1}")
        assert b"MSA|AA|" in answer

    yield told
    listener.close()


def test_a_feed_that_dies_and_comes_back_on_a_wall_that_hangs_on(
    home: Path, arrives: Callable[[str], None], open_page: Open
) -> None:
    port = free_port()
    with served(home, port) as address:
        page = open_page(WALL, at=address, **WIDE)
        tile = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Waiting for triage"))
        arrives("one")
        expect(tile).not_to_contain_text("Stale", timeout=LONGEST)
        expect(tile).not_to_contain_text("No data", timeout=LONGEST)
        expect(tile).to_contain_text("Stale", timeout=LONGEST)
        expect(tile).to_contain_text("No data", timeout=LONGEST)
        expect(tile).not_to_contain_text("people")
        drain(open_home(home), opened(home), now())
        refresh(open_home(home), now())  # a generation is published under the wall
        arrives("two")
        expect(tile).not_to_contain_text("No data", timeout=LONGEST)
        page.get_by_text("Pause", exact=True).click()
        expect(page.get_by_text("Ⅱ PAUSED")).to_be_visible(timeout=LONGEST)
        page.get_by_text("Pause", exact=True).click()
        expect(page.get_by_text("Ⅱ PAUSED")).to_have_count(0, timeout=LONGEST)
        expect(page.get_by_text("NO CONNECTION")).to_be_hidden()
    expect(page.get_by_text("NO CONNECTION")).to_be_visible(timeout=LONGEST)
    with served(home, port):
        expect(page.get_by_text("NO CONNECTION")).to_be_hidden(timeout=LONGEST)
        arrives("three")
        expect(tile).not_to_contain_text("No data", timeout=LONGEST)
        expect(page.locator("[data-testid=stException]")).to_have_count(0)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_board_and_the_wall_on_their_screens(provider: Path, open_page: Open, mode: str) -> None:
    for path, name in ((WALL, "wall"), ("/board?site=Central+Hospital", "board")):
        page = open_page(path, mode=mode, **WIDE)
        expect(page.get_by_role("heading", name="Expected wait to a clinician")).to_be_visible(timeout=LONGEST)
        picture = page.screenshot()
        assert picture.startswith(b"\x89PNG")
        if PICTURES:
            (IMAGES / f"{name}{'' if mode == 'light' else '_dark'}.png").write_bytes(picture)
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0
