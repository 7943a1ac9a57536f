"""Catching up: past weeks are lived one after the other, once, and nobody is told of what is past."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import duckdb
import polars as pl
import pytest

from metrics.evaluate import catch_up, evaluate
from metrics.home import Home
from metrics.home.known_targets import with_known_targets
from metrics.ledger import open_ledger
from metrics.ledger.evaluations import evaluations, judged_until
from metrics.ledger.lives import episodes, events
from metrics.ledger.outbox import deliveries
from metrics.refresh.signals import SERIES, judged_by_home
from metrics.signals.schema import BASELINES
from metrics.warehouse import publish
from metrics.warehouse.schema import create_full, store
from tests.evaluate.weeks import METRIC, METRICS, ruled
from tests.warehouse.small import AS_OF, FACTS, facts, figures, manifest, small_tables

WEEKS = 30
RULES = """
[[rule]]
id = "many_no_shows"
name = "More than one in ten does not come"
kind = "threshold"
metric = "no_show_rate"
statistic = "share"
limit = "10%"
for_periods = 2
clear_periods = 2
owner = "Outpatients"
"""
BAD_WEEKS = (20, 21, 22)


def published(home: Home, bad: Sequence[int]) -> None:
    """A generation of WEEKS weeks of one site, judged: one in twenty does not come, but in `bad` weeks one in five."""

    def build(connection: duckdb.DuckDBPyConnection) -> None:
        create_full(connection, FACTS)
        for name, frame in {**facts(3), **figures(3), **small_tables(3), "observations": weekly_shares(bad)}.items():
            store(connection, name, frame)

    def judge(connection: duckdb.DuckDBPyConnection) -> None:
        known = with_known_targets(home, METRICS)
        points, signals = judged_by_home(connection.sql(SERIES).pl(), known, METRICS, pl.DataFrame(schema=dict(BASELINES)))
        store(connection, "signal_points", points)
        store(connection, "signals", signals)

    publish(home.path, build, manifest(3), complete=judge)


def weekly_shares(bad: Sequence[int]) -> pl.DataFrame:
    last = (AS_OF - METRIC.matures).date()
    first = last - timedelta(days=last.weekday(), weeks=WEEKS)
    rows = [
        {
            "metric": METRIC.id, "statistic": "share", "grain": "week",
            "period_start": start, "period_end": start + timedelta(days=6),
            "site_id": "CEN", "numerator": 200 * share, "denominator": 200.0, "value": share, "n": 200, "still_open": 0,
            "matures_at": datetime.combine(start + timedelta(days=7), time.min) + METRIC.matures, "definition_version": "v",
        }
        for start, share in ((first + timedelta(weeks=week), 0.2 if week in bad else 0.05) for week in range(WEEKS))
    ]  # fmt: skip
    return pl.DataFrame(rows)


@pytest.fixture
def past(home: Home) -> Home:
    """A home that begins with a past, in which three weeks were bad."""
    published(home, BAD_WEEKS)
    return ruled(home, RULES)


def test_an_alert_of_the_past_has_the_life_it_would_have_had(past: Home) -> None:
    report = catch_up(past, AS_OF, weeks=20)
    assert (report.weeks, report.fired, report.resolved) == (20, 1, 1)
    (alert,) = episodes(open_ledger(past)).to_dicts()
    assert alert["state"] == "resolved"
    assert (alert["ended_at"] - alert["fired_at"]).days == 21, "fired in its second bad week, over after two good ones"
    assert events(open_ledger(past))["type"].to_list() == ["opened", "fired", "suppressed", "recovering", "resolved"]


def test_nobody_is_told_of_the_past(past: Home) -> None:
    catch_up(past, AS_OF, weeks=20)
    assert deliveries(open_ledger(past)).is_empty()
    (held,) = events(open_ledger(past)).filter(type="suppressed")["payload"]
    assert f"a past week, caught up on {AS_OF:%Y-%m-%d}" in held


def test_what_still_fires_is_told_once_by_the_next_evaluation(home: Home) -> None:
    published(home, range(WEEKS - 3, WEEKS))
    home = ruled(home, RULES)
    catch_up(home, AS_OF, weeks=20)
    assert deliveries(open_ledger(home)).is_empty()
    assert evaluate(home, AS_OF).messages == 1
    (subject,) = deliveries(open_ledger(home))["subject"]
    assert "did not attend" in subject and "CEN" in subject


def test_weeks_that_were_evaluated_are_not_evaluated_again(past: Home) -> None:
    first = catch_up(past, AS_OF, weeks=8)
    assert first.weeks == 8
    before = evaluations(open_ledger(past)).height
    assert catch_up(past, AS_OF, weeks=20).weeks == 0
    assert evaluations(open_ledger(past)).height == before
    assert judged_until(open_ledger(past)) == AS_OF - timedelta(weeks=1)
