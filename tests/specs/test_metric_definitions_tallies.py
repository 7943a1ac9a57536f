"""What the metrics on counts made elsewhere add up; and that every metric on events is drawn in one of these specs."""

from datetime import date
from pathlib import Path

import pytest

from tests.specs.conftest import CATALOG

MONTH = """
    metric   | service_id | period_start     | period_end       | numerator | denominator
    {metric} | a          | 2026-01-01 00:00 | 2026-02-01 00:00 | 10        | 10
    {metric} | b          | 2026-01-01 00:00 | 2026-02-01 00:00 | 50        | 100
    {metric} | b          | 2026-02-01 00:00 | 2026-03-01 00:00 | 1         | 2
    {metric} | c          | 2026-01-15 00:00 | 2026-02-15 00:00 | 1         | 2
    other    | a          | 2026-01-01 00:00 | 2026-02-01 00:00 | 1         | 1
"""
RETURNS = (
    "cancer_28_days", "cancer_31_days", "cancer_62_days", "diagnostics_over_6_weeks", "diagnostics_over_13_weeks",
    "rtt_over_52_weeks", "waiting_list_unexplained", "ambulance_handover_15_minutes",
)  # fmt: skip


@pytest.mark.parametrize("metric", RETURNS)
def test_returns_are_pooled_in_the_months_that_hold_them_whole(figures, metric):
    found = figures(metric, "share", MONTH.format(metric=metric), month=date(2026, 1, 1))
    assert (found["numerator"], found["denominator"]) == (60, 110)
    assert found["value"] == pytest.approx(0.545455, abs=1e-6)  # golden vector 2: never 75 %


def test_golden_vector_12_the_list_that_does_not_add_up(figures):
    """March 2025: opening + starts - completed - removed is 244,936 more than the list that was published."""
    opening, starts, admitted, other_stops, closing = 7_402_148, 1_798_503, 1_207_339, 327_477, 7_420_899
    residual = opening + starts - admitted - other_stops - closing
    found = figures("waiting_list_unexplained", "share", f"""
        metric                   | period_start     | period_end       | numerator  | denominator
        waiting_list_unexplained | 2025-03-01 00:00 | 2025-03-31 23:00 | {residual} | {opening}
    """)  # fmt: skip
    assert (residual, round(100 * found["value"], 2)) == (244_936, 3.31)


def test_the_list_at_month_end_in_bins_of_a_week(figures):
    rows = """
        metric         | bin_lower | bin_upper | count | period_start     | period_end
        rtt_incomplete | 0         | 1         | 10    | 2026-03-01 00:00 | 2026-03-31 23:00
        rtt_incomplete | 17        | 18        | 20    | 2026-03-01 00:00 | 2026-03-31 23:00
        rtt_incomplete | 18        | 19        | 10    | 2026-03-01 00:00 | 2026-03-31 23:00
        rtt_incomplete | 104       |           | 10    | 2026-03-01 00:00 | 2026-03-31 23:00
    """
    within = figures("rtt_incomplete", "within", rows)
    assert (within["numerator"], within["denominator"]) == (30, 50)
    assert figures("rtt_incomplete", "median", rows)["value"] == 17.75  # the 25th of 50: 15 into the 20 of its week


def test_every_metric_on_events_is_drawn_in_a_spec():
    specs = Path(__file__).parent.glob("test_metric_definitions*.py")
    oracles = (Path(__file__).parents[1] / "oracles").glob("test_real_*.py")  # for what only one real file has
    drawn = "".join(path.read_text(encoding="utf-8") for path in (*specs, *oracles))
    put_together = ("return_rate_", "triage_category_", "no_show_rate_")  # how ids begin that a spec makes of parts
    assert [
        metric for metric, of in CATALOG.items() if not of.is_tally and metric not in drawn and not metric.startswith(put_together)
    ] == []
