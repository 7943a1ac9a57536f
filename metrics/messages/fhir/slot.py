"""Slot: one slot as seen at one census. Place, service and clinician are those of its Schedule, where that stands beside it."""

from datetime import timedelta

from metrics.messages.change import STATE, Change, Value
from metrics.messages.fhir.fields import PRACTITIONERS, Field
from metrics.messages.fhir.resource import Resource
from metrics.messages.folding import case_key

TABLE = "slots"
STATUSES = {"free": "free", "busy": "busy", "busy-unavailable": "held", "busy-tentative": "busy"}
NEVER = "entered-in-error"
FIELDS = (
    Field("slot_id", "id", read="worked out"),
    Field("site_id", "schedule", read="worked out", note="a Location among the Schedule's actors, else the feed's site"),
    Field("service_id", "serviceType.coding.code", "serviceType.concept.coding.code", "worked out", note="else the Schedule's"),
    Field("provider_id", "schedule", read="worked out", note="a Practitioner or PractitionerRole among the Schedule's actors"),
    Field("visit_type", "appointmentType.coding.code", read="worked out"),
    Field("start_at", "start", read="worked out"),
    Field("end_at", "end", read="worked out"),
    Field("status", "status", read="worked out", note="busy-unavailable: held, busy-tentative: busy"),
    Field("snapshot_at", "meta.lastUpdated", read="worked out", note="of the Bundle or the file, else of the slot, else now"),
)
CAPACITY = "/slot-capacity"  # how the extension's address ends
MOST_AT_ONCE, SESSION = 20, timedelta(hours=6)  # no clinician sees more at once; six hours are a session
SERVICE = ("serviceType.coding.code", "serviceType.concept.coding.code", "serviceType.text", "serviceType.concept.text")


def said(one: Resource) -> list[Change]:
    """The slot at the census that it was sent with."""
    status, schedule = one.text("status") or "", schedule_of(one)
    if status == NEVER:
        return []
    if status not in STATUSES:
        one.problems.append(f"Slot.status {status!r} is not one of {', '.join((*STATUSES, NEVER))}.")
    count = capacity(one)
    if count > MOST_AT_ONCE or lasts(one) >= SESSION:
        one.problems.append(f"Slot is coarse (capacity {count}, {lasts(one)}): a session, not an appointment.")
    site = schedule.site("actor")
    one.zone = schedule.zone
    values: dict[str, Value] = {
        "slot_id": one.id, "site_id": site, "service_id": one.text(*SERVICE) or schedule.text(*SERVICE),
        "provider_id": schedule.reference("actor", of=PRACTITIONERS),
        "visit_type": one.text("appointmentType.coding.code", "appointmentType.text"),
        "start_at": one.needed_time("start"), "end_at": one.time("end"), "status": STATUSES.get(status),
        "snapshot_at": one.standing.census_at or one.at, "source": one.source,
    }  # fmt: skip
    copies = [
        values | {"slot_id": one.id if number == 1 else f"{one.id}-{number}"} for number in range(1, min(count, MOST_AT_ONCE) + 1)
    ]
    return [Change(TABLE, case_key(TABLE, copy), one.at, STATE, copy) for copy in copies]


def capacity(one: Resource) -> int:
    """How many appointments the slot stands for (SMART Scheduling Links); one where it does not say."""
    told = [
        each.get("valueInteger")
        for each in one.all("extension")
        if isinstance(each, dict) and str(each.get("url")).endswith(CAPACITY)
    ]
    return told[0] if told and isinstance(told[0], int) and told[0] > 0 else 1


def lasts(one: Resource) -> timedelta:
    start, end = one.time("start"), one.time("end")
    return end - start if start and end and end > start else timedelta(0)


def schedule_of(one: Resource) -> Resource:
    """The slot's Schedule; an empty one where it does not stand beside the slot."""
    return Resource(one.near("Schedule", "schedule") or {"resourceType": "Schedule"}, one.reading, one.standing)
