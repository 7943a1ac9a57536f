"""The workbench in Chromium: a bomb is cancelled from the page, and the next question runs."""

from playwright.sync_api import Page, expect

from tests.browser.browser_steps import settle
from tests.browser.conftest import Open

FIELD = "The question, in SQL"
BOMB = "select count(*) from range(1000000) a, range(1000000) b where a.range <> b.range"


def write(page: Page, text: str) -> None:
    page.get_by_label(FIELD).fill(text)
    page.keyboard.press("Control+Enter")
    settle(page)


def test_a_bomb_is_cancelled_from_the_page(open_page: Open) -> None:
    page = open_page("/workbench")
    page.get_by_label(FIELD).fill(BOMB)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("ancelled after")).to_be_visible()
    write(page, "select 42 as answer")
    expect(page.locator(".st-key-told")).to_contain_text("1 row")
