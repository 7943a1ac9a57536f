"""Messages that are held back: by an alert that explains the others, by a silence with an end."""

import tomllib
from dataclasses import replace
from datetime import datetime
from json import dumps

import pytest

from metrics.alerts.episode import Episode
from metrics.alerts.matching import described_episode, owner_of
from metrics.alerts.muting import muted
from metrics.alerts.rulebook import rules_from
from metrics.definitions import BUILT_IN, load_catalog
from metrics.home.templates import example
from tests.alerts.drawn import raised, rule

METRICS = load_catalog(BUILT_IN)
REGIONS = {"CEN": "North", "NRT": "North", "FER": "West"}
NOW = datetime(2026, 11, 1)
DEFAULT = rules_from(tomllib.loads(example("alerts.toml")))


def alert(name: str, kind: str, state: str = "firing", **labels: str) -> Episode:
    """An alert called by its name, so labelled."""
    return replace(
        raised(rule()), alert_id=name, rule_id=f"{kind}_rule", kind=kind, labels=dumps(labels, sort_keys=True), state=state,
        site_id=labels.get("site_id"), service_id=labels.get("service_id"),
    )  # fmt: skip


def held(*alerts: Episode, silences: tuple = (), inhibits: tuple = DEFAULT.inhibits) -> dict[str, str | None]:
    known = {one.alert_id: described_episode(one, METRICS, REGIONS) for one in alerts}
    return {name: mute.by for name, mute in muted(alerts, known, inhibits, silences, NOW).items()}


FEED = alert("feed", "stale", table_name="appointments", source="pas")
FEED_FER = alert("feed_fer", "stale", table_name="appointments", source="pas", site_id="FER")
NO_SHOWS_FER = alert("no_shows_fer", "cusum", metric="no_show_rate", statistic="share", site_id="FER")
NO_SHOWS_CEN = alert("no_shows_cen", "cusum", metric="no_show_rate", statistic="share", site_id="CEN")
NO_SHOWS_ALL = alert("no_shows_all", "cusum", metric="no_show_rate", statistic="share")
DOOR_FER = alert("door_fer", "spc", metric="door_to_provider", statistic="within", site_id="FER")


@pytest.mark.parametrize(("alerts", "expected"), [
    ((FEED_FER, NO_SHOWS_FER, NO_SHOWS_CEN, DOOR_FER), {"no_shows_fer": "feed_fer"}),  # its own site and table, and no other
    ((FEED, FEED_FER, NO_SHOWS_FER), {"feed_fer": "feed", "no_shows_fer": "feed_fer"}),  # the whole feed tells for its sites
    ((FEED_FER, NO_SHOWS_ALL), {}),  # one dead site does not explain the total
    ((NO_SHOWS_ALL, NO_SHOWS_FER, NO_SHOWS_CEN), {"no_shows_fer": "no_shows_all", "no_shows_cen": "no_shows_all"}),
    ((replace(FEED_FER, state="pending"), NO_SHOWS_FER), {}),  # nobody was told of the feed yet
    ((replace(FEED_FER, state="recovering"), NO_SHOWS_FER), {"no_shows_fer": "feed_fer"}),
    ((replace(FEED_FER, ack_state="acked"), NO_SHOWS_FER), {"no_shows_fer": "feed_fer"}),
    ((NO_SHOWS_FER, replace(NO_SHOWS_FER, alert_id="twin", rule_id="spc_rule", kind="spc")), {}),  # the same place: both are told
])  # fmt: skip
def test_what_the_default_rules_hold_back(alerts: tuple[Episode, ...], expected: dict[str, str]) -> None:
    assert held(*alerts) == expected


def test_alerts_that_explain_each_other_do_not_silence_both() -> None:
    ring = rules_from(
        tomllib.loads("""
        [[inhibit]]
        source = { kind = "cusum" }
        target = { kind = "spc" }
        equal = ["site_id"]
        [[inhibit]]
        source = { kind = "spc" }
        target = { kind = "cusum" }
        equal = ["site_id"]
    """)
    ).inhibits
    assert held(NO_SHOWS_FER, DOOR_FER, inhibits=ring) == {"door_fer": "no_shows_fer"}


def test_a_silence_holds_back_what_it_names_until_it_ends() -> None:
    text = """
        [[silence]]
        region = "West"
        kind = ["cusum", "spc"]
        reason = "Move to the new building"
        created_by = "Anna"
        starts_at = 2026-10-30T00:00:00Z
        ends_at = 2026-11-01T00:00:00Z
    """
    running = rules_from(tomllib.loads(text.replace("2026-11-01", "2026-11-02"))).silences
    over = rules_from(tomllib.loads(text)).silences
    assert held(NO_SHOWS_FER, DOOR_FER, NO_SHOWS_CEN, FEED_FER, silences=running, inhibits=()) == {
        "no_shows_fer": None,
        "door_fer": None,
    }
    assert held(NO_SHOWS_FER, DOOR_FER, silences=over, inhibits=()) == {}


def test_the_owner_is_of_the_first_block_then_of_the_rule_then_of_the_metric() -> None:
    owners = rules_from(
        tomllib.loads("""
        [[owner]]
        name = "West team"
        region = "West"
        [[owner]]
        name = "Fernhill"
        site_id = "FER"
    """)
    ).owners
    mine, nobodys = rule(owner="Ben"), rule()
    west, north = (described_episode(one, METRICS, REGIONS) for one in (NO_SHOWS_FER, NO_SHOWS_CEN))
    assert owner_of(west, mine, owners, METRICS) == "West team"
    assert owner_of(north, mine, owners, METRICS) == "Ben"
    assert owner_of(north, nobodys, owners, METRICS) == "Access and scheduling"
    assert owner_of({"check": "accepted"}, nobodys, owners, METRICS) == "nobody"
