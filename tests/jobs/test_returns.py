"""When a patient next came, and which of two visits at one instant stands for both."""

from datetime import datetime

import polars as pl

from metrics.definitions.derived import FOLLOWING
from metrics.jobs.returns import followed, next_rows

VISITS, CONTACTS = FOLLOWING["appointments"], FOLLOWING["contacts"]


def at(day: int) -> datetime:
    return datetime(2026, 1, day, 9)


ROWS = pl.DataFrame(
    [
        ("b", "p", at(1), "fulfilled"), ("a", "p", at(1), "fulfilled"), ("c", "p", at(1), "noshow"),
        ("d", "p", at(5), "fulfilled"), ("e", "q", at(3), "fulfilled"), ("f", None, at(2), "fulfilled"),
        ("g", None, at(2), "fulfilled"), ("h", "p", at(9), "noshow"),
    ],
    schema={"appointment_id": pl.String, "patient_key": pl.String, "scheduled_start": pl.Datetime("us"), "status": pl.String},
    orient="row",
)  # fmt: skip


def test_the_next_visit_is_strictly_later_and_the_same_patients() -> None:
    attended = ROWS.filter(pl.col("status") == "fulfilled").select("patient_key", "scheduled_start")
    found = next_rows(attended, VISITS).cast({"patient_key": pl.String}).sort("patient_key", "scheduled_start")
    assert found.select("patient_key", "scheduled_start", "next_visit_at", "tied").rows() == [
        ("p", at(1), at(5), True), ("p", at(5), None, False), ("q", at(3), None, False),
    ]  # fmt: skip


def test_only_attended_rows_have_a_next_visit_and_one_of_two_at_an_instant_stands_for_both() -> None:
    found = followed(ROWS, VISITS)
    assert found["next_visit_at"].to_list() == [at(5), at(5), None, None, None, None, None, None]
    assert found.filter("repeated")["appointment_id"].to_list() == ["a"]  # b has the greater key; without a patient none repeats


def test_a_contact_is_followed_by_one_about_the_same_matter() -> None:
    contacts = pl.DataFrame(
        [
            ("a", "p", "bill", at(1)), ("b", "p", "pain", at(2)), ("c", "p", "bill", at(3)), ("d", "q", "bill", at(4)),
            ("e", "p", None, at(5)),
        ],
        schema={"contact_id": pl.String, "patient_key": pl.String, "topic": pl.String, "opened_at": pl.Datetime("us")},
        orient="row",
    )  # fmt: skip
    found = followed(contacts, CONTACTS)
    assert found["next_contact_at"].to_list() == [at(3), None, None, None, None]
    assert not found["repeated"].any()


def test_of_nothing_nothing_follows() -> None:
    assert followed(ROWS.clear(), VISITS).columns == [*ROWS.columns, "next_visit_at", "repeated"]
