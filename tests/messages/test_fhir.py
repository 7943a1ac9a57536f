"""FHIR resources, R4 and R5, drawn: what each says, and the row that they make."""

from datetime import datetime
from json import dumps
from typing import Any

import pytest

from metrics.messages import Change, Parsed, folded
from metrics.messages.fhir import Standing, document, lines, parsed
from metrics.messages.fhir.documents import DEEPEST
from metrics.messages.reading import Reading

READING = Reading(
    lambda text: f"key of {text}",
    "Europe/London",
    {"north": "north", "North Hospital": "north"},
    {"north": "Europe/London"},
    system="",
)
NOW = datetime(2026, 11, 24, 12)
STANDING = Standing(NOW, NOW)
PATIENT = {"reference": "Patient/77", "display": "Jane Doe"}
NORTH = {"reference": "Location/1", "display": "North Hospital"}


def coded(code: str) -> dict[str, Any]:
    return {"coding": [{"code": code}]}


def told(body: dict[str, Any], standing: Standing = STANDING) -> Parsed:
    return parsed(document(dumps(body).encode()).entries[0], READING, standing)


def row_of(table: str, *bodies: dict[str, Any]) -> dict[str, Any]:
    """The one row that the resources make, in the order given; without what nobody told."""
    changes: list[Change] = []
    for body in bodies:
        said = told(body)
        assert not said.problems, said.problems
        changes += said.changes
    (row,) = folded(table, changes).rows(named=True)
    return {name: value for name, value in row.items() if value is not None}


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{time}")


def meta(time: str, version: str = "1") -> dict[str, str]:
    return {"versionId": version, "lastUpdated": f"2026-11-24T{time}:00Z"}


def appointment(time: str, status: str = "booked", start: str = "14:00", **more: Any) -> dict[str, Any]:
    actors = [PATIENT, NORTH, {"reference": "Practitioner/D7"}]
    return {
        "resourceType": "Appointment", "id": "a1", "meta": meta(time), "status": status, "created": "2026-11-20",
        "start": f"2026-11-24T{start}:00Z", "end": f"2026-11-24T{start[:3]}30:00Z",
        "participant": [{"actor": one} for one in actors],
        **more,
    }  # fmt: skip


def encounter(time: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter", "id": "v1", "meta": meta(time), "status": status,
        "subject": PATIENT, "class": {"code": "EMER"},
        "location": [{"location": NORTH}], "period": {"start": "2026-11-24T10:00:00Z"}, **more,
    }  # fmt: skip


def test_an_appointment_of_r4() -> None:
    row = row_of("appointments", appointment("09:00", serviceType=[coded("cardiology")], appointmentType=coded("FOLLOWUP")))
    assert row == {
        "appointment_id": "a1", "patient_key": "key of 77", "site_id": "north", "service_id": "cardiology", "provider_id": "D7",
        "visit_type": "FOLLOWUP", "is_new": False, "booked_at": datetime(2026, 11, 20), "scheduled_start": at("14:00"),
        "scheduled_minutes": 30, "status": "booked", "recorded_at": at("09:00:00.000001"), "source": "fhir",
    }  # fmt: skip


def test_an_appointment_of_r5() -> None:
    row = row_of("appointments", appointment(
        "09:00", "cancelled", subject=PATIENT, serviceType=[{"concept": coded("cardiology")}], minutesDuration=20,
        cancellationReason=coded("pat-crs"), cancellationDate="2026-11-23T16:00:00+02:15", virtualService=[{"address": "x"}],
        previousAppointment={"reference": "Appointment/a0"},
    ))  # fmt: skip
    shown = ("service_id", "scheduled_minutes", "cancelled_at", "cancelled_by", "modality", "reschedule_of")
    assert [row[name] for name in shown] == ["cardiology", 20, datetime(2026, 11, 23, 13, 45), "patient", "video", "a0"]


BOOKINGS = """
    versions                                                       | status           | start | arrived | cancelled
    booked 0900                                                    | booked           | 14:00 |         |
    booked 0900, booked 0930 1500                                  | booked           | 15:00 |         |
    booked 0930 1500, booked 0900                                  | booked           | 15:00 |         |
    booked 0900, cancelled 1000                                    | cancelled        | 14:00 |         | 10:00
    booked 0900, cancelled 1000, cancelled 1100                    | cancelled        | 14:00 |         | 10:00
    cancelled 1100, booked 0900, cancelled 1000                    | cancelled        | 14:00 |         | 10:00
    booked 0900, cancelled 1000, booked 1010                       | booked           | 14:00 |         |
    booked 0900, cancelled 1000, booked 1010, cancelled 1020       | cancelled        | 14:00 |         | 10:20
    booked 0900, arrived 1350, checked-in 1355, fulfilled 1430     | fulfilled        | 14:00 | 13:50   |
    booked 0900, noshow 1430                                       | noshow           | 14:00 |         |
    booked 0900, entered-in-error 0910                             | entered-in-error | 14:00 |         |
"""


