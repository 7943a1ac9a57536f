"""Appointment: one booked appointment as it stands."""

from metrics.events.appointments import STATUSES
from metrics.messages.change import STATE, Change, Value
from metrics.messages.fhir.fields import PRACTITIONERS, Field, read_values
from metrics.messages.fhir.resource import Resource

TABLE = "appointments"
FIELDS = (
    Field("appointment_id", "id", read="worked out"),
    Field("site_id", "participant.actor", read="site", note="a Location that is a listed site, else the feed's site"),
    Field("patient_key", "participant.actor", "subject, participant.actor", "patient"),
    Field("service_id", "serviceType.coding.code, serviceType.text, specialty.coding.code",
          "serviceType.concept.coding.code, serviceType.concept.text, specialty.coding.code"),
    Field("provider_id", "participant.actor", read="reference", of=PRACTITIONERS),
    Field("visit_type", "appointmentType.coding.code, appointmentType.text"),
    Field("is_new", "appointmentType.coding.code", codes={"FOLLOWUP": False}),
    Field("walk_in", "appointmentType.coding.code", codes={"WALKIN": True}),
    Field("modality", "", "virtualService", "worked out", note="video where there is a virtual service"),
    Field("booked_at", "created", read="worked out", note="the first that was ever said"),
    Field("scheduled_start", "start", read="time", keep=True),
    Field("scheduled_minutes", "minutesDuration, end", read="worked out", note="else from start to end"),
    Field("status", "status"),
    Field("cancelled_at", "meta.lastUpdated", "cancellationDate, meta.lastUpdated", "worked out",
          note="meta.lastUpdated: of the first version that is cancelled"),
    Field("cancelled_by", "cancelationReason.coding.code", "cancellationReason.coding.code", "worked out",
          note="pat...: patient, prov...: provider, any other: other"),
    Field("reschedule_of", "", "previousAppointment, replaces", "reference"),
    Field("arrived_at", "meta.lastUpdated", read="worked out",
          note="of the first that is arrived or checked-in; or its Encounter"),
    Field("roomed_at", "", read="worked out", note="its Encounter, as below"),
    Field("seen_at", "", read="worked out", note="its Encounter, as below"),
    Field("ended_at", "", read="worked out", note="the end of its Encounter"),
)  # fmt: skip
MAY_LACK_START = ("proposed", "pending", "cancelled", "waitlist", "noshow", "entered-in-error")  # FHIR's rule app-3, and kinder
WHO = {"pat": "patient", "prov": "provider"}  # how HL7's codes for the reason of a cancellation begin
NOT_BOOKED = ("proposed", "pending", "waitlist", "cancelled", "entered-in-error")


def said(one: Resource) -> list[Change]:
    """What stands in the resource, and what happened when this version was said."""
    values = read_values(FIELDS, one)
    status = one.text("status") or ""
    if status not in STATUSES:
        one.problems.append(f"Appointment.status {status!r} is not one of {', '.join(STATUSES)}.")
    if status not in MAY_LACK_START:
        one.needed_time("start")
    values |= {"scheduled_minutes": minutes(one), "modality": "video" if one.all("virtualService") else None, "source": one.source}
    state = Change(TABLE, one.id, one.at, STATE, values | cancelling(one, status))
    return [state, *happened(one, status), *booking(one, status)]


def cancelling(one: Resource, status: str) -> dict[str, Value]:
    """Who cancelled, and when where the resource says so (R5); taken away from an appointment that stands."""
    if status != "cancelled":
        return {"cancelled_at": None, "cancelled_by": None}
    reason, at = one.text("cancellationReason.coding.code", "cancelationReason.coding.code"), one.time("cancellationDate", day=True)
    who = next((word for start, word in WHO.items() if reason.startswith(start)), "other") if reason else None
    return {"cancelled_by": who, **({"cancelled_at": at} if at else {})}


def happened(one: Resource, status: str) -> list[Change]:
    """What the time of a version says, where it is the first of its status."""
    if one.stamp is not None and status == "cancelled" and not one.all("cancellationDate"):
        return [Change(TABLE, one.id, one.at, "cancelled", {"cancelled_at": one.stamp})]
    if one.stamp is not None and status in ("arrived", "checked-in"):
        return [Change(TABLE, one.id, one.at, "arrived", {"arrived_at": one.stamp})]
    return []


def booking(one: Resource, status: str) -> list[Change]:
    """The first booking: of the appointment, and of the referral that it answers."""
    at = one.time("created", day=True)
    if at is None:
        return []
    answered = one.references("basedOn", of=("ServiceRequest",)) if status not in NOT_BOOKED else []
    scheduled = [Change("referrals", ident, at, "scheduled", {"scheduled_at": at}) for ident in answered]
    return [Change(TABLE, one.id, at, "booked", {"booked_at": at}), *scheduled]


def minutes(one: Resource) -> int | None:
    given, start, end = one.text("minutesDuration"), one.time("start"), one.time("end")
    if given and given.isdecimal() and len(given) < 6:
        return int(given)
    return round((end - start).total_seconds() / 60) if start and end and end > start else None
