"""The audit finds each fault that is put into a sound generation."""

from pathlib import Path

import duckdb
import pytest

from metrics.warehouse import audit
from metrics.warehouse.schema import FIGURES
from tests.warehouse.small import AS_OF, build

OWN = "parts.observations__own"
SITE_YEAR = "grain = 'year' and statistic = 'share' and site_id is not null and service_id is null"
FAULTS = {
    "NaN": f"update {OWN} set value = 'nan'::double where grain = 'year'",
    "infinity": f"update {OWN} set upper = 'inf'::double where grain = 'year'",
    "without its two counts": f"update {OWN} set numerator = null where statistic = 'share'",
    "above its denominator": f"""
        update {OWN} set numerator = denominator + 1, value = (denominator + 1) / denominator where {SITE_YEAR}""",
    "ratio of nothing": f"update {OWN} set numerator = 0, denominator = 0, n = 0 where grain = 'year' and statistic = 'share'",
    "not its numerator over its denominator": f"update {OWN} set value = value / 2 where statistic = 'share'",
    "wait without finished cases": f"update {OWN} set n = 0 where statistic = 'median'",
    "outside its interval": f"update {OWN} set lower = value + 1 where statistic = 'median'",
    "negative number of cases": f"update {OWN} set still_open = -1",
    "does not start where its grain says": f"update {OWN} set period_start = period_start + 1 where grain = 'month'",
    "ends before it starts": f"update {OWN} set period_end = period_start - 1",
    "more than once": f"insert into {OWN} select * from {OWN} limit 1",
    "services of a site do not add up": f"""
        update {OWN} set numerator = numerator - 1, value = (numerator - 1) / denominator where {SITE_YEAR}""",
    "the sites do not add up": f"""
        update {OWN} set n = n + 1, denominator = denominator + 1, value = numerator / (denominator + 1)
        where statistic = 'share' and site_id is not null""",
    "by day and by year": f"delete from {OWN} where grain = 'day' and period_start = date '2026-03-02'",
    "cases in bins": "update wait_bins set n = n + 1",
    "freshness counts": "delete from facts_visits where visit_id = 'v1'",
    "generation: 0 rows": "delete from generation",
    "no table targets": "drop table targets",
}  # fmt: skip


@pytest.fixture
def sound(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(tmp_path / "sound.duckdb"))
    build(50)(connection)
    connection.execute("insert into generation values ('g', 'full', null, ?, ?, 1)", [AS_OF, AS_OF])
    return connection


def test_a_sound_generation_passes(sound: duckdb.DuckDBPyConnection) -> None:
    assert audit(sound) == []


@pytest.mark.parametrize(("sentence", "fault"), FAULTS.items(), ids=FAULTS.keys())
def test_a_fault_is_found_and_named(sound: duckdb.DuckDBPyConnection, sentence: str, fault: str) -> None:
    sound.execute(fault)
    assert any(sentence in problem for problem in audit(sound)), audit(sound)


def test_a_generation_without_a_single_event_passes(tmp_path: Path) -> None:
    connection = duckdb.connect(str(tmp_path / "empty.duckdb"))
    build(0)(connection)
    connection.execute("insert into generation values ('g', 'full', null, ?, ?, 1)", [AS_OF, AS_OF])
    assert audit(connection) == []
    assert all(connection.execute(f"select count(*) from {name}").fetchall() == [(0,)] for name in FIGURES)


def test_weighted_counts_may_be_off_by_their_rounding_and_no_more(sound: duckdb.DuckDBPyConnection) -> None:
    """A survey's weights are not whole: 49.6 + 0.2 rounds to 50 at each place, and the sites' n is one off."""
    weighted = (
        f"update {OWN} set denominator = denominator + 0.2, value = numerator / (denominator + 0.2) where statistic = 'share'"
    )
    sound.execute(weighted)
    sound.execute(f"update {OWN} set n = n + 1 where statistic = 'share' and site_id is null and service_id is null")
    assert not any("do not add up to the total" in problem for problem in audit(sound))
    sound.execute(f"update {OWN} set n = n + 5 where statistic = 'share' and site_id is null and service_id is null")
    assert any("do not add up to the total" in problem for problem in audit(sound))
