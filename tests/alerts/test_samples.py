"""Samples: which places a rule is asked of, of which period, and what it says of them."""

import json
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from metrics.alerts.evidence import CHECKS, FRESHNESS, WAITING
from metrics.alerts.rulebook import RuleBook, RuleProblem, rules_from
from metrics.alerts.samples import SCHEMA, fingerprint, sample_of, samples
from tests.alerts.moments import AS_OF, LAST_WEEK, asked, evidence, from_weeks, outcomes, rule_of, signal, with_rows

PLACES = [
    signal(site_id="CEN", target=0.9), signal(site_id="NRT", target=0.9), signal(site_id=None, target=0.9),
    signal(site_id=None, service_id="minors", target=0.9), signal(site_id="CEN", service_id="minors", target=0.9),
]  # fmt: skip


def places(**keys: object) -> set[tuple[str | None, str | None]]:
    return set(asked(rule_of("threshold", **keys), with_rows(PLACES)).select("site_id", "service_id").iter_rows())


def test_a_rule_fans_out_to_the_places_it_names() -> None:
    assert places() == {("CEN", None), ("NRT", None)}
    assert places(fan_out="none") == {(None, None)}
    assert places(fan_out="service") == {(None, "minors")}
    assert places(fan_out="site_service") == {("CEN", "minors")}
    assert places(sites=["NRT"]) == {("NRT", None)}
    assert places(fan_out="site_service", services=["majors"]) == set()


def test_a_rule_about_headlines_is_asked_of_each_and_of_every_statistic_with_a_target() -> None:
    rows = [signal(target=0.9), signal(statistic="median", value=40.0, target=30.0), signal(statistic="p90", value=90.0),
            signal(metric="room_to_provider", statistic="median", value=9.0, target=3.0)]  # fmt: skip
    found = asked(rule_of("threshold", metric="*", statistic="*"), with_rows(rows))
    assert set(found["labels"]) == {
        '{"metric":"door_to_provider","site_id":"CEN","statistic":"median"}',
        '{"metric":"door_to_provider","site_id":"CEN","statistic":"within"}',
    }


def test_without_a_statistic_the_leading_one_is_asked() -> None:
    rows = [signal(), signal(statistic="median", value=40.0), signal(metric="no_show_rate", statistic="share", value=0.1)]
    found = asked(rule_of("spc", metric="*", statistic=None), with_rows(rows))
    assert [json.loads(text)["statistic"] for text in found["labels"].sort()] == ["within", "share"]


def test_a_sample_says_when_it_was_found_and_of_which_period() -> None:
    [row] = asked(rule_of("threshold"), with_rows([signal(target=0.9)])).to_dicts()
    found = sample_of(row)
    assert (found.period_start, found.period_end, found.moment) == (LAST_WEEK, date(2026, 11, 15), datetime(2026, 11, 15))
    assert (found.evaluated_at, found.as_of, found.numerator, found.denominator) == (AS_OF, AS_OF, 120.0, 150.0)
    assert found.detail == "80.0 % of 150 against 90.0 %"
    assert found.fingerprint == fingerprint("r", found.labels)


def test_the_fingerprint_outlives_an_edit_and_the_version_does_not() -> None:
    [before] = asked(rule_of("threshold"), with_rows([signal(target=0.9)])).to_dicts()
    [after] = asked(rule_of("threshold", min_n=5), with_rows([signal(target=0.9)])).to_dicts()
    assert before["fingerprint"] == after["fingerprint"] and before["rule_version"] != after["rule_version"]


def test_an_old_figure_is_no_figure_of_today() -> None:
    old = signal(week=LAST_WEEK - timedelta(weeks=3), value=0.1, target=0.9)
    [row] = asked(rule_of("threshold"), with_rows([old, signal(site_id="NRT", target=0.9)])).filter(site_id="CEN").to_dicts()
    assert (row["outcome"], row["value"], row["period_start"]) == ("no_data", None, LAST_WEEK)
    assert row["detail"] == "no figure for the period"


def test_a_rule_that_is_switched_off_says_nothing() -> None:
    assert asked(rule_of("threshold", enabled=False), with_rows(PLACES)).is_empty()


def test_no_rules_and_no_figures_give_no_rows_of_the_same_columns() -> None:
    nothing = samples(RuleBook(rules=()), evidence())
    assert nothing.is_empty() and nothing.schema == SCHEMA and asked(rule_of("cusum"), evidence()).schema == SCHEMA


GOOD, BAD = [0.96, 0.94, 0.95, 0.955, 0.945] * 6, [0.92] * 5


