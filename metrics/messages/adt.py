"""ADT: arrivals, moves, discharges, their undoing, and two records of one patient.

A visit is an emergency attendance: patient class E (PV1-2). Inpatient messages (class I) of the same visit number end it.
"""

from datetime import datetime

from metrics.messages.change import Change, Merge, Value
from metrics.messages.reading import Reading
from metrics.messages.segments import Told

Said = tuple[tuple[Change, ...], tuple[Merge, ...], tuple[str, ...]]
NOTHING: Said = ((), (), ())
EMERGENCY, INPATIENT = "E", "I"
ARRIVALS, MOVES, ADMISSIONS, MERGES = ("A01", "A04"), ("A02", "A10"), ("A01", "A06"), ("A18", "A34", "A40")
UNDOES = {"A11": "arrived", "A12": "moved", "A13": "left"}
UNDOES_ADMISSION = {("A11", INPATIENT), ("A07", EMERGENCY)}
"""A cancelled admission, and an inpatient who is an emergency patient again. Of an inpatient nothing else is taken back: moves of
beds and the discharge from the ward bear the same visit number, and were never told of the emergency attendance."""
MODES = {"A": "ambulance", "H": "helicopter", "C": "walk_in", "F": "walk_in", "P": "walk_in", "O": "other", "U": "unknown"}
"""Table 0430, mode of arrival (PV2-38)."""
ENDINGS = {1: "discharged", **dict.fromkeys(range(2, 7), "transferred"), 7: "left_against_advice", 8: "discharged", 9: "admitted",
           **dict.fromkeys(range(20, 30), "died")}  # fmt: skip
"""Table 0112, discharge disposition (PV1-36)."""


def said(message: Told, event: str, at: datetime, site: str | None, reading: Reading) -> Said:
    """Changes, merges and problems. A08 and events that speak of no wait say nothing."""
    if event in MERGES:
        return merged(message, at, reading)
    visit_class = message.text("PV1", 2)
    change = undone(message, event, at, visit_class) or moved(message, event, at, visit_class, site, reading)
    if change is None:
        return NOTHING
    if not change.key:
        return (), (), ("PV1-19 is empty: the visit has no number.",)
    return (change,), (), ()


def undone(message: Told, event: str, at: datetime, visit_class: str | None) -> Change | None:
    """What an event takes back: the latest of its kind."""
    kind = "admitted" if (event, visit_class) in UNDOES_ADMISSION else UNDOES.get(event) if visit_class != INPATIENT else None
    return None if kind is None else Change("visits", visit(message), at, "undone", undoes=kind)


def moved(message: Told, event: str, at: datetime, visit_class: str | None, site: str | None, reading: Reading) -> Change | None:
    """What an event that is no undo and no merge does to a visit."""
    if visit_class == INPATIENT and event in ADMISSIONS:
        return Change("visits", visit(message), at, "admitted", {"departed_at": at, "disposition": "admitted"})
    if visit_class != EMERGENCY:
        return None
    if event in ARRIVALS:
        return Change("visits", visit(message), at, "arrived", arrival(message, at, site, reading))
    if event in MOVES:
        return Change("visits", visit(message), at, "moved", {"roomed_at": at})
    if event == "A03":
        return Change("visits", visit(message), at, "left", {"departed_at": at, "disposition": ending(message.text("PV1", 36))})
    return None


def arrival(message: Told, at: datetime, site: str | None, reading: Reading) -> dict[str, Value]:
    """Values that are not told are left out, so that a message that repeats less takes nothing away."""
    patient, urgency = message.text("PID", 3), message.text("PV2", 25)
    values: dict[str, Value] = {
        "arrived_at": at, "site_id": site, "patient_key": reading.key_of(patient) if patient else None,
        "service_id": message.text("PV1", 10) or message.text("PV1", 3), "arrival_mode": MODES.get(message.text("PV2", 38) or ""),
        "acuity": int(urgency) if urgency in ("1", "2", "3", "4", "5") else None, "source": reading.source or "hl7v2",
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}


def ending(code: str | None) -> str | None:
    if code is None:
        return None
    return ENDINGS.get(int(code), "other") if code.isdecimal() and len(code) <= 2 else "other"


def visit(message: Told) -> str:
    return message.text("PV1", 19) or ""


def merged(message: Told, at: datetime, reading: Reading) -> Said:
    """Every MRG-1 is the patient of PID-3 from now on."""
    new, olds = message.text("PID", 3), message.all_texts("MRG", 1)
    if new is None or not olds:
        return (), (), ("A merge needs the patient that stays (PID-3) and the one that goes (MRG-1).",)
    return (), tuple(Merge(reading.key_of(old), reading.key_of(new), at) for old in olds if old != new), ()
