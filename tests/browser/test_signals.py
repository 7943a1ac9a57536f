"""Control charts, funnel, icons and the alert inbox, in a browser over a judged generation."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from metrics.home import open_home
from metrics.ledger import lives, open_ledger
from tests.browser.browser_steps import choose, colours_of, csv_under, overflow, press, settle
from tests.browser.conftest import PICTURES, ROOT, served
from tests.browser.test_dashboard import WORDS_CONTRAST, contrast
from tests.dashboard import alert_lives
from tests.dashboard.conftest import fixture_module
from tests.dashboard.test_judged_pages import make

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
DOOR = "/metric?metric=Door+to+provider&statistic=Within+60+minutes&grain=Week"
VIEWS = {
    "control_chart": "/metric?metric=Door+to+provider&statistic=Within+60+minutes&site=Eastfield+Hospital&grain=Week",
    "changes": "/changes",
    "alerts": "/alerts",
}
PAGES = (DOOR, "/changes?show=Everything", "/alerts", f"/alerts?alert={alert_lives.RECOVERING.alert_id}", "/alert_quality")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard over a home with control charts and alerts."""
    with served(make(tmp_path_factory.mktemp("judged") / "data", fixture_module())) as address:
        yield address


def test_the_metric_page_shows_its_control_chart_and_the_data_of_it(open_page: Open, judged: str) -> None:
    page = open_page(DOOR, at=judged)
    chart = page.locator("[class*='st-key-door_to_provider_within_week_control']").first
    expect(chart).to_contain_text("p′ chart (Laney); profile timely")
    for words in ("Target 90%", "Baseline", "not closed"):
        expect(chart.locator("svg.marks text", has_text=words).first).to_be_attached()
    rows = csv_under(page, chart)
    assert len(rows) > 100
    assert {"centre", "lower", "upper", "label", "closed", "baseline", "target"} <= set(rows[0])
    assert any(row["closed"] == "false" for row in rows)


def test_the_words_stand_before_the_chart(open_page: Open, judged: str) -> None:
    page = open_page(DOOR, at=judged)
    words = page.locator(".st-key-verdicts").bounding_box()
    chart = page.locator("[class*='_control'] [data-testid=stVegaLiteChart]").first.bounding_box()
    assert words is not None
    assert chart is not None
    assert words["y"] < chart["y"]


def test_the_funnel_opens_with_its_sites(open_page: Open) -> None:
    page = open_page("/metric?metric=No-show+rate+(attended+plus+did+not+attend)&grain=Month")
    funnel = page.locator("[class*='_funnel']").first
    expect(funnel).to_contain_text("The band holds 99.8% of sites")
    expect(funnel.locator("svg.marks text", has_text="Cases (n)").first).to_be_attached()
    rows = csv_under(page, funnel)
    assert len(rows) >= 3
    assert {"site_id", "value", "n", "withheld"} <= set(rows[0])  # its limits are made of n: they would tell it


def test_an_acknowledgement_outlives_a_reload(open_page: Open, judged: str) -> None:
    page = open_page("/alerts?state=Alerting", at=judged)
    card = page.locator(f".st-key-alert_{alert_lives.FIRING.alert_id}")
    expect(card).to_contain_text("Nobody has acknowledged it")
    name = page.locator(".st-key-alerts_who input")
    name.fill("B. Rossi")
    name.press("Enter")
    settle(page)
    card.get_by_role("button", name="Acknowledge").first.click()
    expect(card).to_contain_text("Acknowledged by B. Rossi (unverified)")
    page.reload()
    settle(page)
    expect(card).to_contain_text("Acknowledged by B. Rossi (unverified)")
    expect(page.get_by_role("heading", level=1)).to_contain_text("all acknowledged")


