"""Versions of a FHIR resource in whatever order they come, and however often, make one row."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.messages import folded
from tests.messages.test_fhir import appointment, encounter, told, work

APPOINTMENTS = [
    appointment(f"09:{minute}", status, start) for minute, status, start in (
        (10, "proposed", "13:00"), (12, "booked", "14:00"), (15, "cancelled", "14:00"), (16, "cancelled", "14:00"),
        (20, "booked", "15:00"), (40, "arrived", "15:00"), (44, "checked-in", "15:00"), (50, "entered-in-error", "15:00"),
    )
]  # fmt: skip
VISITS = [encounter(f"10:{minute}", status) for minute, status in (
    (11, "planned"), (12, "arrived"), (13, "triaged"), (14, "entered-in-error"), (15, "in-progress"), (16, "finished"),
)]  # fmt: skip
TASKS = [work(f"11:{minute}", status) for minute, status in (
    (10, "requested"), (11, "accepted"), (12, "completed"), (13, "in-progress"), (14, "completed"), (15, "completed"),
)]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_order_of_arrival_changes_nothing(data: st.DataObject) -> None:
    table, versions = data.draw(st.sampled_from([("appointments", APPOINTMENTS), ("visits", VISITS), ("cases", TASKS)]))
    some = data.draw(st.lists(st.sampled_from(range(len(versions))), min_size=1, unique=True))
    shuffled = data.draw(st.permutations(some))
    assert row(table, [versions[n] for n in sorted(some)]).equals(row(table, [versions[n] for n in shuffled]))


def row(table: str, versions: list[dict[str, Any]]) -> Any:
    return folded(table, [change for version in versions for change in told(version).changes])
