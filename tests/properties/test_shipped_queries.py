"""The metrics of the queries that ship, said again in Polars: the same counts of random events, with ties, nulls and two zones."""

from datetime import datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.clocks import with_local_day
from metrics.events import TABLES, Column
from metrics.workbench.query_metrics import BUILT_IN, metrics_of_queries
from tests.specs.drawn import SITES, World, generation_of, weekday_hours

SHIPPED, _ = metrics_of_queries(BUILT_IN)
WORLD = World(as_of=datetime(2026, 5, 3, 3))
HINGE = datetime(2026, 3, 27, 22)  # a Friday before the clocks change in London
ROWS = 400


HOURS = (0, 0, 2, 3, 5, 24, 26, 48, 96, 168, 200, 240, 250, 300, 720)  # after HINGE
CHOICES = {
    "site_id": ("CEN", "HAR"), "status": ("cancelled", "cancelled", "noshow", "fulfilled", "booked", "free", "busy", "held"),
    "disposition": ("discharged", "discharged", "admitted"), "snapshot_at": (HINGE, HINGE + timedelta(hours=1)),
    "patient_key": tuple(f"p{at}" for at in range(150)),
}  # fmt: skip


def some(table: str, seed: int) -> pl.DataFrame:
    """Rows with few different values of everything that the queries look at."""
    chance, declared = Random(seed), TABLES[table]

    def value(column: Column) -> object:
        if not column.required and chance.random() < 0.15:
            return None
        if column.name in CHOICES:
            return chance.choice(CHOICES[column.name])
        if column.type == "instant":
            return HINGE + timedelta(hours=chance.choice(HOURS))
        named = column.values or ("ann", "ben")
        return chance.choice(named) if column.type == "text" else None

    keyed = declared.key[0]
    rows = [{column.name: value(column) for column in declared.columns} | {keyed: str(number)} for number in range(ROWS)]
    return pl.DataFrame(rows, schema=declared.schema)


def local(frame: pl.DataFrame, at: str, day: str) -> pl.DataFrame:
    return with_local_day(frame, at, day, SITES, "UTC")


def begun(frame: pl.DataFrame, at: str) -> pl.DataFrame:
    return frame.filter(pl.col(at) <= WORLD.as_of).with_columns(pl.col("service_id").fill_null("unassigned"))


def counted(rows: pl.DataFrame, top: pl.Expr) -> pl.DataFrame:
    """day, site_id, service_id, numerator, denominator."""
    groups = rows.group_by("day", "site_id", "service_id")
    return groups.agg(top.fill_null(False).sum().cast(pl.Int64).alias("numerator"), pl.len().cast(pl.Int64).alias("denominator"))


def last_looks(slots: pl.DataFrame) -> pl.DataFrame:
    looked = local(local(begun(slots, "snapshot_at"), "snapshot_at", "day"), "start_at", "starts_on")
    ahead = (pl.col("starts_on") - pl.col("day")).dt.total_days().alias("ahead")
    newest = pl.col("snapshot_at") == pl.col("snapshot_at").max().over("site_id", "service_id", "day")
    return looked.filter(newest).with_columns(ahead, (pl.col("status") == "free").alias("free"))


SCHEDULE = ("site_id", "service_id", "day", "provider_id", "visit_type")


def schedules(slots: pl.DataFrame) -> pl.DataFrame:
    open_ones = pl.col("ahead").filter(pl.col("free") & (pl.col("start_at") > pl.col("snapshot_at"))).sort()
    return last_looks(slots).group_by(SCHEDULE).agg(open_ones.get(2, null_on_oob=True).alias("third"), pl.col("ahead").max())


def third_days(slots: pl.DataFrame) -> pl.DataFrame:
    found = schedules(slots).drop_nulls("third")
    return found.select("day", "site_id", "service_id", (pl.col("third") * 86_400).alias("seconds"))


def third_in_time(slots: pl.DataFrame) -> pl.DataFrame:
    told = schedules(slots).filter(pl.col("third").is_not_null() | (pl.col("ahead") >= 10))
    return counted(told, pl.col("third") <= 10)


