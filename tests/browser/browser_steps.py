"""The steps a person takes, in Playwright's words."""

import csv
from pathlib import Path

from playwright.sync_api import Locator, Page


def settle(page: Page, ready: str = "h1") -> None:
    """Wait until what makes the page ready is there, every chart is drawn, and the script has rested for a moment.

    A moment, because a script that has just been asked to run is not running yet.
    """
    page.wait_for_selector(ready)
    page.wait_for_function(
        """() => {
            const running = !document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]');
            const blank = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
                .some(chart => !chart.querySelector('svg.marks, canvas.marks'));
            if (running || blank) { window.restingSince = undefined; return false; }
            window.restingSince ??= performance.now();
            if (performance.now() - window.restingSince < 400) return false;
            window.restingSince = undefined;
            return true;
        }"""
    )


def choose(page: Page, key: str, option: str) -> None:
    """Pick from a list."""
    page.locator(f".st-key-{key} input").click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def press(page: Page, key: str, option: str) -> None:
    """Pick among options side by side."""
    page.locator(f".st-key-{key}").get_by_text(option, exact=True).click()
    settle(page)


def tile(page: Page, title: str) -> Locator:
    """A metric's row on the scorecard."""
    return page.locator("[class*='st-key-tile_']").filter(has=page.get_by_role("link", name=title, exact=True))


def value_of(metric: Locator) -> str:
    return metric.locator("[data-testid=stMetricValue]").first.inner_text().strip()


def csv_under(page: Page, figure: Locator) -> list[dict[str, str]]:
    """Opens the table under a figure, waits until it is drawn and has stopped moving, and takes its CSV away."""
    figure.get_by_text("Show as table", exact=True).first.click()
    figure.locator("[data-testid=stDataFrame]").first.wait_for()
    settle(page)
    with page.expect_download() as download:
        figure.get_by_role("button", name="Download CSV").first.click()
    return list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8").splitlines()))


def tab_on(page: Page, stop: int) -> str:
    """Press Tab, and name the element it reaches by its tag and its words; it is marked as this stop.

    The scrolling page is a stop too, so that the keyboard can scroll it; it is called PAGE.
    """
    page.keyboard.press("Tab")
    page.wait_for_timeout(250)  # rings fade in
    name: str = page.evaluate(
        """stop => {
            const at = document.activeElement, box = at.getBoundingClientRect();
            at.dataset.stop = stop;
            if (box.width > 0.9 * innerWidth && box.height > 0.8 * innerHeight) return 'PAGE';
            return `${at.tagName} ${at.getAttribute('aria-label') || at.innerText || ''} ${Math.round(box.x)} ${Math.round(box.y)}`;
        }""",
        stop,
    )
    return name


def look_of(page: Page, stop: int) -> str:
    """How a stop and what is drawn around it look now: outlines, shadows, borders and fills."""
    look: str = page.evaluate(
        """stop => {
            const at = document.querySelector(`[data-stop='${stop}']`);
            const around = at.parentElement.parentElement;
            return [around, ...around.querySelectorAll('*')].slice(0, 60).map(part => {
                const style = getComputedStyle(part);
                return `${style.outline} ${style.boxShadow} ${style.borderColor} ${style.backgroundColor} ${style.color}`;
            }).join('|');
        }""",
        stop,
    )
    return look


def overflow(page: Page) -> list[str]:
    """What reaches beyond the right edge of the screen, outside boxes that scroll by themselves."""
    return page.evaluate(
        """() => {
            const scrolls = element => {
                for (let at = element.parentElement; at; at = at.parentElement) {
                    if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(at).overflowX)
                        && at.dataset.testid !== 'stMain' && at !== document.body && at.dataset.testid !== 'stAppViewContainer'
                        && at.dataset.testid !== 'stApp' && at.getBoundingClientRect().right <= innerWidth + 1) return true;
                }
                return false;
            };
            const beyond = box => box.width > 0 && box.right > innerWidth + 1;
            return [...document.querySelectorAll('[data-testid=stMain] *')]
                .filter(element => beyond(element.getBoundingClientRect()))
                .filter(element => !scrolls(element))
                .map(element => `${element.tagName}.${element.className} ${element.innerText?.slice(0, 40) ?? ''}`);
        }"""
    )


def colours_of(element: Locator) -> tuple[str, str]:
    """The computed colour of the words and of the ground behind them, as #rrggbb, see-through parts mixed in."""
    return tuple(
        element.evaluate(
            """element => {
                const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
                const over = (top, ground) => {
                    const alpha = top.length > 3 ? top[3] : 1;
                    return [0, 1, 2].map(i => alpha * top[i] + (1 - alpha) * ground[i]);
                };
                const chain = [];
                for (let at = element; at; at = at.parentElement) chain.unshift(getComputedStyle(at));
                let ground = [255, 255, 255], strength = 1;
                for (const style of chain) {
                    const fill = parse(style.backgroundColor);
                    if (fill.length) ground = over(fill, ground);
                    strength *= Number(style.opacity);
                }
                const words = parse(getComputedStyle(element).color);
                const seen = over([...words.slice(0, 3), (words[3] ?? 1) * strength], ground);
                const hex = part => Math.round(part).toString(16).padStart(2, '0');
                return [seen, ground].map(colour => '#' + colour.map(hex).join(''));
            }"""
        )
    )
