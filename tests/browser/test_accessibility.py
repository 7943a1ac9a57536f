"""Every page of the dashboard and the snapshot's page, by axe-core in Chromium: no violation of WCAG 2.2 AA or best practice."""

import ast
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from metrics.dashboard import front
from metrics.home import open_home
from metrics.snapshot.making import make
from metrics.snapshot.rendering import PAGE
from tests.browser.browser_steps import settle
from tests.browser.conftest import DESKTOP, now

GROUND = "getComputedStyle(document.querySelector('.stApp')).backgroundColor"  # which of the two themes is drawn
PHONE = {"width": 375, "height": 812}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pages() -> list[str]:
    """The URL path of every page in the navigation, as front.py declares them."""
    tree = ast.parse(Path(front.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "st.Page"]
    return [next((ast.literal_eval(word.value) for word in call.keywords if word.arg == "url_path"), "") for call in calls]


def violations(page: Page) -> list[dict[str, Any]]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [
        {"rule": rule["id"], "target": node["target"], "html": node["html"][:200], "why": node.get("failureSummary", "")[:300]}
        for rule in found.response["violations"] for node in rule["nodes"]
    ]  # fmt: skip


def ground_of(page: Page) -> str:
    return str(page.evaluate(GROUND))


def sideways(page: Page) -> int:
    """CSS pixels that the page is wider than its window: it would have to be scrolled in two directions (WCAG 1.4.10)."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture(scope="session")
def edition(provider: Path) -> Path:
    return Path(make(open_home(provider), now()).path)


@pytest.mark.parametrize("path", [*pages(), "board?view=wall"])
def test_a_page_of_the_dashboard(edition: Path, open_page: Any, path: str) -> None:
    page = open_page(f"/{path}", "light")
    light = ground_of(page)
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{GROUND} != '{light}'")
    settle(page)
    assert found + violations(page) == []


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_page_of_a_snapshot(edition: Path, browser: Browser, size: Any, mode: Any) -> None:
    page = browser.new_page(viewport=size, color_scheme=mode)
    page.goto((edition / PAGE).as_uri())
    assert (violations(page), sideways(page)) == ([], 0)
    page.emulate_media(media="print")
    assert violations(page) == []
    page.close()


def test_the_check_finds_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page(viewport=PHONE)
    faint = '<p style="color:#aaa">too faint to read</p>'
    page.set_content(f'<html lang="en"><main><h1>A</h1><h3>B</h3>{faint}<img src="d.png"><hr style="width:900px"></main></html>')
    assert {"heading-order", "color-contrast", "image-alt"} <= {found["rule"] for found in violations(page)}
    assert sideways(page) > 0
    page.close()
