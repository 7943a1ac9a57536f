"""Evaluating: alerts live over weeks, owners are told once, running it again changes nothing, no rule is silently lost."""

from collections.abc import Callable
from datetime import timedelta

import duckdb
import polars as pl
import pytest

from metrics.alerts.actions import Person, acknowledged, snoozed
from metrics.alerts.evidence import Evidence
from metrics.alerts.rulebook import RuleBook, fitted
from metrics.alerts.samples import samples
from metrics.errors import UserError
from metrics.evaluate import evaluate
from metrics.evaluate import evidence as reading
from metrics.evaluate.finding import findings
from metrics.home import Home
from metrics.ledger import open_ledger
from metrics.ledger.evaluations import evaluations, rules_known
from metrics.ledger.lives import act, episodes, events
from metrics.ledger.outbox import deliveries
from metrics.ledger.quiet import silence
from metrics.signals.schema import SIGNAL_POINTS
from metrics.warehouse import publish
from metrics.warehouse.asking import has_table
from metrics.warehouse.schema import insert
from tests.evaluate.weeks import METRICS, RULE, everything, evidence, instant, ruled, run, signals
from tests.warehouse.small import AS_OF, build, manifest

CHECKED = """
[[rule]]
id = "unsound"
name = "A check fails"
kind = "data_quality"
owner = "Data desk"

[[rule]]
id = "silent"
name = "A feed fell silent"
kind = "stale"
owner = "Data desk"
"""
BAD, GOOD = 0.2, 0.05
ANN = Person("Ann", verified=False)


def states(home: Home) -> dict[str, str]:
    return dict(episodes(open_ledger(home)).sort("opened_at").select("site_id", "state").iter_rows())


def only(home: Home) -> str:
    """The id of the one alert."""
    (alert,) = episodes(open_ledger(home))["alert_id"]
    return str(alert)


def subjects(home: Home) -> list[str]:
    return deliveries(open_ledger(home)).sort("created_at")["subject"].to_list()


def test_an_alert_lives_from_its_first_breach_to_its_recovery(home: Home) -> None:
    home = ruled(home, RULE.replace("renotify_after_days = 7", ""))
    lived = []
    for week, share in enumerate((GOOD, BAD, BAD, BAD, GOOD)):
        report = run(home, week, {"CEN": share, "NRT": GOOD})
        lived.append((states(home).get("CEN"), report.messages))
        assert report.new == report.samples == 4, "two sites, and two rules that are in order"
    assert lived == [(None, 0), ("pending", 0), ("firing", 1), ("firing", 0), ("resolved", 1)]
    assert events(open_ledger(home))["type"].to_list() == ["opened", "fired", "queued", "resolved", "queued"]
    first, last = subjects(home)
    assert first.startswith("ACT: ")
    assert "Central Hospital (CEN)" in first
    assert last.startswith("Recovered: ")
    assert deliveries(open_ledger(home))["owner"].unique().to_list() == ["Outpatients"]


def test_the_same_generation_evaluated_again_changes_nothing(home: Home) -> None:
    home = ruled(home)
    for week, share in enumerate((BAD, BAD)):
        run(home, week, {"CEN": share, "NRT": None})
    before = everything(home.path)
    again = run(home, 1, {"CEN": BAD, "NRT": None})
    assert (again.new, again.events, again.messages) == (0, {}, 0)
    assert everything(home.path) == before


def test_a_figure_that_is_revised_is_kept_as_both_were_known(home: Home) -> None:
    home = ruled(home)
    run(home, 0, {"CEN": BAD})
    run(home, 1, {"CEN": BAD})
    assert run(home, 1, {"CEN": GOOD}, hours=24).events == {"data_revised": 1}
    assert states(home) == {"CEN": "firing"}, "what was judged stands"
    judged = evaluations(open_ledger(home)).filter(rule_id="no_shows")
    assert judged.select("run_id", "outcome").rows()[1:] == [
        (f"g-1/{instant(1):%Y%m%dT%H%M%S%f}", "breach"),
        (f"g-1/{instant(1) + timedelta(days=1):%Y%m%dT%H%M%S%f}", "ok"),
    ]


def test_a_reminder_comes_while_nobody_has_it_and_not_after(home: Home) -> None:
    home = ruled(home)
    for week in range(3):
        run(home, week, {"CEN": BAD})
    assert [subject.split(":")[0] for subject in subjects(home)] == ["ACT", "ACT"], "told, and told again a week later"
    act(open_ledger(home), only(home), lambda now: acknowledged(now, ANN, instant(2)))
    assert run(home, 3, {"CEN": BAD}).messages == 0


def test_a_snooze_ends_by_the_clock(home: Home) -> None:
    home = ruled(home)
    run(home, 0, {"CEN": BAD})
    run(home, 1, {"CEN": BAD})
    act(open_ledger(home), only(home), lambda now: snoozed(now, ANN, instant(1), instant(1) + timedelta(days=10)))
    assert run(home, 2, {"CEN": BAD}).messages == 0, "snoozed"
    woken = run(home, 3, {"CEN": BAD})
    assert (woken.events, woken.messages) == ({"unsnoozed": 1, "queued": 1}, 1)