def refilled(appointments: pl.DataFrame) -> pl.DataFrame:
    time = ["site_id", "provider_id", "scheduled_start"]
    rows = local(begun(appointments, "scheduled_start"), "scheduled_start", "day").drop_nulls("provider_id")
    back = rows.filter(
        pl.col("status") == "cancelled", pl.col("cancelled_by").fill_null("") != "provider",
        pl.col("cancelled_at") < pl.col("scheduled_start"),
    )  # fmt: skip
    freed = back.group_by(*time, "day").agg(pl.col("cancelled_at").min(), pl.col("service_id").min())
    stood = rows.filter(pl.col("status").is_in(["booked", "pending", "arrived", "checked-in", "fulfilled", "noshow"]))
    taken = stood.group_by(time).agg(pl.col("booked_at").max())
    return counted(freed.join(taken, on=time, how="left"), pl.col("booked_at") >= pl.col("cancelled_at"))


def followed_within(days: int, visits: pl.DataFrame, appointments: pl.DataFrame) -> pl.DataFrame:
    came = local(begun(visits, "arrived_at").drop_nulls("patient_key"), "departed_at", "day")
    came = came.sort("arrived_at", "visit_id").with_columns(pl.col("arrived_at").shift(-1).over("patient_key").alias("back_at"))
    came = local(came, "back_at", "back_on").with_columns(pl.lit(WORLD.as_of, pl.Datetime("us")).alias("as_of"))
    came = local(came, "as_of", "today")
    last = pl.col("day").dt.offset_by(f"{days}d")
    left = came.filter(
        pl.col("disposition") == "discharged", last < pl.col("today"), pl.col("back_on").is_null() | (pl.col("back_on") > last)
    )
    kept = local(appointments.filter(status="fulfilled").drop_nulls("patient_key"), "scheduled_start", "came_on")
    pairs = left.join(kept.select("patient_key", "came_on"), on="patient_key")
    seen = pairs.filter((pl.col("came_on") > pl.col("day")) & (pl.col("came_on") <= last))["visit_id"].unique()
    return counted(left, pl.col("visit_id").is_in(seen.implode()))


def after_hours(contacts: pl.DataFrame) -> pl.DataFrame:
    rows = local(begun(contacts, "opened_at"), "opened_at", "day").sort("opened_at")
    hours = weekday_hours().sort("opens_at")
    met = rows.join_asof(hours, left_on="opened_at", right_on="opens_at", by="site_id", check_sortedness=False)
    return counted(met, (pl.col("opened_at") >= pl.col("closes_at")).fill_null(True))


SAID_AGAIN = {
    "third_next_available_days": (("slots",), third_days),
    "third_next_available_in_time": (("slots",), third_in_time),
    "refilled_slots": (("appointments",), refilled),
    "follow_up_7_days": (("visits", "appointments"), lambda *frames: followed_within(7, *frames)),
    "follow_up_30_days": (("visits", "appointments"), lambda *frames: followed_within(30, *frames)),
    "after_hours_share": (("contacts",), after_hours),
}


def test_every_query_that_ships_is_said_again() -> None:
    assert set(SAID_AGAIN) == set(SHIPPED)


@pytest.mark.parametrize("metric", SAID_AGAIN)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None)
def test_polars_counts_the_same(metric: str, seed: int) -> None:
    tables, again = SAID_AGAIN[metric]
    frames = {table: some(table, seed + at) for at, table in enumerate(tables)}
    with generation_of(frames, WORLD) as connection:
        asked = connection.sql(SHIPPED[metric].sql).pl()
    ours = again(*frames.values())
    columns = sorted(ours.columns)
    assert sorted(asked.select(columns).rows()) == sorted(ours.select(columns).rows())


def test_the_random_rows_have_something_to_count() -> None:
    for metric, (tables, again) in SAID_AGAIN.items():
        found = pl.concat(again(*(some(table, seed + at) for at, table in enumerate(tables))) for seed in range(8))
        told = "seconds" if "seconds" in found.columns else "numerator"
        assert found[told].sum() > 0, metric
