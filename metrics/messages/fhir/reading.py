"""A FHIR resource (R4 or R5) as changes of cases.

Authorities: HL7 FHIR R4 (4.0.1) and R5 (5.0.0); the fields are those of `FIELDS` in each resource's module.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from metrics.errors import did_you_mean
from metrics.messages.change import Change, Parsed
from metrics.messages.fhir import (
    appointment,
    communication,
    encounter,
    questionnaire_response,
    service_request,
    slot,
    task,
)
from metrics.messages.fhir.documents import Entry
from metrics.messages.fhir.fields import Field
from metrics.messages.fhir.resource import Resource, Standing
from metrics.messages.reading import Reading
from metrics.messages.systems import of_system

FORMAT = "fhir"
IDENTITY = re.compile(r"[A-Za-z0-9_.\-]{1,128}")  # FHIR allows 64 characters and no underscore; servers do
READERS: Mapping[str, Callable[[Resource], list[Change]]] = {
    "Appointment": appointment.said, "Encounter": encounter.said, "EncounterHistory": encounter.history, "Slot": slot.said,
    "Communication": communication.said, "Task": task.said, "ServiceRequest": service_request.said,
    "QuestionnaireResponse": questionnaire_response.said,
}  # fmt: skip
MAPS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    "Appointment": (appointment.TABLE, appointment.FIELDS), "Encounter": (encounter.TABLE, encounter.FIELDS),
    "Slot": (slot.TABLE, slot.FIELDS), "Communication": (communication.TABLE, communication.FIELDS),
    "Task": (task.TABLE, task.FIELDS), "ServiceRequest": (service_request.TABLE, service_request.FIELDS),
    "QuestionnaireResponse": (questionnaire_response.TABLE, questionnaire_response.FIELDS),
}  # fmt: skip
BESIDE = (
    "Account", "AllergyIntolerance", "CarePlan", "CareTeam", "Claim", "Condition", "Consent", "Coverage", "Device",
    "DiagnosticReport", "DocumentReference", "Endpoint", "EpisodeOfCare", "ExplanationOfBenefit", "Flag", "Goal", "Group",
    "HealthcareService", "ImagingStudy", "Immunization", "Location", "Medication", "MedicationAdministration",
    "MedicationRequest", "MessageHeader", "Observation", "OperationOutcome", "Organization", "Parameters", "Patient",
    "Person", "Practitioner", "PractitionerRole", "Procedure", "Provenance", "Questionnaire", "RelatedPerson", "Schedule",
    "SupplyDelivery",
)  # fmt: skip
"""Types that come along in Bundles and exports, of which no case is made. They are let by, and nothing of them is kept."""


def is_beside(entry: Entry) -> bool:
    return entry.problem is None and entry.body.get("resourceType") in BESIDE


def parsed(entry: Entry, reading: Reading, standing: Standing) -> Parsed:
    """What the resource says. Never raises: one that cannot be read is bad, with the reason.

    Its control id is its type, id and version; without a version, what it says: the same resource twice changes nothing.
    """
    kind, ident = entry.body.get("resourceType"), entry.body.get("id")
    problems = [entry.problem] if entry.problem else identity_problems(kind, ident)
    if problems:
        return Parsed(None, problems=tuple(problems), refused=True)
    one = Resource(entry.body, reading, standing)
    changes = of_system(READERS[str(kind)](one), one.source if reading.system is None else reading.system)
    told = tuple(dict.fromkeys(one.problems))
    return Parsed(control_id(entry, standing), () if told else changes, told)


def identity_problems(kind: Any, ident: Any) -> list[str]:
    if not isinstance(kind, str) or kind not in READERS:
        known = did_you_mean(kind, list(READERS)) if isinstance(kind, str) else f" Known: {', '.join(sorted(READERS))}."
        return [f"resourceType {kind!r} is not taken.{known}" if kind else f"resourceType is missing.{known}"]
    if not isinstance(ident, str) or not IDENTITY.fullmatch(ident):
        return [f"{kind}.id is missing or is none: without it the case cannot be known again."]
    return []


def control_id(entry: Entry, standing: Standing) -> str:
    """A slot is told anew at each census: there it has the census's instant too."""
    meta = entry.body.get("meta")
    said = meta if isinstance(meta, dict) else {}
    version, updated = said.get("versionId"), said.get("lastUpdated")
    words = [str(word) for word in (version, updated) if isinstance(word, str)] if version else [entry.digest]
    if entry.body["resourceType"] == "Slot" and standing.census_at:
        words.append(standing.census_at.isoformat())
    return "/".join((entry.body["resourceType"], entry.body["id"], *words))
