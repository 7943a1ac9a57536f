"""The dashboard as people use it: in a browser, by keyboard, on a telephone, in the dark, and while new data arrives."""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from metrics.dashboard.theme import PALETTES
from metrics.home import open_home
from metrics.ledger import open_ledger
from metrics.ledger.query_log import queries_run
from metrics.refresh import refresh
from metrics.warehouse import current
from tests.browser.browser_steps import choose, colours_of, csv_under, look_of, overflow, press, settle, tab_on, tile, value_of
from tests.browser.conftest import PATIENCE, PICTURES, ROOT, now, served

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
PICTURE = ROOT / "docs" / "images" / "scorecard.png"
WORDS_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
STOPS = 12  # presses of Tab that a test follows
METRIC = "Door to provider"


def test_from_the_scorecard_to_the_sql_that_proves_a_figure(open_page: Open, provider: Path) -> None:
    page = open_page("/")
    choose(page, "site", "Central Hospital")
    choose(page, "service", "Emergency")
    press(page, "period", "Month")
    row = tile(page, METRIC)
    shown = value_of(row)
    row.get_by_role("link").click()
    page.wait_for_url("**/metric?**")
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("How long")
    assert value_of(page.locator(".st-key-headline")) == shown
    page.get_by_text("Show SQL", exact=True).click()
    expect(page.locator(".st-key-show_sql code").first).to_contain_text("facts_visits")
    page.get_by_role("button", name="Run this SQL").click()
    proof = page.locator(".st-key-proof")
    answer = proof.or_(page.locator(".st-key-show_sql").get_by_role("alert"))  # or the sentence that says why there is none
    expect(answer).to_contain_text("● equal")
    page.locator(".st-key-paused").get_by_text("Pause", exact=True).click()  # the page is drawn again, and its proof stays
    settle(page)
    expect(proof).to_contain_text(f"Figure on the page {shown} · figure from SQL {shown}")
    run = queries_run(open_ledger(open_home(provider)), most=1).row(0, named=True)
    assert (run["door"], run["outcome"], run["verified"]) == ("page", "answered", False)
    assert "facts_visits" in run["sql"] and '"service": "emergency"' in run["params"]


def test_every_view_is_a_url(open_page: Open) -> None:
    page = open_page("/")
    choose(page, "site", "Northgate Hospital")
    press(page, "period", "Quarter")
    leading = page.locator("[class*='st-key-tile_']").count()
    page.locator(".st-key-more_waits").get_by_text("more without a target").click()
    settle(page)
    assert page.locator("[class*='st-key-tile_']").count() > leading
    assert parse_qs(urlparse(page.url).query) == {"site": ["Northgate Hospital"], "period": ["Quarter"], "more_waits": ["true"]}
    again = open_page(page.url.removeprefix(page.url.split("/?")[0]))
    assert eventually(lambda: words_of(again) == words_of(page)), (words_of(page), words_of(again))


def test_a_metric_page_reloads_as_it_was(open_page: Open) -> None:
    page = open_page("/metric?metric=Door+to+provider&statistic=90th+percentile&grain=Month&site=Central+Hospital")
    last_words = page.get_by_text("Definition version")
    expect(last_words).to_be_visible()
    assert "90th percentile by month, Central Hospital" in words_of(page)
    again = open_page("/metric" + page.url.partition("/metric")[2])
    page.reload()
    expect(last_words).to_be_visible()
    assert eventually(lambda: words_of(page) == words_of(again)), (words_of(page), words_of(again))


def words_of(page: Page) -> str:
    """Everything the page says but for what the clock moves."""
    words = page.locator("[data-testid=stMain]").inner_text()
    return re.sub(r"(\d[\d,]*|under a) (minute|hour|day)s?( old| ago)", "", words)