def test_a_silence_holds_a_message_back_and_says_so(home: Home) -> None:
    home = ruled(home)
    silence(open_ledger(home), {"site_id": ["CEN"]}, instant(0), instant(2), "moving house", "Ann", instant(0))
    run(home, 0, {"CEN": BAD, "NRT": BAD})
    second = run(home, 1, {"CEN": BAD, "NRT": BAD})
    assert (second.messages, second.events["suppressed"]) == (1, 1)
    assert "moving house" in events(open_ledger(home)).filter(type="suppressed")["payload"][0]
    assert states(home) == {"CEN": "firing", "NRT": "firing"}, "it goes on all the same"
    assert run(home, 2, {"CEN": BAD, "NRT": GOOD}).messages == 1
    assert "CEN" in subjects(home)[-1]


def test_no_data_is_never_fine(home: Home) -> None:
    home = ruled(home)
    for week in range(2):
        run(home, week, {"CEN": BAD})
    run(home, 2, {"CEN": None})
    assert states(home) == {"CEN": "firing"}
    assert evaluations(open_ledger(home)).filter(rule_id="no_shows")["outcome"].to_list() == ["breach", "breach", "no_data"]


def test_a_rule_that_breaks_is_an_alert_and_its_own_alerts_go_on(home: Home) -> None:
    home = ruled(home)
    for week in range(2):
        run(home, week, {"CEN": BAD})
    home = ruled(home, RULE.replace('limit = "10%"', 'limmit = "10%"'))
    report = run(home, 2, {"CEN": GOOD})
    assert "Did you mean limit?" in report.problems[0]
    open_now = episodes(open_ledger(home), active=True).sort("rule_id").select("rule_id", "state").rows()
    assert open_now == [("broken_rule", "firing"), ("no_shows", "firing")]
    home = ruled(home)
    run(home, 3, {"CEN": GOOD})
    assert episodes(open_ledger(home))["state"].unique().to_list() == ["resolved"]


def test_a_rule_that_is_taken_out_ends_its_alerts_loudly(home: Home) -> None:
    home = ruled(home)
    for week in range(2):
        run(home, week, {"CEN": BAD})
    home = ruled(home, "")
    report = run(home, 2, {"CEN": BAD})
    assert report.events == {"rule_changed": 1, "expired": 1, "queued": 1}
    assert subjects(home)[-1].startswith("Ended by an edit")
    assert rules_known(open_ledger(home))["rule_id"].to_list() == ["broken_rule", "no_shows"]


def test_a_rule_that_fails_while_it_is_asked_stops_no_other(home: Home) -> None:
    home = ruled(home, RULE + RULE.replace('"no_shows"', '"fails"'))

    def find(book: RuleBook, known: Evidence) -> pl.DataFrame:
        if "fails" in book.by_id:
            raise ZeroDivisionError("by nothing")
        return samples(book, known)

    book, found = findings(fitted(home.alerts, METRICS), evidence(home, 0, {"CEN": BAD}), find)
    assert set(book.by_id) == {"no_shows", "broken_rule"}
    assert book.problems[-1].sentence == "alerts.toml: rule fails cannot be evaluated: ZeroDivisionError: by nothing"
    assert found.filter(outcome="breach").sort("rule_id")["labels"].to_list() == [
        '{"rule_id":"fails"}', '{"metric":"no_show_rate","site_id":"CEN","statistic":"share"}',
    ]  # fmt: skip
    assert "fails" in book.broken, "so its open alerts are held, not ended"


def with_signals(week: int, shares: dict[str, float | None]) -> Callable[[duckdb.DuckDBPyConnection], None]:
    """A builder of a small generation that holds these verdicts."""

    def built(connection: duckdb.DuckDBPyConnection) -> None:
        build(3)(connection)
        verdicts = {"signals": signals(week, shares), "signal_points": pl.DataFrame(schema=dict(SIGNAL_POINTS))}
        for name, frame in verdicts.items():
            if not has_table(connection, name):
                connection.register("verdicts", frame.to_arrow())
                connection.execute(f"create table {name} as select * from verdicts limit 0")
                connection.unregister("verdicts")
            insert(connection, name, frame)

    return built


def test_the_generation_in_force_is_evaluated_to_its_last_table(home: Home) -> None:
    home = ruled(home, RULE.replace("for_periods = 2", "for_periods = 1") + CHECKED)
    publish(home.path, with_signals(2, {"CEN": BAD, "NRT": GOOD}), manifest(3))
    said: list[str] = []
    report = evaluate(home, AS_OF, lambda label, _done, _total: said.append(label))
    fired = episodes(open_ledger(home)).sort("rule_id", "labels").select("rule_id", "site_id", "state").rows()
    assert ("no_shows", "CEN", "firing") in fired
    assert {rule for rule, _, _ in fired} == {"no_shows", "unsound", "silent"}, "the small generation's feeds are long silent"
    assert report.as_of == AS_OF
    assert report.messages == deliveries(open_ledger(home)).height == 2, "one to each owner"
    assert said == ["reading the figures", "asking the rules", "writing the ledger"]
    assert "2 messages to send" in report.sentence()


def test_without_a_generation_it_says_what_to_do(home: Home) -> None:
    with pytest.raises(UserError, match="Make one: timely refresh"):
        evaluate(home, instant(0))


def test_a_generation_without_control_charts_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(home.path, build(3), manifest(3))
    monkeypatch.setattr(reading, "NEEDED", ("signals_of_a_newer_program",))
    with pytest.raises(UserError, match=r"holds no control charts\. Compute them: timely refresh --full"):
        evaluate(home, instant(0))
    assert evaluations(open_ledger(home)).is_empty()
