"""FHIR documents into the journal and the lake: once, whatever comes twice; what is refused is kept with its reason."""

from datetime import datetime
from json import dumps
from pathlib import Path
from typing import Any

import pytest

from metrics import lake
from metrics.home import Home, create_home
from metrics.journal import Journal, opened
from metrics.listen import Received, drain, reading_of, received
from metrics.messages.fhir import document

NOW = datetime(2026, 11, 24, 12)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return create_home(tmp_path / "home")


@pytest.fixture
def journal(home: Home) -> Journal:
    return opened(home.path)


def visit(ident: str = "v1", status: str = "arrived", version: str = "1", site: str = "CEN", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter", "id": ident, "meta": {"versionId": version, "lastUpdated": f"2026-11-24T10:0{version}:00Z"},
        "status": status, "class": {"code": "EMER"}, "subject": {"reference": "Patient/77", "display": "Jane Doe"},
        "location": [{"location": {"reference": f"Location/{site}"}}], "period": {"start": "2026-11-24T10:00:00Z"}, **more,
    }  # fmt: skip


def bundle(kind: str, *bodies: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": body} for body in bodies]}


def sent(home: Home, journal: Journal, body: dict[str, Any]) -> Received:
    return received(home, journal, "fhir", reading_of(home), document(dumps(body).encode()), NOW)


def visits(home: Home) -> list[tuple[object, ...]]:
    return lake.scan(home.lake, "visits").select("visit_id", "departed_at", "recorded_at").sort("visit_id").collect().rows()


def test_the_same_version_twice_changes_nothing_and_a_newer_one_holds(home: Home, journal: Journal) -> None:
    end = {"start": "2026-11-24T10:00:00Z", "end": "2026-11-24T11:00:00Z"}
    assert sent(home, journal, visit("v1", "finished", "2", period=end)).taken == 1
    for _ in range(2):
        assert sent(home, journal, bundle("searchset", visit(), visit("v2"))).taken == 2
    assert drain(home, journal, NOW).rows == {"visits": 2}
    once = visits(home)
    assert [(row[0], row[1]) for row in once] == [("fhir:v1", datetime(2026, 11, 24, 11)), ("fhir:v2", None)]
    sequence = lake.head(home.lake).sequence
    sent(home, journal, bundle("collection", visit("v1", "finished", "2", period=end), visit()))
    assert not drain(home, journal, NOW).rows and lake.head(home.lake).sequence == sequence
    assert visits(home) == once and journal.feeds()["received"].to_list() == [3]


def test_a_transaction_is_taken_whole_or_not_at_all(home: Home, journal: Journal) -> None:
    bad = visit("v2", "here")
    found = sent(home, journal, bundle("transaction", visit(), bad, {"resourceType": "Patient", "id": "77"}))
    assert (found.applied, found.taken, [one.place for one in found.refused]) == (False, 0, ["entry 2"])
    assert drain(home, journal, NOW).rows == {}
    found = sent(home, journal, bundle("batch", visit(), bad, {"resourceType": "Patient", "id": "77"}))
    assert (found.applied, found.taken, [one.place for one in found.refused]) == (True, 1, ["entry 2"])
    assert drain(home, journal, NOW).rows == {"visits": 1}


def test_what_the_lake_would_not_take_is_refused_at_the_door_and_taken_when_it_is_mended(home: Home, journal: Journal) -> None:
    early = visit("v2", "finished", period={"start": "2026-11-24T10:00:00Z", "end": "2026-11-24T09:00:00Z"})
    found = sent(home, journal, bundle("batch", visit(site="XXX"), early, visit("v3")))
    assert [one.problems for one in found.refused] == [
        ("The site is listed in sites.csv.",), ("departed_at is at or after arrived_at.",),
    ]  # fmt: skip
    bad = journal.bad()
    assert bad.height == 2 and bad["raw"].null_count() == 0, "kept, with the raw text"
    with (home.path / "sites.csv").open("a") as file:
        file.write("XXX,New place,Europe/London,North,GB-ENG,hospital\n")
    mended = create_home(home.path)
    assert sent(mended, journal, visit(site="XXX")).taken == 1
    drain(mended, journal, NOW)
    assert [row[0] for row in visits(mended)] == ["fhir:v1", "fhir:v3"]
    assert journal.bad().height == 1


def test_of_a_good_resource_no_name_is_stored_anywhere(home: Home, journal: Journal) -> None:
    sent(home, journal, visit(text={"div": "Jane Doe"}))
    drain(home, journal, NOW)
    for file in (path for path in home.path.rglob("*") if path.is_file()):
        assert b"Jane" not in file.read_bytes(), file
        assert b"Patient/77" not in file.read_bytes(), file


def test_a_case_that_breaks_a_rule_by_two_messages_stands_among_the_rejects_until_it_is_mended(
    home: Home, journal: Journal
) -> None:
    task = {"resourceType": "EncounterHistory", "id": "h1", "encounter": {"reference": "Encounter/v1"},
            "subjectStatus": {"coding": [{"code": "triaged"}]}, "actualPeriod": {"start": "2026-11-24T09:00:00Z"}}  # fmt: skip
    sent(home, journal, bundle("batch", visit(), task))
    assert drain(home, journal, NOW).rejected == 1
    rejects = lake.rejects(home.lake).collect()
    assert rejects.select("source", "table", "file", "rule").rows() == [
        ("fhir", "visits", "visits/fhir:v1", "triaged_at_not_before_arrived_at")
    ]  # fmt: skip
    sent(home, journal, visit(version="2", period={"start": "2026-11-24T08:50:00Z"}))
    assert drain(home, journal, NOW).rejected == 0
    assert lake.rejects(home.lake).collect().is_empty() and [row[0] for row in visits(home)] == ["fhir:v1"]
