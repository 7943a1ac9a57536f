"""The page of a snapshot: whole in itself, the same in any process, every word escaped, every figure with its words."""

import re
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

from metrics.snapshot.charts import MOST_TICKS, svg_of, ticks
from metrics.snapshot.content import NO_CHANGE
from metrics.snapshot.page import NO_ALERTS, NO_EARLIER, NO_GAPS, NO_OFF_TARGET, html_of
from tests.snapshot.example import points, snapshot

HASH = (
    "from hashlib import sha256; from metrics.snapshot.page import html_of; from tests.snapshot.example import snapshot; "
    "print(sha256(html_of(snapshot()).encode()).hexdigest())"
)
HOSTILE = "<script>alert('1')</script> & \"x\""


class Outline(HTMLParser):
    """The tags of a page, its headings, and what its images are called."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_same_snapshot_gives_the_same_bytes_in_another_process() -> None:
    there = subprocess.run([sys.executable, "-c", HASH], capture_output=True, text=True, check=True, timeout=300)
    assert there.stdout.strip() == sha256(html_of(snapshot()).encode()).hexdigest()


def test_every_figure_says_what_it_shows() -> None:
    page = html_of(snapshot())
    drawings = re.findall(r"<svg [^>]*role=\"img\"[^>]*><title>([^<]*)</title>", page)
    assert len(drawings) == page.count("<svg ") and all(len(words) > 3 for words in drawings)
    told = [section.chart.alt for section in snapshot().sections if section.chart]
    assert len(told) == 4 and all(alt in drawings for alt in told)


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = html_of(snapshot())
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", page))
    assert addresses == {"http://www.w3.org/2000/svg"}  # the name of SVG, not a place
    assert "<script" not in page and "<link" not in page and "@import" not in page and "url(" not in page


def test_headings_stand_in_order_and_the_contents_lead_to_each() -> None:
    tags = Outline(html_of(snapshot())).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    named = [held["id"] for _, held in tags if held.get("id")]
    assert len(named) == len(set(named))
    assert [held["href"] for tag, held in tags if tag == "a"] == [f"#{name}" for name in named]


def test_every_word_from_data_is_escaped() -> None:
    sample = snapshot()
    chart = sample.sections[0].chart
    assert chart is not None
    hostile = replace(
        sample, provider=HOSTILE, title=HOSTILE, reason=HOSTILE, audience_title=HOSTILE, summary=(HOSTILE,), quality=HOSTILE,
        previous=HOSTILE, how_to_read=(HOSTILE,), program=HOSTILE, policy=replace(sample.policy, sentence=HOSTILE),
        changes=(replace(sample.changes[0], sentence=HOSTILE),), off_target=(replace(sample.off_target[0], sentence=HOSTILE),),
        alerts=(replace(sample.alerts[0], what=HOSTILE, where=HOSTILE, owner=HOSTILE, taken_by=HOSTILE, severity=HOSTILE),),
        icon_rows=(replace(sample.icon_rows[0], title=HOSTILE, place=HOSTILE, value=HOSTILE, n=HOSTILE, target=HOSTILE),),
        sections=(replace(sample.sections[0], heading=HOSTILE, sentences=(HOSTILE,), chart=replace(
            chart, title=HOSTILE, subtitle=HOSTILE, target_words=HOSTILE, alt=HOSTILE)),),
        gaps=(replace(sample.gaps[0], sentence=HOSTILE),),
        revisions=(replace(sample.revisions[0], title=HOSTILE, place=HOSTILE, before=HOSTILE, after=HOSTILE),),
    )  # fmt: skip
    page = html_of(hostile)
    assert "<script" not in page and page.count("&lt;script&gt;") > 25


def test_an_empty_week_says_so_in_words() -> None:
    page = html_of(
        snapshot(summary=(NO_CHANGE,), changes=(), off_target=(), alerts=(), gaps=(), revisions=(), previous="", icon_rows=())
    )
    assert all(words in page for words in (NO_CHANGE, NO_OFF_TARGET, NO_ALERTS, NO_GAPS, NO_EARLIER))


def test_the_title_and_the_language_are_there() -> None:
    page = html_of(snapshot(edition=2, reason="A feed had been read twice."))
    assert '<html lang="en-GB">' in page and "Edition 2." in page and "A feed had been read twice." in page
    assert "<title>Riverside Health, weekly snapshot 2026-W47, Board: One figure worse, one better, one off target</title>" in page


def test_a_withheld_week_has_no_figure_anywhere_in_its_row() -> None:
    page = html_of(snapshot())
    row = re.search(r'<tr><th scope="row">Complaint resolution.*?</tr>', page, re.DOTALL)
    assert row is not None and row.group(0).count(">withheld<") == 2


def test_a_chart_without_any_figure_is_still_drawn() -> None:
    chart = snapshot().sections[0].chart
    assert chart is not None
    bare = tuple(replace(one, value=None, n=None, mean=None, lower=None, upper=None, target=None) for one in points(64, 3, 60))
    drawn = svg_of(replace(chart, points=bare))
    assert "polyline" not in drawn and "polygon" not in drawn and chart.alt in drawn
    assert svg_of(replace(chart, points=())).startswith("<svg")


def test_ticks_are_round_few_and_inside() -> None:
    for low, high in ((0.0, 1.0), (0.061, 0.097), (55.0, 73.0), (-3.0, 12_000.0), (0.0, 0.0004)):
        found = ticks(low, high)
        assert 2 <= len(found) <= MOST_TICKS + 1
        assert all(low <= tick <= high for tick in found)
