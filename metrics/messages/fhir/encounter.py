"""Encounter: an attendance as it stands; or, of an appointment, when its patient came, was seen, left. EncounterHistory (R5): what
it was before.

The service of an attendance is its class, so that emergency, urgent care, ambulatory and inpatient are told apart, as in the
mapping of files, `queries/sources/fhir_encounter.sql`; a test holds the two together.
"""

from datetime import datetime

from metrics.messages.change import STATE, WITHDRAWN, Change, Value
from metrics.messages.fhir.fields import Field, read_values
from metrics.messages.fhir.resource import Resource, told

TABLE = "visits"
CLASSES = {"EMER": "emergency", "AMB": "ambulatory", "VR": "virtual", "HH": "home_health", "IMP": "inpatient", "ACUTE": "inpatient",
           "NONAC": "inpatient", "OBSENC": "observation", "SS": "observation"}  # fmt: skip
URGENT_CARE, OBSERVATION = "702927004", ("OBSENC", "SS")  # SNOMED CT: urgent care clinic; HL7 ActCode
LEFT_UNSEEN = "21541000119102"  # SNOMED CT: left without being seen (CMS1244)
ENDINGS = {
    **dict.fromkeys(("home", "alt-home", "1"), "discharged"), **dict.fromkeys(("aadvice", "7"), "left_against_advice"),
    **dict.fromkeys(("other-hcf", "hosp", "long", "psy", "rehab", "snf"), "transferred"),
    **dict.fromkeys(("exp", "20"), "died"), LEFT_UNSEEN: "left_without_being_seen",
}  # fmt: skip
"""HL7's discharge-disposition codes, and NUBC's (1 home, 7 left against advice, 20 died); any other is 'other'."""
MODES = {"hosp-trans": "referred", "gp": "referred", "mp": "referred", "outp": "referred", "*": "other"}
PRESENT = ("arrived", "triaged", "in-progress", "onleave", "finished", "on-hold", "discharged", "completed", "discontinued")
AHEAD, NEVER = ("planned", "unknown"), ("cancelled", "entered-in-error")
FIELDS = (
    Field("visit_id", "id", read="worked out"),
    Field("site_id", "location.location, serviceProvider", read="site", note="the first that is listed, else the feed's site"),
    Field("patient_key", "subject", read="patient"),
    Field("service_id", "class.code", "class.coding.code", "worked out", note="EMER: emergency, IMP: inpatient..."),
    Field("arrival_mode", "hospitalization.admitSource.coding.code", "admission.admitSource.coding.code", codes=MODES),
    Field("acuity", "priority.coding.code", read="worked out", note="1 to 5"),
    Field("arrived_at", "statusHistory.where(status = 'arrived').period.start, period.start", "actualPeriod.start", "worked out",
          note="the earlier of the two"),
    Field("triaged_at", "statusHistory.where(status = 'triaged').period.start", "", "time", keep=True,
          note="R5: EncounterHistory, or the first version whose subjectStatus is triaged"),
    Field("roomed_at", "location.where(physicalType.coding.code = 'ro').period.start, "
          "location.where(physicalType.coding.code = 'bd').period.start",
          "location.where(form.coding.code = 'ro').period.start, location.where(form.coding.code = 'bd').period.start", "time",
          keep=True),
    Field("seen_at", "participant.period.start, statusHistory.where(status = 'in-progress').period.start",
          "participant.period.start", "time", keep=True,
          note="R5 too: EncounterHistory, or the first version whose subjectStatus is receiving-care"),
    Field("departed_at", "period.end", "actualPeriod.end", "time"),
    Field("disposition", "hospitalization.dischargeDisposition.coding.code", "admission.dischargeDisposition.coding.code",
          "worked out", note="home: discharged, aadvice: left_against_advice, exp: died, hosp, snf, ...: transferred, else other"),
    Field("observation_stay", "class.code", "class.coding.code", "worked out", note="OBSENC, SS: true"),
)  # fmt: skip
OF_SUBJECT = {"arrived": "arrived_at", "triaged": "triaged_at", "receiving-care": "seen_at", "departed": "departed_at"}
OF_APPOINTMENT = {"arrived_at": "arrived_at", "roomed_at": "roomed_at", "seen_at": "seen_at", "departed_at": "ended_at"}


