"""ServiceRequest: one referral. Orders of another category (laboratory, imaging, ...) are none, and say nothing."""

from metrics.messages.change import STATE, WITHDRAWN, Change
from metrics.messages.fhir.fields import Field, read_values
from metrics.messages.fhir.resource import Resource

TABLE = "referrals"
REFERRALS = ("referral", "3457005", "306206005")  # our own word; SNOMED CT: patient referral, referral to service
UNSENT, NEVER = "draft", "entered-in-error"
OPEN, ENDED = ("active", "on-hold", "unknown"), {"completed": "treated", "revoked": "other", "ended": "other"}
FIELDS = (
    Field("referral_id", "id", read="worked out"),
    Field("site_id", "locationReference, performer", "location.reference, performer", "site",
          note="one that is a listed site, else the feed's site"),
    Field("patient_key", "subject", read="patient"),
    Field("service_id", "performerType.coding.code, performerType.text, code.coding.code, code.text",
          "performerType.coding.code, performerType.text, code.concept.coding.code, code.concept.text"),
    Field("sent_at", "authoredOn", read="worked out"),
    Field("scheduled_at", "created", read="worked out", note="of the first Appointment that is basedOn it"),
    Field("seen_at", "participant.period.start, period.start", "participant.period.start, actualPeriod.start", "worked out",
          note="of the first Encounter that is basedOn it"),
    Field("closed_at", "meta.lastUpdated", read="worked out", note="of the first version that is completed or revoked"),
    Field("close_reason", "status", read="worked out", note="completed: treated, revoked: other"),
)  # fmt: skip


def said(one: Resource) -> list[Change]:
    """What stands in the request, and what its version's own time says of its end."""
    status, categories = one.text("status") or "", one.all("category.coding.code")
    if status == NEVER:
        return [Change(TABLE, one.id, one.at, WITHDRAWN)]
    if status == UNSENT or (categories and not any(code in REFERRALS for code in categories)):
        return []
    if status not in (*OPEN, *ENDED):
        one.problems.append(f"ServiceRequest.status {status!r} is not one of {', '.join((UNSENT, *OPEN, *ENDED, NEVER))}.")
    values = read_values(FIELDS, one)
    values |= {"sent_at": one.needed_time("authoredOn", day=True), "close_reason": ENDED.get(status), "source": one.source}
    values |= {} if status in ENDED else {"closed_at": None}
    changes = [Change(TABLE, one.id, one.at, STATE, values)]
    if status in ENDED and one.stamp:
        changes.append(Change(TABLE, one.id, one.at, "closed", {"closed_at": one.stamp}))
    return changes