def drawn(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()[1:]]


def clock(time: str) -> str:
    return f"{time[:2]}:{time[2:]}"


@pytest.mark.parametrize("case", drawn(BOOKINGS), ids=lambda case: case[0])
def test_versions_of_an_appointment_make_its_row(case: list[str]) -> None:
    versions = [one.split() for one in case[0].split(", ")]
    bodies = [appointment(clock(time), status, clock(start[0]) if start else "14:00") for status, time, *start in versions]
    row = row_of("appointments", *bodies)
    shown = [f"{row[name]:%H:%M}" if name in row else "" for name in ("scheduled_start", "arrived_at", "cancelled_at")]
    assert [row["status"], *shown] == case[1:]
    assert row["booked_at"] == datetime(2026, 11, 20)


def test_an_encounter_of_r4_with_its_status_history() -> None:
    history = [{"status": status, "period": {"start": f"2026-11-24T{time}:00+00:00"}}
               for status, time in (("arrived", "09:58"), ("triaged", "10:05"), ("in-progress", "10:40"))]  # fmt: skip
    rooms = [{"location": NORTH}, {"location": {"reference": "Location/r3"}, "physicalType": coded("ro"),
                                   "period": {"start": "2026-11-24T10:20:00Z"}}]  # fmt: skip
    body = encounter(
        "12:00", "finished", statusHistory=history, location=rooms, priority=coded("3"), type=[coded("x")],
        period={"start": "2026-11-24T10:00:00Z", "end": "2026-11-24T11:45:00Z"},
        hospitalization={"dischargeDisposition": coded("home"), "admitSource": coded("gp")},
    )  # fmt: skip
    assert row_of("visits", body) == {
        "visit_id": "v1", "patient_key": "key of 77", "site_id": "north", "service_id": "emergency", "arrival_mode": "referred",
        "acuity": 3, "arrived_at": at("09:58"), "triaged_at": at("10:05"), "roomed_at": at("10:20"), "seen_at": at("10:40"),
        "departed_at": at("11:45"), "disposition": "discharged", "observation_stay": False, "recorded_at": at("12:00"),
        "source": "fhir",
    }  # fmt: skip


def r5(time: str, subject: str, status: str = "in-progress", end: str = "") -> dict[str, Any]:
    period = {"start": "2026-11-24T10:00:00Z", **({"end": f"2026-11-24T{end}:00Z"} if end else {})}
    body = encounter(
        time, status, subjectStatus=coded(subject), actualPeriod=period, admission={"dischargeDisposition": coded("exp")}
    )
    return {**{name: value for name, value in body.items() if name != "period"}, "class": [coded("EMER")]}


def was(subject: str, time: str) -> dict[str, Any]:
    return {"resourceType": "EncounterHistory", "id": f"h-{subject}", "encounter": {"reference": "Encounter/v1"},
            "subjectStatus": coded(subject), "actualPeriod": {"start": f"2026-11-24T{time}:00Z"}}  # fmt: skip


def test_encounters_of_r5_by_their_versions_and_by_their_history() -> None:
    live = row_of(
        "visits", r5("10:00", "arrived"), r5("10:07", "triaged"), r5("10:31", "receiving-care"), r5("10:50", "receiving-care")
    )
    assert [f"{live[name]:%H:%M}" for name in ("arrived_at", "triaged_at", "seen_at")] == ["10:00", "10:07", "10:31"]
    later = row_of("visits", r5("12:00", "departed", "completed", "11:30"), was("triaged", "10:04"), was("receiving-care", "10:22"))
    assert [f"{later[name]:%H:%M}" for name in ("arrived_at", "triaged_at", "seen_at", "departed_at")] == [
        "10:00", "10:04", "10:22", "11:30",
    ]  # fmt: skip
    assert (later["disposition"], later["service_id"]) == ("died", "emergency")


