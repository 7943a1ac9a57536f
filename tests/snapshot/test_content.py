"""The values a snapshot is made of."""

from datetime import date

from metrics.snapshot.content import FAMILIES, MOST_TITLE_WORDS, week_name
from tests.snapshot.example import snapshot


def test_a_week_is_named_by_the_iso_year_it_belongs_to() -> None:
    assert week_name(date(2026, 11, 16)) == "2026-W47"
    assert week_name(date(2025, 12, 29)) == "2026-W01"
    assert week_name(date(2020, 12, 28)) == "2020-W53"


def test_the_example_keeps_to_what_a_snapshot_promises() -> None:
    example = snapshot()
    assert example.week_end == date(2026, 11, 22) and example.name == "2026-W47"
    assert tuple(section.family for section in example.sections) == FAMILIES
    for section in example.sections:
        assert section.chart is None or len(section.chart.title.split()) <= MOST_TITLE_WORDS
