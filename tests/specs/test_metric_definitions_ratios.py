"""So many of one thing for each so many of others: what is in, what is out, how sure, in SQL and by the jobs alike."""

from collections.abc import Mapping
from datetime import date, datetime
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.stats import chi2

from metrics.definitions import BUILT_IN, load_catalog, sql_for
from metrics.definitions.metric import Metric
from metrics.jobs.ratios import poisson_lower, poisson_upper, ratio_observations
from tests.specs.drawn import World, drawn, generation_of, job_figures

CATALOG = load_catalog(BUILT_IN)
AS_OF = datetime(2026, 12, 1)
BY = {(): (False, False), ("site",): (True, False), ("service",): (False, True), ("site", "service"): (True, True)}


def by_sql(
    metric: Metric, events: Mapping[str, pl.DataFrame], by: tuple[str, ...] = (), grain: str = "month", **asked
) -> pl.DataFrame:
    query = sql_for(metric, "ratio", by, grain, **asked)
    with generation_of(events, World(as_of=AS_OF)) as connection:
        return connection.sql(query.sql, params=query.params).pl()


def by_jobs(metric: Metric, events: Mapping[str, pl.DataFrame], by: tuple[str, ...] = (), grain: str = "month") -> pl.DataFrame:
    """The counts by the jobs that store them, and the ratio from these."""
    counts = []
    for part in metric.parts:
        found = job_figures(part, "count", events[part.table], World(as_of=AS_OF), by, grain)
        missing = [pl.lit(None, pl.String).alias(name) for name in ("site_id", "service_id") if name not in found.columns]
        ends = (
            pl.col("period_start")
            .dt.offset_by({"day": "1d", "week": "1w", "month": "1mo", "year": "1y"}[grain])
            .dt.offset_by("-1d")
        )
        named = found.with_columns(
            *missing, pl.lit(part.id).alias("metric"), pl.lit(grain).alias("grain"), ends.alias("period_end")
        )
        counts.append(named.select("metric", "grain", "period_start", "period_end", "site_id", "service_id", "numerator"))
    told = ratio_observations(pl.concat(counts), metric).with_columns((pl.col("matures_at") <= AS_OF).alias("mature"))
    keys = ["period_start", *(f"{name}_id" for name in by)]
    figures = ("numerator", "denominator", "value", "n", "lower", "upper", "still_open", "mature")
    return told.select(*keys, *figures).sort(keys)


ENGINES = {"sql": by_sql, "jobs": by_jobs}

COMPLAINTS = """
    kind      | site_id | opened_at
    complaint | CEN     | 2026-03-02 09:00
    complaint | CEN     | 2026-03-31 22:59
    complaint | CEN     | 2026-03-31 23:01
    complaint | HAR     | 2026-03-02 09:00
    billing   | CEN     | 2026-03-02 09:00
"""
KEPT = """
    site_id | scheduled_start  | status
    CEN     | 2026-03-02 09:00 | fulfilled
    CEN     | 2026-03-03 09:00 | noshow
    CEN     | 2026-03-31 23:30 | fulfilled
    CEN     | 2027-03-01 09:00 | booked
"""
ARRIVED = """
    site_id | arrived_at       | disposition
    CEN     | 2026-03-02 09:00 |
    CEN     | 2026-03-02 10:00 | left_before_triage
    CEN     | 2026-03-02 11:00 | dead_on_arrival
"""


@pytest.fixture(params=ENGINES)
def told(request):
    """(metric, drawn rows by table, by, grain) -> {period (and places): (numerator, denominator, value)}."""

    def of(metric: str, texts: dict[str, str], by=(), grain="month") -> dict:
        events = {table: drawn(table, text) for table, text in texts.items()}
        rows = ENGINES[request.param](CATALOG[metric], events, by, grain).to_dicts()
        keys = ("period_start", *(f"{name}_id" for name in by))
        return {tuple(row[key] for key in keys): (row["numerator"], row["denominator"], row["value"]) for row in rows}

    return of


EVERYTHING = {"cases": COMPLAINTS, "appointments": KEPT, "visits": ARRIVED}


def test_complaints_for_each_thousand_visits(told):
    """In March: three complaints (the one at one past midnight is April's) for a kept appointment and two arrivals."""
    assert told("complaints_per_1000_visits", EVERYTHING) == {
        (date(2026, 3, 1),): (3, 3, 1000.0),
        (date(2026, 4, 1),): (1, 1, 1000.0),
    }


def test_where_nobody_came_nothing_is_said(told):
    """The harbour had a complaint and no visit: so many for nothing is not known. A month of visits without a complaint is 0."""
    found = told("complaints_per_1000_visits", {**EVERYTHING, "cases": "kind | opened_at\nbilling | 2026-03-02 09:00"})
    assert found == {(date(2026, 3, 1),): (0, 3, 0.0), (date(2026, 4, 1),): (0, 1, 0.0)}
    by_site = told("complaints_per_1000_visits", EVERYTHING, by=("site",))
    assert by_site[date(2026, 3, 1), "HAR"] == (1, 0, None)
    assert by_site[date(2026, 3, 1), "CEN"] == (2, 3, pytest.approx(2000 / 3))