def test_an_encounter_of_an_appointment_says_when_its_patient_came_and_is_no_visit() -> None:
    attended = encounter(
        "15:00", "finished", appointment=[{"reference": "Appointment/a1"}],
        participant=[{"period": {"start": "2026-11-24T14:10:00Z"}}],
        period={"start": "2026-11-24T13:55:00Z", "end": "2026-11-24T14:30:00Z"}, basedOn=[{"reference": "ServiceRequest/s1"}],
    )  # fmt: skip
    row = row_of("appointments", appointment("09:00"), attended)
    assert [f"{row[name]:%H:%M}" for name in ("arrived_at", "seen_at", "ended_at")] == ["13:55", "14:10", "14:30"]
    assert folded("visits", told(attended).changes).is_empty()
    request = {"resourceType": "ServiceRequest", "id": "s1", "meta": meta("08:00"), "status": "active", "authoredOn": "2026-11-01",
               "subject": PATIENT, "locationReference": [NORTH], "code": coded("cardiology")}  # fmt: skip
    booked = appointment("09:00", basedOn=[{"reference": "ServiceRequest/s1"}])
    referral = row_of("referrals", request, booked, attended, {**request, "meta": meta("16:00", "2"), "status": "completed"})
    assert (referral["sent_at"], referral["scheduled_at"]) == (datetime(2026, 11, 1), datetime(2026, 11, 20))
    assert (referral["seen_at"], referral["closed_at"], referral["close_reason"]) == (at("14:10"), at("16:00"), "treated")
    assert not told({**request, "category": [coded("108252007")]}).changes, "a laboratory order is no referral"


def message(ident: str, sender: str, time: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Communication", "id": ident, "meta": meta(time), "status": "completed",
            "sent": f"2026-11-24T{time}:00Z",
            "sender": {"reference": sender}, "recipient": [NORTH, {"reference": "CareTeam/nurses"}], **more}  # fmt: skip


def test_the_first_answer_of_staff_answers_a_patients_message() -> None:
    asked = message("m1", "Patient/77", "09:00", topic=coded("refill"))
    answers = [message(ident, "Practitioner/D7", time, inResponseTo=[{"reference": "Communication/m1"}])
               for ident, time in (("m3", "11:00"), ("m2", "10:00"))]  # fmt: skip
    robot = message("m4", "Device/bot", "09:01", inResponseTo=[{"reference": "Communication/m1"}])
    row = row_of("contacts", *answers, asked, robot)
    names = ("channel", "queue_id", "topic", "opened_at", "answered_at", "handled_by", "reply_needed")
    assert [row[name] for name in names] == ["portal", "nurses", "refill", at("09:00"), at("10:00"), "D7", True]
    assert not told(message("m5", "Practitioner/D7", "09:00")).changes, "what staff send of themselves was not asked"


def work(time: str, status: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Task", "id": "t1", "meta": meta(time), "status": status, "code": coded("prior-authorization"),
            "priority": "stat", "for": PATIENT, "authoredOn": "2026-11-24T08:00:00Z", "location": NORTH, **more}  # fmt: skip


def test_versions_of_a_task_are_a_case() -> None:
    versions = [work("08:01", "requested"), work("08:30", "accepted"), work("09:00", "in-progress"), work("10:00", "completed"),
                work("10:30", "completed")]  # fmt: skip
    row = row_of("cases", *versions)
    assert (row["kind"], row["urgency"], row["outcome"]) == ("prior_authorization", "emergency", "completed")
    assert [row[name] for name in ("opened_at", "acknowledged_at", "resolved_at")] == [at("08:00"), at("08:30"), at("10:00")]
    assert "resolved_at" not in row_of("cases", *versions, work("11:00", "in-progress"))


def test_slots_stand_at_the_place_of_their_schedule_at_the_census() -> None:
    schedule = {
        "resourceType": "Schedule",
        "id": "s",
        "actor": [NORTH, {"reference": "Practitioner/D7"}],
        "serviceType": [coded("derm")],
    }
    slots = [{"resourceType": "Slot", "id": name, "schedule": {"reference": "Schedule/s"}, "status": status,
              "start": "2026-11-25T09:00:00Z", "end": "2026-11-25T09:20:00Z"}
             for name, status in (("x", "free"), ("y", "busy-unavailable"))]  # fmt: skip
    found = document(dumps({"resourceType": "Bundle", "type": "collection", "timestamp": "2026-11-24T06:00:00Z",
                            "entry": [{"resource": one} for one in (schedule, *slots)]}).encode())  # fmt: skip
    standing = Standing(NOW, None, found.timestamp, found.beside, found.links)
    changes = [change for entry in found.entries[1:] for change in parsed(entry, READING, standing).changes]
    again = [
        change for entry in found.entries[1:] for change in parsed(entry, READING, Standing(NOW, None, NOW, found.beside)).changes
    ]
    rows = folded("slots", changes + again)
    names = ("slot_id", "site_id", "service_id", "provider_id", "status", "snapshot_at")
    assert rows.select(names).rows()[:1] == [("x", "north", "derm", "D7", "free", at("06:00"))]
    assert rows.select("slot_id", "status", "snapshot_at").rows()[1:] == [
        ("x", "free", NOW), ("y", "held", at("06:00")), ("y", "held", NOW),
    ]  # fmt: skip


