"""Baselines and notes on charts: who, when, why; the later decision stands; nothing is erased."""

from datetime import date, datetime

import pytest

from metrics.errors import UserError
from metrics.ledger import Ledger
from metrics.ledger.series_words import (
    Series,
    annotate,
    annotations,
    baseline_history,
    baselines,
    decide_baseline,
    withdraw_annotation,
    withdraw_baseline,
)  # fmt: skip
from metrics.ledger.tables import SERIES

AT = datetime(2026, 7, 1, 9, 30, 0, 123456)
EVERYWHERE = Series("no_show_rate", "share", "week")
CENTRAL = Series("no_show_rate", "share", "week", "CEN")


def test_a_home_without_a_ledger_reads_as_empty(ledger: Ledger) -> None:
    for frame in (baselines(ledger), annotations(ledger), baseline_history(ledger)):
        assert frame.is_empty()
        assert set(SERIES) <= set(frame.columns)
    assert ledger.file is None or not ledger.file.exists(), "reading makes nothing"


def test_a_decision_is_read_as_it_was_made(ledger: Ledger) -> None:
    decide_baseline(ledger, CENTRAL, date(2026, 1, 5), date(2025, 1, 6), date(2025, 6, 29), " new clinic ", "Ann", AT)
    (row,) = baselines(ledger).drop("baseline_id").rows(named=True)
    assert row == {
        "metric": "no_show_rate", "statistic": "share", "grain": "week", "site_id": "CEN", "service_id": None,
        "starts": date(2026, 1, 5), "baseline_from": date(2025, 1, 6), "baseline_to": date(2025, 6, 29), "reason": "new clinic",
        "created_by": "Ann", "created_at": AT,
    }  # fmt: skip


def test_the_later_decision_on_a_start_stands_and_the_other_is_remembered(ledger: Ledger) -> None:
    first = decide_baseline(ledger, EVERYWHERE, date(2026, 1, 5), date(2026, 1, 5), None, "first", "Ann", AT)
    second = decide_baseline(ledger, EVERYWHERE, date(2026, 1, 5), date(2026, 1, 5), None, "second", "Ben", AT)
    decide_baseline(ledger, CENTRAL, date(2026, 1, 5), date(2026, 1, 5), None, "elsewhere", "Ben", AT)
    decide_baseline(ledger, EVERYWHERE, date(2026, 3, 2), date(2026, 3, 2), None, "re-base", "Ben", AT)
    assert baselines(ledger)["reason"].to_list() == ["second", "re-base", "elsewhere"], "all sites first, then by start"
    assert baseline_history(ledger)["reason"].to_list() == ["first", "second", "elsewhere", "re-base"]
    withdraw_baseline(ledger, second, "Cat", AT)
    assert baselines(ledger)["reason"].to_list()[0] == "first"
    assert baseline_history(ledger).filter(baseline_id=second).row(0, named=True)["withdrawn_by"] == "Cat"
    assert first != second


def test_what_cannot_be_a_baseline_is_refused_all_at_once(ledger: Ledger) -> None:
    with pytest.raises(UserError) as refused:
        decide_baseline(ledger, CENTRAL, date(2026, 1, 5), date(2026, 1, 5), date(2025, 1, 5), " ", "", AT)
    assert [problem.split(".")[0] for problem in refused.value.problems] == [
        "reason is empty", "by is empty", "the baseline ends on 2025-01-05, before it begins on 2026-01-05",
    ]  # fmt: skip


def test_notes_are_kept_by_series_and_taken_off_by_a_person(ledger: Ledger) -> None:
    later = annotate(ledger, CENTRAL, date(2026, 2, 2), "new booking system", "Ann", AT)
    annotate(ledger, CENTRAL, date(2026, 1, 5), "strike", "Ben", AT)
    assert annotations(ledger).select("day", "text", "created_by").rows() == [
        (date(2026, 1, 5), "strike", "Ben"),
        (date(2026, 2, 2), "new booking system", "Ann"),
    ]
    withdraw_annotation(ledger, later, "Ann", AT)
    assert annotations(ledger)["text"].to_list() == ["strike"]
    with pytest.raises(UserError, match=f"there is no annotation {later} in force"):
        withdraw_annotation(ledger, later, "Ann", AT)
    with pytest.raises(UserError, match="text is empty"):
        annotate(ledger, CENTRAL, date(2026, 2, 2), "", "Ann", AT)
