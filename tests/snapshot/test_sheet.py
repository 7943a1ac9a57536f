"""The sheet of a snapshot: two pages, tagged, the same in any process, with every figure's words."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from io import BytesIO

from pypdf import PdfReader

from metrics.snapshot.charts import svg_of
from metrics.snapshot.content import NO_CHANGE
from metrics.snapshot.sheet import pdf_of, pictures_of, words_of
from tests.snapshot.example import snapshot

HASH = (
    "from hashlib import sha256; from metrics.snapshot.sheet import pdf_of; from tests.snapshot.example import snapshot; "
    "print(sha256(pdf_of(snapshot())).hexdigest())"
)
MARKUP = '#panic("read as code") *bold* $x$ <b> \\ "quoted" @label'


def test_the_same_snapshot_gives_the_same_bytes_in_another_process() -> None:
    there = subprocess.run([sys.executable, "-c", HASH], capture_output=True, text=True, check=True, timeout=300)
    assert there.stdout.strip() == sha256(pdf_of(snapshot())).hexdigest()


def test_a_week_stands_on_two_pages() -> None:
    assert len(pictures_of(snapshot(), 20)) == 2
    assert len(re.findall(rb"/Type\s*/Page\b", pdf_of(snapshot()))) == 2


def test_the_pdf_is_tagged_with_a_title_a_language_and_no_date() -> None:
    made = pdf_of(snapshot())
    assert b"/StructTreeRoot" in made and b"/Marked true" in made and b"/Lang" in made and b"pdfuaid" in made
    assert b"One figure worse, one better, one off target" in made
    assert b"/CreationDate" not in made


def test_every_chart_and_sparkline_has_words_instead() -> None:
    said, sample = words_of(snapshot()), snapshot()
    drawn = [one["chart"]["alt"] for one in said["sections"] if "chart" in one]
    assert drawn == [one.chart.alt for one in sample.sections if one.chart]
    assert all(row["title"] in row["alt"] and row["value"] in row["alt"] for row in said["rows"])


def test_the_sheet_says_what_the_snapshot_says() -> None:
    told, sample = json.dumps(words_of(snapshot()), ensure_ascii=False), snapshot()
    sentences = [one.sentence for group in (sample.changes, sample.off_target, sample.gaps, sample.revisions) for one in group]
    assert all(sentence in told for sentence in (*sentences, sample.quality, sample.policy.sentence, *sample.how_to_read))


def test_the_pdf_holds_its_text_to_be_searched_and_copied() -> None:
    sample = snapshot()
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf_of(sample))).pages]
    told = bare(" ".join(pages))
    figures = [(row.title, row.value, row.n, row.target) for row in sample.icon_rows]
    sentences = [one.sentence for group in (sample.changes, sample.off_target, sample.gaps, sample.revisions) for one in group]
    words = [*sentences, *(word for row in figures for word in row), *(line for one in sample.sections for line in one.sentences)]
    assert [word for word in (*words, sample.title, sample.quality, sample.policy.sentence) if bare(word) not in told] == []
    assert all(sample.name in page for page in pages)


def bare(text: str) -> str:
    """Without the blanks and hyphens that a line's end may add or take."""
    return re.sub(r"[\s\u00ad-]", "", text)


def test_words_from_data_are_never_markup() -> None:
    made = pdf_of(snapshot(title=MARKUP, provider=MARKUP, quality=MARKUP, reason=MARKUP, summary=(MARKUP,), changes=()))
    assert made.startswith(b"%PDF")


def test_an_empty_week_is_drawn() -> None:
    bare = snapshot(
        summary=(NO_CHANGE,), changes=(), off_target=(), alerts=(), icon_rows=(), sections=(), gaps=(), revisions=(), previous=""
    )
    assert len(pictures_of(bare, 20)) == 1


def test_a_narrow_chart_keeps_its_last_date() -> None:
    chart = snapshot().sections[0].chart
    assert chart is not None
    narrow, broad = svg_of(chart, width=470), svg_of(chart)
    assert ">16 Nov<" in narrow and ">16 Nov<" in broad
    assert narrow.count('text-anchor="middle"') < broad.count('text-anchor="middle"')