def test_a_slot_of_several_is_several_and_one_that_is_a_session_is_refused() -> None:
    def slot(count: int, end: str) -> Parsed:
        many = [{"url": "http://fhir-registry.smarthealthit.org/StructureDefinition/slot-capacity", "valueInteger": count}]
        return told({"resourceType": "Slot", "id": "x", "status": "free", "extension": many,
                     "schedule": {"reference": "Schedule/s"},
                     "start": "2026-11-25T09:00:00Z", "end": f"2026-11-25T{end}:00Z"})  # fmt: skip

    assert [one.values["slot_id"] for one in slot(3, "09:20").changes] == ["x", "x-2", "x-3"]
    assert "coarse (capacity 100" in slot(100, "09:20").problems[0] and "coarse" in slot(1, "17:00").problems[0]


def test_a_survey_is_a_row_for_each_number() -> None:
    ordinal = {"code": "good", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 4}]}
    items = [{"linkId": "1", "answer": [{"valueInteger": 9}]}, {"linkId": "2", "answer": [{"valueString": "Jane was kind"}]},
             {"linkId": "g", "item": [{"linkId": "3", "answer": [{"valueCoding": ordinal}]}]}]  # fmt: skip
    said = told({"resourceType": "QuestionnaireResponse", "id": "q1", "meta": meta("10:00"), "status": "completed",
                 "subject": PATIENT,
                 "questionnaire": "http://x.example/Questionnaire/fft|2", "authored": "2026-11-23T18:00:00Z", "encounter": NORTH,
                 "item": items})  # fmt: skip
    rows = folded("surveys", said.changes)
    assert rows.select("survey_id", "item", "instrument", "score", "site_id").rows() == [
        ("q1", "1", "fft", 9.0, "north"), ("q1", "3", "fft", 4.0, "north"),
    ]  # fmt: skip
    assert "Jane" not in str(said)


def test_what_was_entered_in_error_never_was_until_it_is_again() -> None:
    wrong = encounter("10:30", "entered-in-error")
    row = row_of("visits", encounter("10:05", "in-progress"), wrong)
    assert row["entered_in_error"] and "departed_at" not in row
    back = row_of("visits", wrong, encounter("10:05", "in-progress"), encounter("10:40", "in-progress"))
    assert "entered_in_error" not in back
    complaint = {"code": coded("complaint")}
    case = row_of("cases", work("08:01", "requested", **complaint), work("09:00", "entered-in-error"))
    assert (case["kind"], case["entered_in_error"]) == ("complaint", True)
    deleted = {"request": {"method": "DELETE", "url": "Appointment/a1"}, "response": {"lastModified": "2026-11-24T09:30:00Z"}}
    bundle = document(dumps({"resourceType": "Bundle", "type": "history", "entry": [deleted]}).encode())
    gone = parsed(bundle.entries[0], READING, STANDING)
    changes = [*told(appointment("09:00")).changes, *gone.changes]
    assert folded("appointments", changes)["status"].to_list() == ["entered-in-error"]


def test_nobody_is_known_by_a_reference_that_leads_nowhere() -> None:
    inner = {"resourceType": "Patient", "id": "p", "name": [{"family": "Doe"}]}
    assert "patient_key" not in row_of("visits", encounter("10:00", "arrived", subject={"reference": "#p"}, contained=[inner]))
    named = {**inner, "identifier": [{"value": "77"}]}
    said = told(encounter("10:00", "arrived", subject={"reference": "#p"}, contained=[named]))
    assert said.changes[0].values["patient_key"] == "key of 77" and "Doe" not in str(said)
    by_number = encounter("10:00", "arrived", subject={"identifier": {"value": "77"}, "display": "Jane Doe"})
    assert told(by_number).changes[0].values["patient_key"] == "key of 77"


def test_a_time_without_an_offset_is_of_the_site() -> None:
    new_york = Reading(str, "Europe/London", {"north": "north"}, {"north": "America/New_York"})
    body = encounter(
        "10:00", "arrived", location=[{"location": {"reference": "Location/north"}}], period={"start": "2026-11-24T10:00:00"}
    )
    (change, *_) = parsed(document(dumps(body).encode()).entries[0], new_york, STANDING).changes
    assert change.values["arrived_at"] == at("15:00")


