"""SIU: appointments made, moved, changed, cancelled, missed."""

from datetime import datetime

from metrics.messages.adt import NOTHING, Said
from metrics.messages.change import Change, Value
from metrics.messages.reading import Reading
from metrics.messages.segments import Told

KINDS = {"S12": "booked", "S13": "moved", "S14": "changed", "S15": "cancelled", "S16": "cancelled", "S17": "deleted",
         **dict.fromkeys(("S18", "S19", "S20", "S21", "S22"), "changed"), "S26": "missed"}  # fmt: skip
"""S23 and S24 block and open slots of a schedule: no appointment."""
STATUSES = {"pending": "pending", "waitlist": "waitlist", "booked": "booked", "overbook": "booked", "arrived": "arrived",
            "checked-in": "checked-in", "started": "arrived", "complete": "fulfilled", "cancelled": "cancelled", "dc": "cancelled",
            "deleted": "entered-in-error", "noshow": "noshow"}  # fmt: skip
"""Table 0278, filler status (SCH-25), and the two words that senders add for an arrival."""
OF_EVENT = {"S12": "booked", "S13": "booked", "S15": "cancelled", "S16": "cancelled", "S17": "entered-in-error", "S26": "noshow"}
STAMPS = {"arrived": "arrived_at", "checked-in": "arrived_at", "started": "seen_at", "complete": "ended_at"}
STARTS = (("TQ1", 7, 1), ("SCH", 11, 4), ("AIS", 4, 1), ("AIG", 8, 1), ("AIL", 6, 1), ("AIP", 6, 1))
MINUTES = {"S": 1 / 60, "SEC": 1 / 60, "M": 1, "MIN": 1, "MINS": 1, "MINUTES": 1, "H": 60, "HR": 60, "HOURS": 60}


def said(message: Told, event: str, at: datetime, site: str | None, reading: Reading) -> Said:
    """Changes, merges and problems of a scheduling message. The appointment is the filler's id (SCH-2), else the placer's."""
    if event not in KINDS:
        return NOTHING
    key, start = message.text("SCH", 2) or message.text("SCH", 1), scheduled(message)
    problems = [] if key else ["SCH-2 and SCH-1 are empty: the appointment has no id."]
    if event in ("S12", "S13") and start is None:
        problems.append("No time to the minute in TQ1-7, SCH-11 or AIS-4: nobody knows when the appointment starts.")
    if problems:
        return (), (), tuple(problems)
    return (Change("appointments", key or "", at, KINDS[event], values(message, event, at, site, reading, start)),), (), ()


def values(message: Told, event: str, at: datetime, site: str | None, reading: Reading, start: datetime | None) -> dict[str, Value]:
    told, patient = (message.text("SCH", 25) or "").lower(), message.text("PID", 3)
    status = OF_EVENT.get(event) or STATUSES.get(told)
    said_of: dict[str, Value] = {
        "site_id": site, "patient_key": reading.key_of(patient) if patient else None, "scheduled_start": start,
        "service_id": message.text("PV1", 10) or message.text("AIL", 3) or message.text("AIS", 3),
        "provider_id": message.text("AIP", 3), "visit_type": message.text("SCH", 8), "scheduled_minutes": minutes(message),
        "status": status, "booked_at": at if event == "S12" else None, "source": reading.source or "hl7v2",
        **({STAMPS[told]: at} if event == "S14" and told in STAMPS else {}),
    }  # fmt: skip
    kept: dict[str, Value] = {name: value for name, value in said_of.items() if value is not None}
    if status == "cancelled":
        return kept | {"cancelled_at": at}
    return kept | ({"cancelled_at": None, "cancelled_by": None} if status == "booked" else {})


def scheduled(message: Told) -> datetime | None:
    return next((at for place in STARTS if (at := message.time(*place)) is not None), None)


def minutes(message: Told) -> int | None:
    """SCH-9 in the units of SCH-10 (none: minutes), at least one; None for what is no number."""
    length, unit = message.text("SCH", 9) or "", (message.text("SCH", 10) or "MIN").upper()
    return max(1, round(int(length) * MINUTES[unit])) if length.isdecimal() and len(length) < 6 and unit in MINUTES else None
