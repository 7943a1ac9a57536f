"""Task: one piece of owed work."""

from metrics.messages.change import STATE, WITHDRAWN, Change
from metrics.messages.fhir.fields import Field, read_values
from metrics.messages.fhir.resource import Resource

TABLE = "cases"
KINDS = {"complaint": "complaint", "grievance": "complaint", "billing": "billing", "prior_authorization": "prior_authorization",
         "preauthorization": "prior_authorization", "records": "records",
         "records_request": "records", "referral": "referral"}  # fmt: skip
URGENCIES = {"routine": "routine", "urgent": "urgent", "asap": "urgent", "stat": "emergency"}
DRAFT, NEVER = ("draft", "requested"), "entered-in-error"
TAKEN = ("received", "accepted", "ready", "in-progress", "on-hold")
ENDED = ("completed", "rejected", "cancelled", "failed")
FIELDS = (
    Field("case_id", "id", read="worked out"),
    Field("site_id", "location, owner", read="site", note="one that is a listed site, else the feed's site"),
    Field("patient_key", "for", read="patient"),
    Field("service_id", "performerType.coding.code, performerType.text", "requestedPerformer.concept.coding.code"),
    Field("kind", "code.coding.code, code.text", read="worked out",
          note="complaint, billing, prior_authorization, records, referral (in any case, with - or _); any other: other"),
    Field("urgency", "priority", codes=URGENCIES),
    Field("opened_at", "authoredOn", read="worked out"),
    Field("acknowledged_at", "lastModified", read="worked out", note="of the first version that was received, accepted..."),
    Field("resolved_at", "executionPeriod.end, lastModified", read="worked out",
          note="lastModified: of the first version that ended: completed, rejected, cancelled, failed"),
    Field("outcome", "businessStatus.coding.code, businessStatus.text, status", read="worked out", note="of one that ended"),
)  # fmt: skip


def said(one: Resource) -> list[Change]:
    """What stands in the task, and what its version's own time says of being taken and ended."""
    status = one.text("status") or ""
    if status == NEVER:
        return [Change(TABLE, one.id, one.at, WITHDRAWN)]
    if status not in (*DRAFT, *TAKEN, *ENDED):
        one.problems.append(f"Task.status {status!r} is not one of {', '.join((*DRAFT, *TAKEN, *ENDED, NEVER))}.")
    values = read_values(FIELDS, one)
    word = (one.text("code.coding.code", "code.text") or "").lower().replace("-", "_").replace(" ", "_")
    values |= {"kind": KINDS.get(word, "other"), "opened_at": one.needed_time("authoredOn", day=True), "source": one.source}
    moved, ended = one.time("lastModified") or one.stamp, one.time("executionPeriod.end", day=True) if status in ENDED else None
    if status not in ENDED:
        values |= {"resolved_at": None, "outcome": None}
    else:
        values |= {"outcome": one.text("businessStatus.coding.code", "businessStatus.text") or status}
        values |= {"resolved_at": ended} if ended else {}
    changes = [Change(TABLE, one.id, one.at, STATE, values)]
    if moved and status in TAKEN:
        changes.append(Change(TABLE, one.id, one.at, "taken", {"acknowledged_at": moved}))
    if moved and status in ENDED and not ended:
        changes.append(Change(TABLE, one.id, one.at, "ended", {"resolved_at": moved}))
    return changes