GOOD = dumps(encounter("10:00", "arrived"))
HOSTILE = [
    (b"", "no JSON"), (b"null", "no resource"), (b"[1]", "no resource"), (b'{"a": 1', "no JSON"), (GOOD[:90].encode(), "no JSON"),
    (GOOD.encode("utf-16"), "UTF-8"), (GOOD.replace("Jane", "J\u00e4ne").encode("latin-1"), "no"), (b"\xff\xfe\x00", "UTF-8"),
    (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, f"deeper than {DEEPEST}"),
    (b'{"resourceType": "Encounter", "a": ' + b"[" * 80 + b"]" * 80 + b"}", f"deeper than {DEEPEST}"),
    (GOOD.replace('"v1"', "NaN").encode(), "number"), (GOOD.replace('"v1"', "1e999").encode(), "number"),
    (GOOD.replace('"v1"', "9" * 5000).encode(), "number"), (GOOD.replace("Jane", "\\ud800").encode(), "character"),
    (GOOD.replace("Jane", "\\u0000").encode(), "null character"),
    (GOOD.replace('"Encounter"', '"Encuonter"').encode(), "Did you mean Encounter?"),
    (GOOD.replace('"Encounter"', '["Encounter"]').encode(), "not taken"), (GOOD.replace('"Encounter"', "null").encode(), "missing"),
    (GOOD.replace('"id": "v1"', '"id": 7').encode(), "id is missing"), (GOOD.replace('"v1"', '"../v1"').encode(), "id is missing"),
    (GOOD.replace("2026-11-24T10:00:00Z", "2026-13-45T10:00:00Z", 1).encode(), "no FHIR date"),
    (GOOD.replace('"2026-11-24T10:00:00Z"}', '"24/11/2026"}').encode(), "no FHIR date"),
    (GOOD.replace('"2026-11-24T10:00:00Z"}', '"2026-11-24"}').encode(), "no more than a date"),
    (GOOD.replace('"2026-11-24T10:00:00Z"}', '"0001-01-01T00:00:00+14:00"}').encode(), "no FHIR date"),
    (GOOD.replace('"2026-11-24T10:00:00Z"}', '{"start": 5}}').encode(), "no FHIR date"),
    (GOOD.replace('"period"', '"perriod"').encode(), "period.start is missing"),
    (GOOD.replace('"arrived"', '"here"').encode(), "status"), (GOOD.replace('"arrived"', '["arrived"]').encode(), ""),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "word"), HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_broken_says_why_and_raises_nothing(raw: bytes, word: str) -> None:
    said = parsed(document(raw).entries[0], READING, STANDING)
    if word:
        assert word in " ".join(said.problems) and not said.changes, said
    assert "Jane" not in str(said)


@pytest.mark.parametrize("entry", [1, None, {}, {"resource": []}, {"resource": {"resourceType": "Bundle"}},
                                   {"request": {"method": "DELETE"}},
                                   {"fullUrl": 3, "resource": {"resourceType": "Task"}}])  # fmt: skip
def test_half_an_entry_stops_no_other(entry: Any) -> None:
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [entry, {"resource": encounter("10:00", "arrived")}]}
    half, whole = (parsed(one, READING, STANDING) for one in document(dumps(bundle).encode()).entries)
    assert half.problems and not whole.problems


@pytest.mark.parametrize("entries", [5, {}, "x"])
def test_entries_that_are_no_list(entries: Any) -> None:
    found = document(dumps({"resourceType": "Bundle", "entry": entries}).encode())
    assert all(one.problem for one in found.entries)


def test_a_mark_of_byte_order_and_empty_lines_do_no_harm() -> None:
    found = lines(b"\xef\xbb\xbf" + GOOD.encode() + b"\r\n\n" + b"oops\n" + GOOD.encode())
    assert [(one.place, one.problem is None) for one in found.entries] == [("line 1", True), ("line 3", False), ("line 4", True)]


def test_addresses_within_a_bundle_lead_to_its_resources() -> None:
    patient = {"fullUrl": "urn:uuid:5b", "resource": {"resourceType": "Patient", "id": "77"}}
    visit = encounter("10:00", "arrived", subject={"reference": "urn:uuid:5b"})
    del visit["id"]
    created = {"fullUrl": "urn:uuid:0c", "resource": visit, "request": {"method": "POST", "url": "Encounter"}}
    found = document(dumps({"resourceType": "Bundle", "type": "transaction", "entry": [patient, created]}).encode())
    (change, *_) = parsed(found.entries[1], READING, Standing(NOW, NOW, None, found.beside, found.links)).changes
    assert (change.key, change.values["patient_key"]) == ("0c", "key of 77")
