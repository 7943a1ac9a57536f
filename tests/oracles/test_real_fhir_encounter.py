"""1,215 synthetic FHIR R4 encounters with mixed offsets; some are older than any instant Timely takes for a time."""

import json
from datetime import UTC, datetime

import pytest

from tests.oracles.real_source import filled_home

pytestmark = pytest.mark.real

FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def encounters(real):
    lines = (real / "fhir_encounters" / "Encounter.000.ndjson").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def home(real, tmp_path_factory):
    files = sorted((real / "fhir_encounters").glob("*.ndjson"))
    return filled_home(tmp_path_factory.mktemp("fhir"), "America/New_York", [("fhir_encounter", files)])[0]


def test_every_encounter_since_1970_is_a_visit_at_its_instant(home, encounters):
    starts = [datetime.fromisoformat(encounter["period"]["start"]) for encounter in encounters]
    since = [start.timestamp() for start in starts if start >= FIRST]
    (row,) = home.query("select count(*) as visits, sum(epoch(arrived_at)) as seconds from facts_visits")
    assert (len(encounters), len(since)) == (1215, 1175)
    assert (row["visits"], row["seconds"]) == (len(since), sum(since))


def test_classes_are_services(home, encounters):
    rows = home.query("select service_id, count(*) as visits from facts_visits group by service_id")
    found = {row["service_id"]: row["visits"] for row in rows}
    recent = [encounter for encounter in encounters if datetime.fromisoformat(encounter["period"]["start"]) >= FIRST]
    assert found["emergency"] == sum(encounter["class"]["code"] == "EMER" for encounter in recent)
    assert found["inpatient"] == sum(encounter["class"]["code"] == "IMP" for encounter in recent)
    assert sum(found.values()) == len(recent)


def test_emergency_stays_have_a_length(home):
    found = home.whole("ed_length_of_stay", "median", "--service", "emergency")
    assert found["n"] == 22
    assert found["value"] > 0
