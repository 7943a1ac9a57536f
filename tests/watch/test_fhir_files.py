"""FHIR files of the inbox: their resources are in the lake, the broken ones told; a file of nothing good stands aside."""

from datetime import timedelta
from json import dumps

from metrics import lake
from metrics.home import Home
from metrics.journal import opened
from metrics.watch import Look, Watcher, look
from tests.listen.test_fhir import bundle, visit
from tests.watch.conftest import NOW

BEFORE = "2026-11-23T10:0"  # the watcher's clock stands at the morning after


def given(home: Home, name: str, text: str) -> None:
    folder = home.path / "inbox" / "fhir"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text.replace("2026-11-24T10:0", BEFORE), encoding="utf-8")


def looked(home: Home) -> Look:
    watcher = Watcher()
    look(home.path, watcher, NOW)
    return look(home.path, watcher, NOW + timedelta(seconds=1))


def names(home: Home, folder: str) -> list[str]:
    return sorted(path.name.partition("-")[2] for path in (home.path / "inbox" / "fhir" / folder).glob("*"))


def test_files_of_resources_go_through_the_journal_into_the_lake(home: Home) -> None:
    given(home, "a.ndjson", "\n".join(dumps(one) for one in (visit("v1"), visit("v2", "here"), {"resourceType": "Patient"})))
    given(home, "b.json", dumps(bundle("collection", visit("v3")), indent=1))
    given(home, "c.json", dumps(visit("v4")) + "\n" + dumps(visit("v5")))
    given(home, "d.json", '{"resourceType": "Bundle", "entry": [')
    report = looked(home)
    assert [(one.file, one.rows, one.rejected, bool(one.problems)) for one in report.taken] == [
        ("a.ndjson", 2, 1, False), ("b.json", 1, 0, False), ("c.json", 2, 0, False), ("d.json", 0, 0, True),
    ]  # fmt: skip
    assert "line 2: Encounter.status 'here'" in report.taken[0].sentence()
    assert (names(home, "done"), names(home, "bad")) == (["a.ndjson", "b.json", "c.json"], ["d.json", "d.json.why.txt"])
    assert report.drained == 4 and report.generation
    assert sorted(lake.scan(home.lake, "visits").collect()["visit_id"]) == ["fhir:v1", "fhir:v3", "fhir:v4", "fhir:v5"]
    assert opened(home.path).feeds().select("feed", "bad", "depth").rows() == [("fhir", 2, 0)]
    given(home, "again.json", dumps(visit("v1")))
    assert looked(home).drained == 0