def test_two_dashboards_acknowledge_the_same_alert_at_once(open_page: Open, tmp_path: Path) -> None:
    """Two programs over one ledger: the first has it, the second is told so, and the history keeps both."""
    home = make(tmp_path / "data", fixture_module())
    alert, people = alert_lives.FIRING.alert_id, ("A. Okafor", "B. Rossi")
    with served(home) as here, served(home) as there:
        pages = [open_page("/alerts?state=Alerting", at=address) for address in (here, there)]
        for page, name in zip(pages, people, strict=True):
            page.locator(".st-key-alerts_who input").fill(name)
            page.locator(".st-key-alerts_who input").press("Enter")
            settle(page)
        buttons = [page.locator(f".st-key-ack_{alert} button").first for page in pages]
        for button in buttons:
            button.click(no_wait_after=True)
        for page in pages:
            expect(page.locator(f".st-key-alert_{alert}")).to_contain_text("Acknowledged by")
        shown = [page.locator(f".st-key-alert_{alert}").inner_text() for page in pages]
    acks = lives.events(open_ledger(open_home(home)), alert).filter(pl.col("type") == "acked")
    assert sorted(acks["actor"]) == list(people), "no acknowledgement is lost"
    first = acks["actor"][0]
    assert all(f"Acknowledged by {first}" in text for text in shown), "one of them has it, on both screens"


def test_an_alert_is_noted_by_name_and_its_history_tells(open_page: Open, judged: str) -> None:
    page = open_page(f"/alerts?alert={alert_lives.PENDING.alert_id}", at=judged)
    choose(page, "alerts_who", "A. Okafor")
    press(page, f"act_{alert_lives.PENDING.alert_id}", "Note")
    page.locator(f".st-key-note_{alert_lives.PENDING.alert_id} input").fill("Two clinics were moved")
    page.locator("[data-testid=stForm]").get_by_role("button", name="Note").click()
    expect(page.get_by_text("The note is in its history")).to_be_visible()
    again = open_page(f"/alerts?alert={alert_lives.PENDING.alert_id}", at=judged)
    with again.expect_download() as download:
        again.get_by_role("button", name="Download CSV").click()
    assert "A. Okafor (unverified),Noted,Two clinics were moved" in Path(download.value.path()).read_text(encoding="utf-8")


def test_the_icon_table_leads_to_the_metric(open_page: Open, judged: str) -> None:
    page = open_page("/changes?show=Everything", at=judged)
    images = page.locator("table img")
    expect(images.nth(29)).to_be_attached()
    assert all(images.evaluate_all("all => all.map(one => one.alt.length > 3)"))
    page.wait_for_function("[...document.querySelectorAll('table img')].every(one => one.complete && one.naturalWidth > 0)")
    page.locator("tr").filter(has_text="Northgate Hospital").get_by_role("link", name="Door to provider").click()
    page.wait_for_url("**/metric?**")
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("How long")
    expect(page.get_by_text("the latest settled week · Northgate Hospital")).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
def test_a_telephone_needs_no_sideways_scrolling(open_page: Open, judged: str, path: str) -> None:
    page = open_page(path, at=judged, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert overflow(page) == []


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("path", ["/changes?show=Everything", f"/alerts?alert={alert_lives.RECOVERING.alert_id}"])
def test_small_words_can_be_read(open_page: Open, judged: str, path: str, mode: str) -> None:
    page = open_page(path, mode=mode, at=judged)
    for words in page.locator("[data-testid=stCaptionContainer] p, .stMarkdownBadge, table th, table td span, button p").all()[:60]:
        ink, ground = colours_of(words)
        assert contrast(ink, ground) >= WORDS_CONTRAST, (words.inner_text(), ink, ground)


@pytest.mark.parametrize(("name", "path"), VIEWS.items())
def test_every_page_of_the_provider_opens(open_page: Open, name: str, path: str) -> None:
    page = open_page(path)
    assert page.get_by_text("could not be read").count() == 0
    picture = page.screenshot()
    assert picture.startswith(b"\x89PNG")
    if PICTURES:
        (ROOT / "docs" / "images" / f"{name}.png").write_bytes(picture)