def test_cusum_finds_small_misses_that_add_up_and_not_a_process_on_its_target() -> None:
    found = asked(rule_of("cusum"), from_weeks({"CEN": GOOD, "NRT": GOOD + BAD}, target=0.95)).sort("site_id")
    assert found["outcome"].to_list() == ["ok", "breach"]
    assert found["signal"][1].startswith("cusum 5") and found["excess"][1] > 0
    assert "; the misses add up to 5" in found["detail"][1] and found["detail"][1].startswith("92.0 % of 150 against 95.0 %")


def test_a_recovery_shows_within_weeks_however_long_the_misses_lasted() -> None:
    long_bad = GOOD + [0.85] * 40
    states = [outcomes(rule_of("cusum", clear_margin=2.0), from_weeks({"CEN": long_bad + [0.97] * weeks}, target=0.95))["CEN"]
              for weeks in range(5)]  # fmt: skip
    assert states == ["breach", "inside_margin", "ok", "ok", "ok"]


def test_without_a_target_cusum_says_nothing() -> None:
    assert outcomes(rule_of("cusum"), from_weeks({"CEN": GOOD})) == {}


def test_spc_finds_a_fall_and_says_which_rule_it_broke() -> None:
    [row] = asked(rule_of("spc"), from_weeks({"CEN": [*GOOD, 0.80]})).to_dicts()
    assert row["outcome"] == "breach" and "below_limit" in row["signal"] and row["detail"].endswith(": below limit")


@pytest.mark.parametrize(("weeks", "outcome"), [
    ([0.9] * 20, "ok"), ([0.9] * 20 + [None], "breach"),
    ([0.9] * 20 + [None] * 13, "breach"), ([0.9] * 20 + [None] * 14, "no_data"),
    ([0.9, None, None, None] * 5 + [0.9, None], "no_data"), ([0.9] * 5 + [None], "no_data"),
    ([0.9] * 8 + [None] * 3 + [0.9] * 2 + [None], "breach"),
])  # fmt: skip
def test_a_figure_that_usually_comes_and_did_not_is_told(weeks: list[float | None], outcome: str) -> None:
    assert outcomes(rule_of("no_data"), from_weeks({"CEN": weeks, "NRT": [0.9] * 30}))["CEN"] == outcome


def test_it_says_since_when_the_figure_is_missing() -> None:
    [row] = (
        asked(rule_of("no_data"), from_weeks({"CEN": [0.9] * 20 + [None] * 2, "NRT": [0.9] * 3})).filter(site_id="CEN").to_dicts()
    )
    assert row["detail"] == "no figure since the week to 2026-11-01; 13 of the 13 before had one"


HEARD = pl.DataFrame(
    [
        ("visits", "ed", None, AS_OF - timedelta(hours=1), 24.0), ("visits", "ed", "CEN", AS_OF - timedelta(hours=1), 24.0),
        ("visits", "ed", "NRT", AS_OF - timedelta(hours=40), 24.0),
        ("tallies", "monthly", None, AS_OF - timedelta(days=30), 1000.0),
        ("contacts", "phones", None, None, None), ("patients", "pas", None, AS_OF - timedelta(days=400), None),
    ],
    schema=FRESHNESS, orient="row",
)  # fmt: skip


def test_a_feed_or_one_site_of_it_that_fell_silent_is_told() -> None:
    found = asked(rule_of("stale"), evidence(freshness=HEARD))
    told = {
        (json.loads(text)["table_name"], site): outcome
        for text, site, outcome in found.select("labels", "site_id", "outcome").iter_rows()
    }
    assert told == {("visits", None): "ok", ("visits", "CEN"): "ok", ("visits", "NRT"): "breach", ("tallies", None): "ok",
                    ("contacts", None): "breach"}  # fmt: skip
    assert found.filter(site_id="NRT")["detail"].item() == "last heard of on 21 November 2026 at 14:00 UTC, 40 hours ago"
    assert asked(rule_of("stale", tables=["visits"], after="2 days"), evidence(freshness=HEARD))["outcome"].unique().to_list() == [
        "ok"
    ]
    assert asked(rule_of("stale", sources=["phones"]), evidence(freshness=HEARD))["detail"].to_list() == [
        "no row of it was ever accepted"
    ]


def waiting(*hours: float, site: str = "CEN") -> pl.DataFrame:
    return pl.DataFrame(
        [("door_to_provider", site, "majors", AS_OF - timedelta(hours=each)) for each in hours], schema=WAITING, orient="row"
    )