def said(one: Resource) -> list[Change]:
    """One that has not begun says nothing; one that never was takes back what was said of it."""
    status = one.text("status") or ""
    if status in NEVER:
        return [Change(TABLE, one.id, at(one), WITHDRAWN)]
    if status in AHEAD:
        return []
    if status not in PRESENT:
        one.problems.append(f"Encounter.status {status!r} is not one of {', '.join((*AHEAD, *PRESENT, *NEVER))}.")
    values, appointments = standing(one), one.references("appointment", of=("Appointment", ""))
    if appointments:
        came = told({column: values.get(name) for name, column in OF_APPOINTMENT.items()})
        return [*(Change("appointments", ident, at(one), "attended", came) for ident in appointments), *seen_referrals(one, values)]
    return [Change(TABLE, one.id, at(one), STATE, values), *stamped(one), *seen_referrals(one, values)]


def standing(one: Resource) -> dict[str, Value]:
    values, kind = read_values(FIELDS, one), one.text("class.code", "class.coding.code")
    types, ending = one.all("type.coding.code"), one.text(*disposition())
    urgency = one.text("priority.coding.code")
    begun = one.needed_time("actualPeriod.start", "period.start")
    arrived = [moment for moment in (begun, one.time("statusHistory.where(status = 'arrived').period.start")) if moment]
    service = "urgent_care" if URGENT_CARE in types else CLASSES.get(kind or "", (kind or "").lower()) or None
    return {
        **values, "service_id": service, "arrived_at": min(arrived, default=None), "source": one.source,
        "acuity": int(urgency) if urgency in ("1", "2", "3", "4", "5") else None,
        "disposition": None if ending is None else ENDINGS.get(ending.lstrip("0"), "other"),
        "observation_stay": None if kind is None else kind in OBSERVATION,
    }  # fmt: skip


def disposition() -> tuple[str, ...]:
    return next(field.paths for field in FIELDS if field.column == "disposition")


def at(one: Resource) -> datetime:
    """When it was said: else, in files without stamps, its end, else its beginning."""
    return one.stamp or one.time("actualPeriod.end", "period.end") or one.time("actualPeriod.start", "period.start") or one.at


def stamped(one: Resource) -> list[Change]:
    """What the time of a version says of where the patient is, where it is the first of its subjectStatus (R5)."""
    column = OF_SUBJECT.get(one.text("subjectStatus.coding.code") or "")
    if one.stamp is None or column not in ("triaged_at", "seen_at"):
        return []
    return [Change(TABLE, one.id, one.stamp, "stamped", {column: one.stamp})]


def seen_referrals(one: Resource, values: dict[str, Value]) -> list[Change]:
    """The referral that the attendance answers was seen when it began."""
    seen = values.get("seen_at") or values.get("arrived_at")
    if not isinstance(seen, datetime):
        return []
    return [
        Change("referrals", ident, seen, "seen", {"seen_at": seen}) for ident in one.references("basedOn", of=("ServiceRequest",))
    ]


def history(one: Resource) -> list[Change]:
    """EncounterHistory: when its attendance came into the state that it tells."""
    key, column = one.reference("encounter"), OF_SUBJECT.get(one.text("subjectStatus.coding.code") or "")
    if key is None:
        one.problems.append("EncounterHistory.encounter is missing: nobody knows of which attendance it tells.")
    if key is None or column is None:
        return []
    began = one.needed_time("actualPeriod.start")
    return [Change(TABLE, key, began, "stamped", {column: began})] if began else []
