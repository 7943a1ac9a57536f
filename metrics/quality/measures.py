"""What is counted row by row: stamps that should be there and are not, stamps later than the row that tells of them."""

from dataclasses import dataclass

from metrics.events import EventTable

PLANNED = ("scheduled_start", "recorded_at")  # instants that say what is to be, or when it was said: not what happened

EXPECTED: dict[str, tuple[tuple[str, str], ...]] = {
    "appointments": (
        ("booked_at", "coalesce(walk_in, false) = false"),
        ("arrived_at", "status = 'fulfilled' and coalesce(modality, 'in_person') = 'in_person'"),
        ("seen_at", "status = 'fulfilled'"),
        ("ended_at", "status = 'fulfilled'"),
        ("cancelled_at", "status = 'cancelled'"),
    ),
    "visits": (
        ("triaged_at", "disposition in ('discharged', 'admitted', 'transferred')"),
        ("seen_at", "disposition in ('discharged', 'admitted', 'transferred')"),
        ("decision_at", "disposition = 'admitted'"),
        ("departed_at", "disposition is not null"),
    ),
    "contacts": (
        ("queued_at", "channel = 'phone' and answered_at is not null"),
        ("resolved_at", "channel = 'phone' and answered_at is not null"),
    ),
    "cases": (("resolved_at", "outcome is not null"), ("acknowledged_at", "kind = 'complaint' and resolved_at is not null")),
    "referrals": (("received_at", "accepted_at is not null"), ("clock_start_at", "clock_stop_at is not null")),
    "surveys": (("responded_at", "score is not null"),),
}
"""Instants that a finished row must have, by table: the column, and the SQL predicate of rows that are finished."""

TWINS: dict[str, tuple[tuple[str, ...], str]] = {
    "appointments": (("service_id",), "status not in ('cancelled', 'entered-in-error')"),
    "contacts": (("service_id", "channel"), "true"),
    "cases": (("service_id", "kind"), "true"),
    "surveys": (("instrument", "item", "touchpoint"), "true"),
}
"""What, beside patient and start, tells two rows apart; and the rows looked at: a cancelled appointment may be booked again."""
CLOCKS_DIFFER = "interval '5 minutes'"
"""How far two systems' clocks may be apart before a stamp is called later than the row that tells of it."""


@dataclass(frozen=True)
class Measure:
    """For one check: among rows where `among`, those where `hit`; both SQL predicates, null is no. about: the column."""

    check: str
    about: str
    among: str
    hit: str


def measures_of(table: EventTable) -> list[Measure]:
    """Every measure of the table."""
    missing = [Measure("missing", column, among, f"{column} is null") for column, among in EXPECTED.get(table.name, ())]
    ahead = [
        Measure("ahead", column, f"{column} is not null", f"{column} > recorded_at + {CLOCKS_DIFFER}") for column in happened(table)
    ]
    stamped = [Measure("stamped", column, f"{column} is not null", "false") for column in happened(table)]
    return [*missing, *ahead, *stamped]


def happened(table: EventTable) -> list[str]:
    """The table's instants that say when something happened."""
    return [name for name in table.instants if name not in PLANNED]


def duplicate_key(table: EventTable) -> tuple[list[str], str]:
    """The columns in which two rows of one case are alike, and the predicate of the rows compared."""
    assert table.anchor is not None
    more, among = TWINS.get(table.name, (("service_id",), "true"))
    return ["patient_key", table.anchor, *more], among
