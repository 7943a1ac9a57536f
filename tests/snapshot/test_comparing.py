"""What two editions say of each figure, drawn as tables."""

from typing import Any

import pytest

from metrics.snapshot.comparing import compared, summary_of, verdicts_that_differ


def said(*rows: tuple[str, str, str, str, str, str]) -> dict[str, Any]:
    """An edition's words: (metric, value, n, target, variation, assurance) a row."""
    names = ("metric", "value", "n", "target", "variation", "assurance")
    shared = {"statistic": "share", "statistic_words": "Share", "place": "All sites"}
    return {"icon_rows": [{**shared, **dict(zip(names, row, strict=True)), "title": row[0].capitalize()} for row in rows]}


NO_SHOW = ("no-show", "8.4%", "120", "10%", "common_cause", "inconsistent")
WORSE = ("no-show", "12.1%", "118", "10%", "concern_high", "inconsistent")
RAISED = ("no-show", "8.4%", "120", "9%", "common_cause", "consistent_fail")
HIDDEN = ("no-show", "withheld", "withheld", "10%", "not_assessed", "not_assessed")
LATER = ("waits", "31 min", "40", "–", "common_cause", "none")


@pytest.mark.parametrize(
    ("before", "after", "summary", "sentences"),
    [
        ([], [], "Neither edition tells a figure.", []),
        ([NO_SHOW], [NO_SHOW], "Of 1 figures, none read otherwise, and none have another verdict.", []),
        (
            [NO_SHOW], [WORSE], "Of 1 figures, 1 reads otherwise, and 1 has another verdict.",
            ["No-show, share at All sites: change was “No significant change”, is “Worse, higher”"],
        ),
        (
            [NO_SHOW], [RAISED], "Of 1 figures, none read otherwise, and 1 has another verdict.",
            ["No-show, share at All sites: target was “10%”, is “9%”; outlook was “Hit or miss”, is “Will miss the target”"],
        ),
    ],
)  # fmt: skip
def test_what_differs_is_told(before: list[Any], after: list[Any], summary: str, sentences: list[str]) -> None:
    rows = compared(said(*before), said(*after))
    assert summary_of(rows) == summary
    assert verdicts_that_differ(rows) == sentences


def test_a_withheld_figure_stays_withheld() -> None:
    row = compared(said(NO_SHOW), said(HIDDEN)).row(0, named=True)
    assert (row["before"], row["after"], row["n_after"]) == ("8.4%", "withheld", "withheld")


def test_a_figure_that_one_does_not_tell_is_absent_there() -> None:
    rows = compared(said(NO_SHOW), said(LATER))
    assert rows.select("figure", "before", "after").rows() == [("Waits, share", "–", "31 min"), ("No-show, share", "8.4%", "–")]
