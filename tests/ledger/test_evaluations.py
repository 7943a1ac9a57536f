"""Evaluations: kept as known then, once; a figure that changed is a new finding, one that did not is none."""

from datetime import date, datetime, timedelta

import polars as pl

from metrics.alerts.kinds import BROKEN_RULE
from metrics.alerts.samples import SCHEMA
from metrics.ledger import Ledger
from metrics.ledger.evaluations import add_evaluations, add_rules, evaluations, new_findings, rules_known
from tests.ledger.made import AT

AS_OF = datetime(2026, 7, 1)


def samples(*found: tuple[str, str, float | None], as_of: datetime = AS_OF) -> pl.DataFrame:
    """A sample of each (place, outcome, value)."""
    rows = [
        {
            "rule_id": "r", "rule_version": "v", "kind": "threshold", "severity": "act", "fingerprint": place, "labels": "{}",
            "moment": datetime(2026, 6, 28), "period_start": date(2026, 6, 22), "period_end": date(2026, 6, 28),
            "evaluated_at": AT, "as_of": as_of, "outcome": outcome, "value": value, "n": 40,
        }
        for place, outcome, value in found
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA)


def stored(ledger: Ledger, run: str, found: pl.DataFrame) -> int:
    """How many of them were new, after storing those."""
    with ledger.writing() as connection:
        new = new_findings(connection, found)
        add_evaluations(connection, run, new)
    return new.height


def test_without_a_ledger_everything_is_new(ledger: Ledger) -> None:
    assert evaluations(ledger).is_empty()
    assert new_findings(None, samples(("a", "ok", 0.1))).height == 1
    assert new_findings(None, samples()).is_empty()


def test_a_finding_is_stored_once_and_again_when_it_differs(ledger: Ledger) -> None:
    first = samples(("a", "ok", 0.1), ("b", "no_data", None))
    assert stored(ledger, "1", first) == 2
    assert stored(ledger, "2", first) == 0
    later = AS_OF + timedelta(days=1)
    assert stored(ledger, "3", samples(("a", "ok", 0.1), ("b", "no_data", None), as_of=later)) == 0, "the same as was known"
    assert stored(ledger, "4", samples(("a", "breach", 0.2), ("b", "no_data", None), as_of=later)) == 1
    assert stored(ledger, "5", samples(("a", "ok", 0.1), as_of=later + timedelta(days=1))) == 1, "and back again"
    history = evaluations(ledger, "a")
    assert history.select("run_id", "outcome", "value", "n").rows() == [
        ("1", "ok", 0.1, 40), ("4", "breach", 0.2, 40), ("5", "ok", 0.1, 40),
    ]  # fmt: skip
    assert history["data_as_of"].to_list() == [AS_OF, later, later + timedelta(days=1)]
    assert history["period_end"].to_list() == [date(2026, 6, 28)] * 3


def test_rules_are_kept_by_version(ledger: Ledger) -> None:
    edited = BROKEN_RULE.model_copy(update={"for_periods": 2})
    for _ in range(2):
        with ledger.writing() as connection:
            add_rules(connection, [BROKEN_RULE, edited], AT)
    known = rules_known(ledger)
    assert set(known["version"]) == {BROKEN_RULE.version, edited.version}
    assert known["meaning"].str.json_path_match("$.for_periods").sort().to_list() == ["1", "2"]
