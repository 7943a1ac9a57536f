"""Every metric, both ways, on awkward events: what people run in SQL is what the jobs stored."""

import re
from datetime import datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.definitions import BUILT_IN, Metric, load_catalog
from metrics.definitions.polars_form import columns_named, expressions
from metrics.events import STRATA, TABLES, Column
from tests.specs.drawn import World, job_figures, sql_figures

CATALOG = [metric for metric in load_catalog(BUILT_IN).values() if not metric.is_tally and metric.kind != "ratio"]
# ratios are made of other metrics' counts: tests/specs/test_metric_definitions_ratios.py asks the same of them

# Instants where calendars are awkward: midnight in both zones, both changes of the clocks, year's end, weekends
HINGES = (
    datetime(2026, 3, 1), datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1), datetime(2026, 3, 8, 7), datetime(2026, 6, 30, 23),
    datetime(2026, 7, 1, 4), datetime(2025, 12, 31, 23, 59, 59), datetime(2026, 1, 1), datetime(2026, 5, 30, 12),
)  # fmt: skip
STEPS = (
    timedelta(0), timedelta(microseconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=15),
    timedelta(minutes=61), timedelta(hours=4), timedelta(hours=23, minutes=59),
    timedelta(days=1), timedelta(days=14), timedelta(days=90),
)  # fmt: skip
AS_OF = datetime(2026, 10, 25, 12)
EMPTY = 0.15  # of the values that may be null


def row_of(metric: Metric, seed: int) -> dict[str, object]:
    """A row around one hinge, with few different values, so that ties, repeats and nulls are common."""
    chance, table = Random(seed), TABLES[metric.table]
    hinge = chance.choice(HINGES)
    row: dict[str, object] = {"site_id": chance.choice(["CEN", "HAR"]), "service_id": chance.choice(["one", "two", None])}
    for name in sorted((columns_named(metric) | {"patient_key", "booked_at", str(table.anchor)}) & set(table.column) - set(row)):
        column = table.column[name]
        row[name] = None if not column.required and chance.random() < EMPTY else value_of(column, metric, hinge, chance)
    return row


def value_of(column: Column, metric: Metric, hinge: datetime, chance: Random) -> object:
    if column.type == "instant":
        early = column.name in (TABLES[metric.table].anchor, metric.start, "booked_at")
        return hinge + chance.choice(STEPS) * (-1 if early and chance.random() < 0.7 else 1)
    quoted = re.findall(r"'([^']+)'", " ".join(expressions(metric).values()))
    named = [code for code in quoted if code in (column.values or (code,))]
    choices = {
        "flag": [True, False],
        "integer": [1, 3, 5],
        "number": [1.0, 2.5, 5.0, 9.0, 10.0],
        "text": [*named * 2, *column.values] or ["ann", "ben"],
    }
    return chance.choice(choices[column.type])


def events_of(metric: Metric) -> st.SearchStrategy[pl.DataFrame]:
    """None, one or many rows of the metric's table, with values in the columns that it reads."""
    seeds = st.sampled_from([0, 1, 40]).flatmap(lambda size: st.lists(st.integers(0, 2**32), min_size=size, max_size=size))
    schema = TABLES[metric.table].schema
    return seeds.map(lambda seeds: pl.DataFrame([row_of(metric, seed) for seed in seeds], schema=schema))


PATIENTS = pl.DataFrame([{"patient_key": "ann", "age_band": "80+", "interpreter": True}], schema=TABLES["patients"].schema)


SPLITS = (
    ((), "month"), (("site",), "day"), (("site", "service"), "year"), (("service",), "week"), ((), "quarter"),
    (("age_band",), "month"), (("site", "interpreter"), "month"),
)  # fmt: skip


def splits_of(metric: Metric) -> list[tuple[tuple[str, ...], str]]:
    """Those of a table without patients are places alone."""
    known = "patient_key" in TABLES[metric.table].column
    return [(by, grain) for by, grain in SPLITS if known or not set(by) & set(STRATA)]


@pytest.mark.parametrize("metric", CATALOG, ids=lambda metric: metric.id)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_sql_equals_the_jobs(metric, data):
    events = data.draw(events_of(metric))
    statistic, (by, grain) = data.draw(st.sampled_from(metric.statistics)), data.draw(st.sampled_from(splits_of(metric)))
    world = World(as_of=AS_OF, patients=PATIENTS)
    by_sql = sql_figures(metric, statistic, events, world, by, grain)
    by_jobs = job_figures(metric, statistic, events, world, by, grain)
    assert_frame_equal(by_sql, by_jobs, check_dtypes=False, rel_tol=1e-12, abs_tol=1e-12)
