"""Rows judged by the rules of their table: drawn as rows, with what each becomes."""

from datetime import datetime

import polars as pl
import pytest

from metrics.events import TABLES, Rule, rules_of
from metrics.events.validation import judged

AT = datetime(2024, 1, 1, 10)
VISIT = {"visit_id": "v", "patient_key": "secret", "site_id": "CEN", "arrived_at": AT, "recorded_at": AT, "source": "s"}


def visits(*changes: dict) -> pl.DataFrame:
    schema = {"line": pl.Int64, **TABLES["visits"].schema}
    return pl.DataFrame([{**VISIT, "line": place, **change} for place, change in enumerate(changes, start=1)], schema=schema)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({}, []),
        ({"visit_id": None}, [("visit_id_present", "reject", "visit_id", None)]),
        ({"arrived_at": None}, [("arrived_at_present", "reject", "arrived_at", None)]),
        ({"disposition": "gone"}, [("disposition_on_the_list", "reject", "disposition", "gone")]),
        ({"disposition": None}, []),
        ({"seen_at": datetime(1900, 1, 1)}, [
            ("seen_at_is_a_time", "reject", "seen_at", "1900-01-01T00:00:00Z"),
            ("seen_at_not_before_arrived_at", "reject", "seen_at", "1900-01-01T00:00:00Z"),
        ]),
        ({"recorded_at": datetime(9999, 12, 31)}, [("recorded_at_is_a_time", "reject", "recorded_at", "9999-12-31T00:00:00Z")]),
        ({"recorded_at": datetime(2299, 12, 31, 23, 59)}, []),
        ({"recorded_at": datetime(1970, 1, 1)}, []),
        ({"seen_at": AT}, []),
        ({"acuity": 6}, [("acuity_in_range", "reject", "acuity", "6")]),
        ({"departed_at": datetime(2024, 3, 1)}, [("stay_under_30_days", "warn", "departed_at", "2024-03-01T00:00:00Z")]),
        # a row that is rejected is not warned of as well
        ({"departed_at": datetime(2024, 3, 1), "acuity": 0}, [("acuity_in_range", "reject", "acuity", "0")]),
    ],
)  # fmt: skip
def test_each_broken_rule_is_named_with_the_value(change, broken):
    found = judged(TABLES["visits"], visits({}, change))
    assert found.rejects.select("line", "rule", "severity", "column", "value").rows() == [(2, *row) for row in broken]
    rejected = any(severity == "reject" for _, severity, _, _ in broken)
    assert found.rejected == rejected
    assert found.good["line"].to_list() == ([1] if rejected else [1, 2])
    assert found.warned == {rule: 1 for rule, severity, _, _ in broken if severity == "warn"}


def test_a_patients_key_is_never_shown():
    rule = Rule("anybody", "Nobody.", "patient_key is not null", "patient_key")
    found = judged(TABLES["visits"], visits({}), more=(rule,))
    assert found.rejects.select("rule", "value").rows() == [("anybody", "(hidden)")]


def test_no_rows_break_nothing():
    found = judged(TABLES["visits"], visits())
    assert (found.good.height, found.rejects.height, found.rejected, found.warned) == (0, 0, 0, {})


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_rule_can_be_judged_and_empty_rows_break_only_presence(table):
    frame = pl.DataFrame({"line": [1]}).select("line", *(pl.lit(None, kind).alias(name) for name, kind in table.schema.items()))
    found = judged(table, frame)
    required = {f"{column.name}_present" for column in table.columns if column.required}
    own = {rule.name for rule in rules_of(table) if rule.severity == "reject"} & {"ratio_or_bin"}
    assert set(found.rejects["rule"]) == required | own