def eventually(true: Callable[[], bool]) -> bool:
    """Whether it comes true while a loaded machine redraws."""
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_page_follows_the_browsers_appearance(open_page: Open, mode: str) -> None:
    page = open_page("/", mode=mode)
    words, ground = colours_of(page.get_by_role("heading", level=1))
    assert (words, ground) == (PALETTES[mode].text, PALETTES[mode].background)
    expect(page.locator(f"[data-testid=stVegaLiteChart] path[stroke='{PALETTES[mode].figure}']").first).to_be_attached()
    picture = page.screenshot()
    assert picture.startswith(b"\x89PNG")
    if mode == "light" and PICTURES:
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(picture)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_small_words_can_be_read(open_page: Open, mode: str) -> None:
    page = open_page("/", mode=mode)
    for words in page.locator("[data-testid=stCaptionContainer] p, .stMarkdownBadge").all()[:40]:
        ink, ground = colours_of(words)
        assert contrast(ink, ground) >= WORDS_CONTRAST, (words.inner_text(), ink, ground)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    first, second = sorted((luminance(one), luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("path", ["/", "/metric?metric=Door+to+provider&grain=Month", "/data"])
def test_a_telephone_needs_no_sideways_scrolling(open_page: Open, path: str) -> None:
    page = open_page(path, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert overflow(page) == []


def test_the_header_says_how_old_the_data_is(open_page: Open) -> None:
    page = open_page("/")
    expect(page.locator(".st-key-header")).to_contain_text(
        re.compile(r"Data as of \d+ \w+ \d{4}, \d\d:\d\d \w+ · .+ old · generation \d{8}T\d{6}-\d+ · sequence \d+")
    )
    expect(page.locator(".st-key-header").get_by_text("Pause")).to_be_visible()


def test_every_chart_is_named_for_a_screen_reader(open_page: Open) -> None:
    page = open_page("/metric?metric=Door+to+provider&statistic=Within+60+minutes&grain=Month")
    charts = page.locator("[data-testid=stVegaLiteChart]")
    expect(charts.nth(3)).to_be_attached()
    names = charts.evaluate_all(
        """all => all.map(one => [one, ...one.querySelectorAll('[aria-label]')]
            .map(at => at.getAttribute('aria-label') || '').join(' '))"""
    )
    assert len(names) >= 4
    assert all(len(name.split()) > 5 for name in names), names


def test_a_charts_table_and_csv_say_what_it_shows(open_page: Open) -> None:
    page = open_page("/metric?metric=Door+to+provider&grain=Month")
    rows = csv_under(page, page.locator("[data-testid=stMain]"))
    assert len(rows) > 12
    assert {"period_start", "value", "n", "lower", "centre", "upper", "closed", "withheld"} <= set(rows[0])
    own = page.locator('button[aria-label^="Download as CSV"]')
    assert own.count() > 0 and not any(button.is_visible() for button in own.all()), "the file is the one below the table"


def test_the_keyboard_reaches_everything_and_shows_where_it_is(open_page: Open) -> None:
    page = open_page("/")
    reached = [tab_on(page, 0)]
    for stop in range(1, STOPS):
        focused = look_of(page, stop - 1)
        reached.append(tab_on(page, stop))
        if reached[-2] != "PAGE":
            assert look_of(page, stop - 1) != focused, f"nothing shows that the keyboard was at: {reached[-2]}"
    assert len(set(reached)) == STOPS
    assert not any(name.startswith("BODY") for name in reached)
    assert {"Scorecard", "Metric", "Data"} <= {name.split()[1] for name in reached if name.startswith("A ")}


def test_a_metric_opens_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("/")
    tile(page, METRIC).get_by_role("link").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/metric?**")
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("How long")


def test_a_new_generation_is_followed_and_a_pause_is_kept(provider: Path, open_page: Open, tmp_path: Path) -> None:
    home = open_home(shutil.copytree(provider, tmp_path / "data"))
    with served(home.path) as address:
        page = open_page("/", at=address)
        header = page.locator(".st-key-header")
        choose(page, "every", "10 seconds")
        expect(header).to_contain_text(current(home.path).name)

        followed = refresh(home, now(), full=True).generation
        expect(header).to_contain_text(f"generation {followed}")

        header.get_by_text("Pause").click()
        expect(header).to_contain_text("Paused")
        newer = refresh(home, now(), full=True).generation
        choose(page, "site", "Central Hospital")
        expect(header).to_contain_text(f"generation {followed}")
        expect(header).to_contain_text("A newer generation is in force")

        header.get_by_text("Pause", exact=True).click()
        expect(header).to_contain_text(f"generation {newer}")


def test_nothing_to_show_is_a_sentence_and_a_command(open_page: Open, tmp_path: Path) -> None:
    with served(tmp_path / "nowhere") as address:
        page = open_page("/", at=address, ready="[data-testid=stAlert]")
        expect(page.get_by_role("alert")).to_contain_text("timely")
        assert "Traceback" not in page.content()
