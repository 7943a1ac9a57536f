"""The workbench in Chromium: from a metric's SQL to a changed, run and saved question; a bomb is cancelled from the page."""

import csv
from pathlib import Path

from playwright.sync_api import Page, expect

from metrics.home import open_home
from tests.browser.browser_steps import settle
from tests.browser.conftest import Open

FIELD = "The question, in SQL"
BOMB = "select count(*) from range(1000000) a, range(1000000) b where a.range <> b.range"
SIZES = "-- title: Sizes\n-- param: least integer = 3    Smallest\nselect range as n from range(10) where range >= $least\n"


def write(page: Page, text: str) -> None:
    page.get_by_label(FIELD).fill(text)
    page.keyboard.press("Control+Enter")
    settle(page)


def test_a_metric_s_sql_is_edited_run_with_a_parameter_and_saved(open_page: Open, address: str, provider: Path) -> None:
    page = open_page("/metric?metric=Door to provider")
    page.get_by_text("Show SQL", exact=True).click()
    page.get_by_role("link", name="Edit in the workbench").click()
    page.wait_for_url("**/workbench?**")
    settle(page)
    assert "-- title: Door to provider" in page.get_by_label(FIELD).input_value()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".st-key-told")).to_contain_text("row")

    write(page, SIZES)
    expect(page.locator(".st-key-told")).to_contain_text("7 rows")
    least = page.get_by_label("$least", exact=True)
    least.fill("8")
    least.press("Enter")
    settle(page)
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".st-key-told")).to_contain_text("2 rows")
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8").splitlines())) == [["n"], ["8"], ["9"]]
    assert "p_least=8" in page.url

    again = open_page(page.url.removeprefix(address))
    assert again.get_by_label(FIELD).input_value() == SIZES
    assert again.get_by_label("$least", exact=True).input_value() == "8"

    page.get_by_text("Save", exact=True).first.click()
    settle(page)
    name = page.locator(".st-key-bench_who input")
    name.fill("Ann Analyst")
    name.press("Enter")
    settle(page)
    page.locator(".st-key-save button").click()
    expect(page.get_by_text("Saved as queries/sizes.sql")).to_be_visible()
    assert (open_home(provider).queries / "sizes.sql").read_text(encoding="utf-8") == SIZES


def test_a_bomb_is_cancelled_from_the_page(open_page: Open) -> None:
    page = open_page("/workbench")
    page.get_by_label(FIELD).fill(BOMB)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("ancelled after")).to_be_visible()
    write(page, "select 42 as answer")
    expect(page.locator(".st-key-told")).to_contain_text("1 row")
