"""How each feed is: by its own interval, whether it comes by messages or by files; and whether all that ought to run runs."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hl7.client import MLLPClient
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from metrics.api.exposition import exposition, measures
from metrics.cli import app
from metrics.home import Home, open_home
from metrics.journal import opened
from metrics.listen import listeners_of
from metrics.watch import Standing, Watcher, look, refused, standings
from metrics.watch.health import health
from tests.faults.test_watcher_faults import free_port
from tests.listen.test_fhir import visit
from tests.listen.test_mllp import message, told
from tests.watch.conftest import NOW
from tests.watch.test_fhir_files import given

FEEDS = """
[[feed]]
name = "ed"
kind = "mllp"
port = {port}
source = "pas"
site = "CEN"
[[feed]]
name = "portal"
kind = "fhir"
folder = "drop/portal"
expected = "1 hour"
[[feed]]
name = "desk"
kind = "inbox"
source = "complaints_desk"
folder = "drop/desk"
expected = "7 days"
"""


@pytest.fixture
def fed(home: Home) -> Home:
    (home.path / "feeds.toml").write_text(FEEDS.format(port=free_port()))
    return open_home(home.path)


def by_name(home: Home, later: timedelta = timedelta()) -> dict[str, Standing]:
    return {one.feed: one for one in standings(open_home(home.path), NOW + later)}


def dropped(home: Home, folder: str, name: str, text: str) -> None:
    (home.path / folder).mkdir(parents=True, exist_ok=True)
    (home.path / folder / name).write_text(text.replace("2026-11-24T10:0", "2026-11-23T10:0"), encoding="utf-8")


def looked(home: Home) -> None:
    watcher = Watcher()
    look(home.path, watcher, NOW)
    look(home.path, watcher, NOW)


def test_feeds_are_judged_by_their_own_interval(fed: Home, exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {name: one.state for name, one in by_name(fed).items()} == {"ed": "No data", "portal": "No data", "desk": "No data"}
    (listener,) = listeners_of(fed, opened(fed.path))
    listener.now = lambda: NOW
    try:
        with MLLPClient("127.0.0.1", listener.port) as client:
            assert told(client, message("A04", "202611240500", "1", visit="e1").replace(b"Main", b"Elsewhere"))[0] == "AA"
            assert told(client, message("A04", "202611240500", "2", visit=""))[0] == "AE"
    finally:
        listener.close()
    dropped(fed, "drop/portal", "a.json", json.dumps(visit()))
    dropped(fed, "drop/desk", "cases.csv", max((exports / "complaints_desk").iterdir()).read_text())
    dropped(fed, "drop/desk", "bad.csv", "nothing,like,it\n1,2,3\n")
    waiting = by_name(fed)
    assert (waiting["ed"].waiting, waiting["portal"].waiting, waiting["desk"].waiting) == (1, 0, 2)
    looked(fed)
    found = by_name(fed)
    assert [(one.feed, one.state, one.waiting, one.received, one.refused) for one in found.values()] == [
        ("ed", "OK", 0, 2, 1), ("portal", "OK", 0, 1, 0), ("desk", "OK", 0, 2, 1),
    ]  # fmt: skip
    assert found["ed"].lag == 3600 and "PV1-19" in str(found["ed"].last_error) and "case" in str(found["desk"].last_error)
    (row,) = opened(fed.path).rows("visits").filter(source="pas").rows(named=True)
    assert row["site_id"] == "CEN", "the feed's own site"
    states = [{name: one.state for name, one in by_name(fed, timedelta(hours=hours)).items()} for hours in (1, 2, 9, 300, 1100)]
    assert [one["ed"] for one in states] == ["Stale", "Stale", "No data", "No data", "No data"]
    assert [one["portal"] for one in states] == ["OK", "Stale", "No data", "No data", "No data"]
    assert [one["desk"] for one in states] == ["OK", "OK", "OK", "Stale", "No data"]


def test_feeds_that_nobody_named_are_listed_and_files_of_no_interval_are_not_judged(home: Home) -> None:
    given(home, "a.json", json.dumps(visit()))
    dropped(home, "inbox/complaints_desk", "bad.csv", "nothing,like,it\n1,2,3\n")
    looked(home)
    assert {name: (one.kind, one.state) for name, one in by_name(home).items()} == {
        "fhir": ("fhir", "OK"), "complaints_desk": ("inbox", "Not assessed"),
    }  # fmt: skip


def test_the_command_lists_them_and_says_by_its_code_whether_one_fails(fed: Home) -> None:
    run = CliRunner().invoke(app, ["--home", str(fed.path), "feeds", "--json"])
    assert run.exit_code == 1
    assert [one["state"] for one in json.loads(run.stdout)] == ["No data"] * 3
    assert CliRunner().invoke(app, ["--home", str(fed.path), "feeds"]).exit_code == 1


def test_what_was_refused_is_shown_with_its_reason_and_its_text_only_where_it_is_asked_for(fed: Home) -> None:
    dropped(fed, "drop/portal", "a.ndjson", json.dumps(visit()) + "\n" + json.dumps(visit("v2", "here")))
    dropped(fed, "drop/desk", "bad.csv", "nothing,like,it\n1,2,3\n")
    looked(fed)
    assert sorted(refused(fed, None, 10)["feed"]) == ["desk", "portal"] and refused(fed, "portal", 10).height == 1
    asked = ["--home", str(fed.path), "feeds", "refused", "portal", "--json"]
    plain, whole = (CliRunner().invoke(app, words) for words in (asked, [*asked, "--raw"]))
    assert "Encounter.status 'here'" in plain.stdout and "Jane" not in plain.stdout
    assert "Jane" in whole.stdout
    (fed.path / "key").chmod(0o644)
    assert "chmod 600" in str(CliRunner().invoke(app, [*asked, "--raw"]).exception)


def test_health_is_well_when_figures_feeds_and_watcher_are(fed: Home, exports: Path) -> None:
    assert any("no figures" in problem for problem in health(fed.path, NOW).problems)
    assert any("no watcher" in problem for problem in health(fed.path, NOW).problems)
    (fed.path / "feeds.toml").write_text(FEEDS[FEEDS.index('[[feed]]\nname = "desk"') :])
    dropped(fed, "drop/desk", "cases.csv", max((exports / "complaints_desk").iterdir()).read_text())
    looked(fed)
    assert health(fed.path, NOW).problems == []
    late = health(fed.path, NOW + timedelta(days=11))
    assert len(late.problems) == 3 and "feed desk: Stale" in late.problems[0]
    text = exposition(measures(late))
    found = {
        (one.name, one.labels.get("state")): one.value for family in text_string_to_metric_families(text) for one in family.samples
    }
    assert found["timely_healthy", None] == 0 and found["timely_problems", None] == 3
    assert found["timely_feed_state", "Stale"] == 1 and found["timely_feed_state", "OK"] == 0
    assert found["timely_feed_silence_seconds", None] == found["timely_watcher_look_age_seconds", None] == 11 * 86_400
    assert found["timely_feed_received_total", None] == 1
    (fed.path / "timely.toml").write_text("titel = 1\n")
    assert "titel" in health(fed.path, NOW).problems[0]


def test_names_are_escaped_as_the_format_says() -> None:
    from metrics.api.exposition import Measure

    odd = 'a"b\\c\nd'
    (family,) = text_string_to_metric_families(exposition([Measure("x", "gauge", "An x.", [({"feed": odd}, 1.5), ({}, None)])]))
    assert [(one.labels, one.value) for one in family.samples] == [({"feed": odd}, 1.5)]
