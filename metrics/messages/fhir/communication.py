"""Communication: a patient's message, or the first answer to one."""

from metrics.messages.change import STATE, WITHDRAWN, Change
from metrics.messages.fhir.fields import PRACTITIONERS, Field, read_values
from metrics.messages.fhir.resource import Resource

TABLE = "contacts"
CHANNELS = {"PHONE": "phone", "EMAILWRIT": "email", "SMSWRIT": "sms", "ELECTRONIC": "portal", "PHYSICAL": "in_person",
            "FACE": "in_person", "phone": "phone", "email": "email", "sms": "sms", "chat": "chat", "bot": "bot",
            "portal": "portal", "in_person": "in_person"}  # fmt: skip
"""HL7's ParticipationMode, and our own words."""
FIELDS = (
    Field("contact_id", "id", read="worked out"),
    Field("site_id", "recipient, encounter", read="site", note="a recipient that is a listed site, else the feed's site"),
    Field("patient_key", "subject, sender", read="patient"),
    Field("service_id", "category.coding.code, category.text"),
    Field("channel", "medium.coding.code", read="worked out", note="PHONE, EMAILWRIT, SMSWRIT, ...; without a medium: portal"),
    Field("queue_id", "recipient", read="reference",
          of=("Group", "Organization", "HealthcareService", "CareTeam", *PRACTITIONERS)),
    Field("topic", "topic.coding.code, topic.text, reasonCode.coding.code",
          "topic.coding.code, topic.text, reason.concept.coding.code"),
    Field("opened_at", "sent", read="worked out"),
    Field("answered_at", "sent", read="worked out", note="of the first answer (inResponseTo) that staff sent"),
    Field("handled_by", "sender", read="worked out", note="of that answer"),
    Field("reply_needed", "status", read="worked out", note="true of what a patient sent"),
)  # fmt: skip
UNSENT, NEVER = ("preparation", "not-done", "on-hold", "stopped"), "entered-in-error"
PATIENTS, MACHINES = ("Patient", "RelatedPerson"), ("Device",)


def said(one: Resource) -> list[Change]:
    """Staff's answer answers what it responds to; what staff send of themselves, or a machine sends, is no conversation that a
    patient opened, and says nothing. A patient's further message is one of its own: somebody waits for its answer."""
    status = one.text("status") or ""
    if status in UNSENT:
        return []
    if status == NEVER:
        return [Change(TABLE, one.id, one.at, WITHDRAWN)]
    senders = [one.target(value)[0] for value in one.all("sender") if isinstance(value, dict)]
    receivers = [one.target(value)[0] for value in one.all("recipient") if isinstance(value, dict)]
    if any(kind in MACHINES for kind in senders):
        return []
    by_patient = any(kind in PATIENTS for kind in senders) or (not senders and not any(kind in PATIENTS for kind in receivers))
    return opened(one) if by_patient else answered(one)


def opened(one: Resource) -> list[Change]:
    values, medium = read_values(FIELDS, one), one.text("medium.coding.code")
    if medium is not None and medium not in CHANNELS:
        one.problems.append(f"Communication.medium {medium!r} is no channel that is known: {', '.join(CHANNELS)}.")
    values |= {
        "channel": CHANNELS.get(medium or "portal"),
        "opened_at": one.needed_time("sent"),
        "reply_needed": True,
        "source": one.source,
    }
    return [Change(TABLE, one.id, one.at, STATE, values)]


def answered(one: Resource) -> list[Change]:
    asked = one.references("inResponseTo")
    one.site("sender")
    sent = one.needed_time("sent") if asked else None
    values = {"answered_at": sent, "handled_by": one.reference("sender")}
    return [Change(TABLE, ident, sent, "answered", values) for ident in asked] if sent else []
