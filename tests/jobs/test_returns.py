"""When a patient next came."""

from datetime import datetime

import polars as pl

from metrics.jobs.returns import next_visits, with_next_visit


def at(day: int) -> datetime:
    return datetime(2026, 1, day, 9)


VISITS = pl.DataFrame(
    [("p", at(1)), ("p", at(1)), ("p", at(5)), ("q", at(3)), (None, at(2)), (None, at(4))],
    schema={"patient_key": pl.String, "scheduled_start": pl.Datetime("us")}, orient="row",
)  # fmt: skip


def test_the_next_visit_is_strictly_later_and_the_same_patients() -> None:
    found = next_visits(VISITS).cast({"patient_key": pl.String}).sort("patient_key", "scheduled_start")
    assert found.rows() == [("p", at(1), at(5)), ("p", at(5), None), ("q", at(3), None)]


def test_only_attended_rows_have_a_next_visit() -> None:
    appointments = VISITS.with_columns(
        pl.Series("status", ["fulfilled", "noshow", "fulfilled", "fulfilled", "fulfilled", "noshow"])
    )
    found = with_next_visit(appointments, next_visits(VISITS))
    assert found["next_visit_at"].to_list() == [at(5), None, None, None, None, None]
