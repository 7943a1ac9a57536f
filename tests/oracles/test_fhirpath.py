"""The paths of the FHIR field maps are FHIRPath: another implementation of it, fhirpathpy, finds the same values by them."""

import json
from pathlib import Path
from typing import Any

import pytest
from fhirpathpy import evaluate

from metrics.messages.fhir import MAPS
from metrics.messages.fhir.paths import values
from tests.messages import test_fhir as drawn

ENCOUNTERS = Path(__file__).parents[1] / "fixtures" / "sources" / "fhir_Encounter.ndjson"
ROOMS = [
    {"physicalType": drawn.coded("ro"), "period": {"start": "2026-11-24T10:20:00Z"}},
    {"form": drawn.coded("bd"), "period": {"start": "2026-11-24T10:30:00Z"}},
    {"period": {"start": "2026-11-24T10:00:00Z"}},
]
STATUSES = enumerate(("arrived", "triaged", "arrived"))
HISTORY = [{"status": status, "period": {"start": f"2026-11-24T10:0{number}:00Z"}} for number, status in STATUSES]
ANSWERS = [{"linkId": "1", "answer": [{"valueInteger": 9}]}, {"linkId": "2", "answer": [{"valueDecimal": 4.5}]}]
RESOURCES: list[dict[str, Any]] = [
    drawn.appointment("09:00", serviceType=[drawn.coded("a"), drawn.coded("b")], appointmentType=drawn.coded("FOLLOWUP")),
    drawn.appointment("09:00", serviceType=[{"concept": drawn.coded("a")}], cancellationReason=drawn.coded("pat")),
    drawn.encounter("10:00", "finished", location=ROOMS, statusHistory=HISTORY, priority=drawn.coded("2")),
    drawn.r5("10:00", "triaged"),
    drawn.work("08:00", "accepted"),
    drawn.message("m1", "Patient/77", "09:00", topic=drawn.coded("x")),
    {"resourceType": "QuestionnaireResponse", "questionnaire": "q|1", "authored": "2026-11-24", "id": "1", "item": ANSWERS,
     "subject": drawn.PATIENT},
    {"resourceType": "ServiceRequest", "id": "1", "status": "active", "authoredOn": "2026-11-24", "subject": drawn.PATIENT,
     "code": drawn.coded("x"), "locationReference": [drawn.NORTH]},
    {"resourceType": "Slot", "id": "1", "status": "free", "start": "2026-11-24", "end": "2026-11-25",
     "serviceType": [drawn.coded("x")]},
    *(json.loads(line) for line in ENCOUNTERS.read_text(encoding="utf-8").splitlines()),
]  # fmt: skip


def paths() -> list[tuple[str, str]]:
    return sorted({(kind, path) for kind, (_, fields) in MAPS.items() for field in fields for path in field.paths})


@pytest.mark.parametrize("kind", sorted(MAPS))
def test_every_path_finds_what_fhirpath_finds(kind: str) -> None:
    found = 0
    for resource in (one for one in RESOURCES if one["resourceType"] == kind):
        for path in (path for known, path in paths() if known == kind):
            ours = values(resource, path)
            assert ours == evaluate(resource, path), path
            found += bool(ours)
    assert found >= 5