def test_people_who_wait_too_long_now_are_told() -> None:
    rule, seen = rule_of("live_wait", longer_than="4 hours", at_least=2), [signal(), signal(site_id="NRT")]
    assert outcomes(rule, with_rows(seen, waiting=waiting(5, 4.5, 1))) == {"CEN": "breach", "NRT": "ok"}
    assert outcomes(rule, with_rows(seen, waiting=waiting(5, 4))) == {
        "CEN": "ok",
        "NRT": "ok",
    }  # four hours is not longer than four
    assert outcomes(rule, with_rows([], waiting=waiting(9, 9, site="SOU"))) == {"SOU": "breach"}
    [row] = asked(rule, with_rows([signal()], waiting=waiting(5, 4.5, 1))).to_dicts()
    assert row["detail"] == "2 of 3 waiting longer than 4 hours, the longest 300 minutes"
    assert (row["value"], row["n"], row["moment"]) == (2.0, 3, AS_OF)
    [row] = asked(rule_of("live_wait", longer_than="4 hours", fan_out="none"), evidence(waiting=waiting(5))).to_dicts()
    assert (row["site_id"], row["service_id"], row["outcome"]) == (None, None, "breach")


def test_where_no_live_feed_is_followed_nothing_is_fine() -> None:
    rule = rule_of("live_wait", longer_than="4 hours")
    assert outcomes(rule, with_rows([signal()])) == {"CEN": "no_data"}
    assert outcomes(rule, with_rows([signal()], waiting=waiting())) == {"CEN": "ok"}


def test_a_failed_check_is_told() -> None:
    checks = pl.DataFrame([("accepted", "visits from ed", False, "30 of 100 rows rejected"), ("fresh", "visits", False, "old")],
                          schema=CHECKS, orient="row")  # fmt: skip
    [row] = asked(rule_of("data_quality", checks=["accepted"]), evidence(checks=checks)).to_dicts()
    assert (row["outcome"], row["detail"]) == ("breach", "30 of 100 rows rejected")
    assert row["labels"] == '{"check":"accepted","subject":"visits from ed"}'


def test_a_broken_rule_is_an_alert_and_a_mended_one_is_not() -> None:
    book = rules_from(
        {"rule": [{"id": "a", "name": "A", "kind": "cusum"}, {"id": "b", "name": "B", "kind": "cusum", "h": -1, "k": -1}]}
    )
    found = samples(book, evidence(problems=book.problems)).filter(kind="error")
    told = {json.loads(text)["rule_id"]: outcome for text, outcome in found.select("labels", "outcome").iter_rows()}
    assert told == {"a": "ok", "broken_rule": "ok", "b": "breach"}
    assert (
        "rule[2].h" in found.filter(outcome="breach")["detail"].item()
        and "rule[2].k" in found.filter(outcome="breach")["detail"].item()
    )


def test_a_problem_of_another_block_is_an_alert_too() -> None:
    found = samples(rules_from({}), evidence(problems=[RuleProblem("silence[1]", "It has no end.")])).filter(outcome="breach")
    assert found["labels"].to_list() == ['{"rule_id":"silence[1]"}']


def test_names_with_quotes_give_labels_that_are_still_json() -> None:
    odd = 'A"B\\ é'
    [row] = asked(rule_of("threshold"), with_rows([signal(site_id=odd, target=0.9)])).to_dicts()
    assert json.loads(row["labels"])["site_id"] == odd


# Of the visits of two sites; CEN's feed was heard of last on Wednesday of the newest closed week, NRT's this morning.
DIED = pl.DataFrame(
    [
        ("visits", "ed", None, AS_OF, 24.0), ("visits", "ed", "NRT", AS_OF, 24.0),
        ("visits", "ed", "CEN", datetime(2026, 11, 11, 12), 24.0),
    ],
    schema=FRESHNESS, orient="row",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["threshold", "binomial", "spc", "assurance"])
def test_a_week_that_its_feed_did_not_outlive_is_no_data_however_fine_it_looks(kind: str) -> None:
    weeks = [signal(site_id=site, value=0.9, target=0.76) for site in ("CEN", "NRT")]
    found = asked(rule_of(kind), with_rows(weeks, freshness=DIED))
    assert dict(found.select("site_id", "outcome").iter_rows()) == {"CEN": "no_data", "NRT": "ok"}
    assert "fell silent" in found.filter(site_id="CEN")["detail"][0]


def test_a_week_that_was_over_when_its_feed_fell_silent_is_judged() -> None:
    week = signal(week=LAST_WEEK - timedelta(weeks=1), value=0.9, target=0.76)
    late = asked(rule_of("threshold"), with_rows([week], freshness=DIED))
    assert late["outcome"].to_list() == ["no_data"], "an older week is no figure of the one that is due"
    then = with_rows([week], freshness=DIED, as_of=AS_OF - timedelta(weeks=1))
    assert asked(rule_of("threshold"), then)["outcome"].to_list() == ["ok"]