def test_moves_for_each_visit_may_be_more_than_one(told):
    rows = """
        appointment_id | reschedule_of | scheduled_start  | status           | walk_in
        a              |               | 2026-03-02 09:00 | cancelled        |
        b              | a             | 2026-03-03 09:00 | cancelled        |
        c              | b             | 2026-03-04 09:00 | fulfilled        |
        d              | x             | 2026-03-05 09:00 | noshow           |
        e              | y             | 2026-03-05 09:00 | entered-in-error |
        f              | z             | 2026-03-05 09:00 | fulfilled        | yes
    """
    assert told("moves_per_visit", {"appointments": rows}) == {(date(2026, 3, 1),): (3, 2, 1.5)}


PARTS = {
    # an arrival is no attendance when the patient was dead on arrival; who leaves unseen came all the same
    "emergency_attendances": ("visits", ARRIVED, {date(2026, 3, 1): 2}),
    # half past eleven at night in March is April in summer time; who is booked, or did not come, has not been kept
    "appointments_kept": ("appointments", KEPT, {date(2026, 3, 1): 1, date(2026, 4, 1): 1}),
    # by the successor's day, whatever became of it; a walk-in was never moved, nor what was entered in error
    "appointments_moved": ("appointments", """
        appointment_id | reschedule_of | scheduled_start  | status           | walk_in
        a              |               | 2026-03-02 09:00 | cancelled        |
        b              | a             | 2026-03-03 09:00 | noshow           |
        c              | b             | 2026-04-04 09:00 | fulfilled        |
        d              | x             | 2026-03-05 09:00 | entered-in-error |
        e              | y             | 2026-03-05 09:00 | fulfilled        | yes
    """, {date(2026, 3, 1): 1, date(2026, 4, 1): 1}),
}  # fmt: skip


@pytest.mark.parametrize("metric", PARTS)
def test_what_a_ratio_is_made_of_counts_by_itself(metric):
    table, text, expected = PARTS[metric]
    events = {table: drawn(table, text)}
    query = sql_for(CATALOG[metric], "count", (), "month")
    with generation_of(events, World(as_of=AS_OF)) as connection:
        asked = connection.sql(query.sql, params=query.params).pl()
    made = job_figures(CATALOG[metric], "count", events[table], World(as_of=AS_OF), (), "month")
    for rows in (asked, made):
        assert dict(rows.select("period_start", "numerator").rows()) == expected


def test_the_one_period_runs_from_the_first_of_any_of_them(told):
    metric, events = CATALOG["complaints_per_1000_visits"], {table: drawn(table, text) for table, text in EVERYTHING.items()}
    (row,) = by_sql(metric, events, grain="all").to_dicts()
    assert (row["period_start"], row["numerator"], row["denominator"]) == (date(2026, 3, 2), 4, 4)
    (row,) = by_sql(metric, events, grain="all", since=date(2026, 3, 3), until=date(2026, 4, 30)).to_dicts()
    assert (row["period_start"], row["numerator"], row["denominator"]) == (date(2026, 3, 3), 2, 1)


@pytest.mark.parametrize("count", [0, 1, 5, 9, 10, 11, 40, 500])
def test_the_interval_is_that_of_a_poisson_count(count):
    """Exact below 10; Byar's from there on, within a hundredth of the exact one."""
    row = (
        pl.DataFrame({"count": [float(count)]})
        .select(low=poisson_lower(pl.col("count")), high=poisson_upper(pl.col("count")))
        .row(0)
    )
    exact = (chi2.ppf(0.025, 2 * count) / 2 if count else 0.0, chi2.ppf(0.975, 2 * count + 2) / 2)
    assert row == pytest.approx(exact, abs=1e-9 if count < 10 else 0.01)


@pytest.mark.parametrize("metric", [metric for metric in CATALOG.values() if metric.kind == "ratio"], ids=lambda metric: metric.id)
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(list(BY)), st.sampled_from(["day", "week", "month", "year"]))
def test_sql_equals_the_jobs(metric, seed, by, grain):
    chance = Random(seed)
    days = [datetime(2026, 3, 28, 23, 30), datetime(2026, 3, 29, 0, 30), datetime(2026, 3, 31, 23, 30), datetime(2025, 12, 31, 23)]
    place = {"CEN": "general", "HAR": "surgery"}

    def row(table: str) -> str:
        site = chance.choice(list(place))
        said = {"cases": "complaint | ", "appointments": f"{chance.choice(['fulfilled', 'noshow'])} | {chance.choice(['', 'x'])}",
                "visits": " | "}[table]  # fmt: skip
        return f"{site} | {place[site]} | {chance.choice(days)} | {said}"

    heads = {"cases": "opened_at | kind | urgency", "appointments": "scheduled_start | status | reschedule_of",
             "visits": "arrived_at | disposition | arrival_mode"}  # fmt: skip
    events = {
        table: drawn(table, "\n".join([f"site_id | service_id | {head}", *(row(table) for _ in range(chance.choice([1, 3, 30])))]))
        for table, head in heads.items()
    }
    assert_frame_equal(by_sql(metric, events, by, grain), by_jobs(metric, events, by, grain), check_dtypes=False, rel_tol=1e-12)
