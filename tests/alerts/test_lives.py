"""One evaluation after another: alerts open, end, and are never lost to an edit of the rules."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from metrics.alerts.episode import Episode
from metrics.alerts.lives import Change, advanced
from metrics.alerts.rulebook import RuleBook, fitted, rules_from
from metrics.alerts.samples import samples
from tests.alerts.moments import AS_OF, LAST_WEEK, METRICS, signal, with_rows

REGIONS = {"CEN": "North", "NRT": "North"}
RULE = {"id": "late", "name": "Late", "kind": "threshold", "metric": "door_to_provider", "statistic": "within", "for_periods": 1}


class Story:
    """Evaluations a week apart, with what the ledger would know between them."""

    def __init__(self) -> None:
        self.known: dict[str, Episode] = {}
        self.week = 0

    def runs(self, rules: Sequence[dict[str, Any]], values: dict[str, float | None]) -> list[Change]:
        """The next week's evaluation, of the share at each site against 76 %."""
        start = LAST_WEEK + timedelta(weeks=self.week)
        at = AS_OF + timedelta(weeks=self.week)
        self.week += 1
        rows = [signal(site_id=site, week=start, value=value, target=0.76) for site, value in values.items()]
        book = fitted(rules_from({"rule": list(rules)}), METRICS)
        about = replace(with_rows(rows, problems=book.problems), now=at, as_of=at)
        return self.moves(book, samples(book, about), at)

    def moves(self, book: RuleBook, rows: Any, at: Any) -> list[Change]:
        changes = advanced(self.known, rows, book, METRICS, REGIONS, at)
        self.known |= {change.after.fingerprint: change.after for change in changes}
        return changes


def told(changes: list[Change]) -> list[tuple[str | None, list[str]]]:
    return sorted((change.after.site_id, [event.type for event in change.events]) for change in changes)


def test_a_breach_opens_an_alert_at_its_place_with_the_metrics_owner() -> None:
    changes = Story().runs([RULE], {"CEN": 0.5, "NRT": 0.8})
    assert told(changes) == [("CEN", ["opened", "fired"])]
    assert changes[0].before is None and changes[0].after.owner == "Emergency department"


def test_what_does_not_change_is_left_out() -> None:
    story = Story()
    story.runs([RULE], {"CEN": 0.5, "NRT": 0.8})
    assert told(story.runs([RULE], {"CEN": None, "NRT": 0.8})) == []
    assert told(story.runs([RULE], {"NRT": 0.8})) == []  # not measured any more is not recovered
    [alert] = story.known.values()
    assert alert.state == "firing"


def test_an_edited_rule_is_told_and_the_alert_goes_on() -> None:
    story = Story()
    story.runs([RULE], {"CEN": 0.5})
    assert told(story.runs([RULE | {"min_n": 10}], {"CEN": 0.5})) == [("CEN", ["rule_changed"])]
    assert told(story.runs([RULE | {"min_n": 10}], {"CEN": 0.9})) == [("CEN", ["recovering"])]
    assert told(story.runs([RULE | {"min_n": 20}], {"CEN": 0.9})) == [
        ("CEN", ["rule_changed"])
    ]  # its row of good weeks starts again
    assert told(story.runs([RULE | {"min_n": 20}], {"CEN": 0.9})) == [("CEN", ["resolved"])]


def test_a_rule_whose_words_change_is_the_same_rule() -> None:
    story = Story()
    story.runs([RULE], {"CEN": 0.5})
    changes = story.runs([RULE | {"name": "Too late", "runbook": "Ask."}], {"CEN": 0.5})
    assert [change.events for change in changes] == [()]


def test_an_alert_whose_rule_is_gone_ends_and_says_why() -> None:
    for rules, why in (
        ([], "its rule was taken out of alerts.toml; nobody found that it recovered"),
        ([RULE | {"enabled": False}], "its rule was switched off; nobody found that it recovered"),
        ([RULE | {"sites": ["NRT"]}], "its rule was edited and no longer asks about this place; nobody found that it recovered"),
        ([RULE | {"fan_out": "none"}], "its rule was edited and no longer asks about this place; nobody found that it recovered"),
        ([RULE | {"metric": "no_show_rate", "statistic": "share"}], "its rule was edited and no longer asks about this place; "
         "nobody found that it recovered"),
    ):  # fmt: skip
        story = Story()
        story.runs([RULE], {"CEN": 0.5})
        [change] = story.runs(rules, {"CEN": 0.5, "NRT": 0.9})
        assert [event.type for event in change.events] == ["rule_changed", "expired"]
        assert change.after.state == "expired" and change.after.ended_at is not None and not change.after.active
        assert {event.payload["reason"] for event in change.events} == {why}


def test_an_alert_of_a_broken_rule_waits_and_the_break_is_an_alert() -> None:
    story = Story()
    story.runs([RULE], {"CEN": 0.5})
    changes = story.runs([RULE | {"min_n": "ten"}], {"CEN": 0.5})
    assert [(change.after.kind, change.after.state) for change in changes] == [("error", "firing")]
    changes = story.runs([RULE], {"CEN": 0.5})
    assert [(change.after.kind, change.after.state) for change in changes if change.events] == [("error", "resolved")]
    assert {alert.kind: alert.state for alert in story.known.values()} == {"threshold": "firing", "error": "resolved"}


def test_while_the_file_has_a_mistake_no_alert_ends_for_a_rule_that_is_not_there() -> None:
    story = Story()
    story.runs([RULE], {"CEN": 0.5})
    nameless = {key: value for key, value in RULE.items() if key != "id"}
    changes = story.runs([nameless], {"CEN": 0.5})
    assert [change.after.kind for change in changes] == ["error"]
    assert {alert.state for alert in story.known.values() if alert.kind == "threshold"} == {"firing"}


def test_the_same_evaluation_again_changes_nothing() -> None:
    story = Story()
    first = story.runs([RULE], {"CEN": 0.5})
    story.week -= 1
    assert first and story.runs([RULE], {"CEN": 0.5}) == []


def test_figures_that_are_revised_are_told_and_the_judgement_stands() -> None:
    story = Story()
    story.runs([RULE], {"CEN": 0.5})
    story.week -= 1
    assert told(story.runs([RULE], {"CEN": 0.9})) == [("CEN", ["data_revised"])]
    story.week -= 1
    assert story.runs([RULE], {"CEN": 0.9}) == []
    [alert] = story.known.values()
    assert alert.state == "firing" and alert.peak_value == 0.5


def test_the_worst_value_is_kept() -> None:
    story = Story()
    for value in (0.6, 0.4, 0.7):
        story.runs([RULE], {"CEN": value})
    [alert] = story.known.values()
    assert (alert.peak_value, alert.last_value) == (0.4, 0.7)
