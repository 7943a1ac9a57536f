"""The data page's part on quality: what was found in words, and charts that say what they show."""

from datetime import timedelta

import polars as pl

from metrics.check import findings
from metrics.dashboard import quality_charts, quality_page
from metrics.dashboard.theme import DARK, LIGHT
from metrics.quality.pictures import around_limit, late_by_month, watched
from tests.quality.made import MONDAY, counts, feed, feeds, material

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BINS = pl.DataFrame({
    "metric": "ed_length_of_stay", "site_id": ["CEN", "CEN", "CEN", "NYC"], "bin": [215, 239, 266, 240], "n": [5, 30, 9, 2],
})  # fmt: skip


def late_visits(n: int, late: int) -> pl.DataFrame:
    at = [MONDAY + place * 7 * MINUTE for place in range(n)]
    return counts(
        "visits", ({"arrived_at": one, "recorded_at": one + (5 * DAY if place < late else MINUTE)} for place, one in enumerate(at))
    )


def test_findings_are_told_worst_first_with_where_and_what() -> None:
    found = findings(material(counts=late_visits(100, 20), freshness=feeds(feed(rejected=500))))
    told = quality_page.shown(found, {"CEN": "Central Hospital"})
    assert told["state"].to_list()[:2] == ["▲ Fails", "◆ Warned of"] and set(told["state"][2:]) == {"● Passes"}
    assert told["check"].to_list()[:2] == ["TQ004", "TQ007"]
    assert told["site"].to_list()[:2] == ["all", "Central Hospital"]
    assert quality_page.headline(found) == "Of 17 checks 1 fails, 1 warns"


def test_a_headline_never_says_more_than_was_judged() -> None:
    assert quality_page.headline([]) == "Nothing could be checked yet"
    assert quality_page.headline(findings(material())) == "All 1 findings pass", "how old the data are"


def test_the_minutes_about_a_limit() -> None:
    given = material(bins=BINS)
    assert watched(given).row(0) == ("ed_length_of_stay", given.metrics["ed_length_of_stay"].title)
    minutes = around_limit(given, "ed_length_of_stay")
    assert (minutes["minute"].min(), minutes["minute"].max(), minutes.height) == (216, 265, 50), (
        "every minute, also those without waits"
    )
    assert minutes.filter("under").select("minute", "n").rows() == [(236, 0), (237, 0), (238, 0), (239, 30), (240, 2)]
    assert around_limit(given, "ed_length_of_stay", "NYC")["n"].sum() == 2
    assert around_limit(given, "no_show_rate").is_empty()
    for palette in (LIGHT, DARK):
        figure = quality_charts.limit_figure(minutes, "Length of stay", "All sites", palette)
        assert figure.title == "32 waits ended in the last 5 minutes"
        assert "32 of 32 shown ended in the 5 minutes before it" in figure.alt_text
        assert figure.chart.to_dict()


def test_late_recording_by_month() -> None:
    late = late_by_month(material(counts=late_visits(100, 20)))
    assert late.select("table_name", "late", "rows").rows() == [("visits", 20, 100)]
    assert late_by_month(material(counts=late_visits(100, 0))).is_empty(), "nothing late, nothing to see"
    figure = quality_charts.late_figure(late, LIGHT)
    assert figure.title == "Recorded late: at most 20%" and "June 2026" in figure.alt_text
    assert figure.chart.to_dict()
