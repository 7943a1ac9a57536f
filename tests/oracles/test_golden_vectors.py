"""Golden vectors of control charts: numbers worked by hand outside this program."""

import polars as pl
import pytest

from metrics.signals import xmr
from metrics.signals.lines import SCREEN
from metrics.signals.profile import DEFAULT, NHSR_0_2_2
from metrics.signals.verdicts import assurance
from tests.signals.chart_points import points_of

VALUES = [82, 79, 84, 77, 80, 83, 78, 81, 79, 85, 76, 80]


def test_golden_vector_4_an_xmr_chart() -> None:
    lines = xmr.with_limits(points_of([float(value) for value in VALUES]).lazy(), NHSR_0_2_2).collect().row(0, named=True)
    expected = {"centre": 80.3333, "lower": 68.242, "upper": 92.424, "near_lower": 72.273}
    assert {name: lines[name] for name in expected} == pytest.approx(expected, abs=5e-4)
    ranges = pl.Series(VALUES).diff().abs().drop_nulls()
    assert ranges.mean() == pytest.approx(4.5455, abs=5e-5)
    assert SCREEN * float(ranges.mean()) == pytest.approx(14.85, abs=5e-3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        (92.43, "consistent_fail"),
        (92.42, "inconsistent"),
        (80.0, "inconsistent"),
        (68.25, "inconsistent"),
        (68.24, "consistent_pass"),
    ],
)
def test_golden_vector_5_assurance_where_more_is_better(target: float, verdict: str) -> None:
    """Above the upper limit the target is never met, below the lower one always; between them it is hit or miss."""
    told = pl.DataFrame({"lower": [68.242], "upper": [92.424], "target": [target], "better": ["higher"], "trial": [False]})
    assert told.select(assurance(DEFAULT)).item() == verdict
