"""The smallest generation that has something in every table, sized by one number that each table can be asked for.

`size` visits arrive at Central Hospital, one an hour; each waits 30 minutes and three in ten leave unseen. There are as many
appointments, calls, complaints and referrals. Whatever a reader counts, at any place in the generation, is `size`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import duckdb
import polars as pl

from metrics.events import TABLES
from metrics.warehouse.overlay import Overlay
from metrics.warehouse.schema import create_full, store

FIRST = datetime(2026, 3, 2)  # a Monday
AS_OF = datetime(2026, 7, 1)
DAY, AT = pl.Date(), pl.Datetime("us")
WAIT = {"door_to_provider_wait": pl.Int64(), "door_to_provider_end": pl.String()}
DERIVED = {
    "appointments": {"booked_day": DAY, "next_visit_at": AT, "repeated": pl.Boolean()}, "visits": WAIT,
    "contacts": {"next_contact_at": AT, "repeated": pl.Boolean()},
}  # fmt: skip
FACTS = {name: {**table.schema, "day": DAY, **DERIVED.get(name, {})} for name, table in TABLES.items() if table.anchor}
GRAINS = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}


def manifest(sequence: int, as_of: datetime = AS_OF) -> dict[str, object]:
    return {"as_of": as_of, "sequence": sequence, "lake": {"visits": sequence}}


def build(size: int) -> Callable[[duckdb.DuckDBPyConnection], None]:
    """A builder of a full generation of that size, for `publish`."""

    def built(connection: duckdb.DuckDBPyConnection) -> None:
        create_full(connection, FACTS)
        for name, frame in {**facts(size), **figures(size), **small_tables(size)}.items():
            store(connection, name, frame)

    return built


def overlay(size: int, before: int) -> Callable[[Overlay, duckdb.DuckDBPyConnection], None]:
    """A builder of an overlay that brings a generation of `before` visits to `size`, for `publish_overlay`."""

    def built(over: Overlay, _previous: duckdb.DuckDBPyConnection) -> None:
        visits = facts(size)["facts_visits"].tail(size - before)
        over.replace("facts_visits", visits.select(pl.col("visit_id").alias("key")), [visits])
        made = figures(size)
        for name, keys in {"observations": ["metric", "grain", "period_start"], "wait_bins": ["metric", "day"]}.items():
            over.replace(name, made[name].select(keys).unique(), [made[name]])
        for name, frame in small_tables(size).items():
            if name != "patients":
                store(over.connection, name, frame)

    return built


def facts(size: int) -> dict[str, pl.DataFrame]:
    """`facts_<table>` of every event table that has rows."""
    number = pl.int_range(size, eager=True).alias("number")
    at = pl.Series("at", [FIRST + timedelta(hours=hour) for hour in range(size)], dtype=AT)
    base = pl.DataFrame([number, at]).with_columns(
        patient_key=pl.format("p{}", pl.col("number") % 7), site_id=pl.lit("CEN"), service_id=pl.lit("emergency"),
        recorded_at=pl.col("at"), source=pl.lit("ehr"), day=pl.col("at").dt.date(),
    )  # fmt: skip
    later, left = pl.col("at") + pl.duration(minutes=30), pl.col("number") % 10 < 3
    made = {
        "visits": base.with_columns(
            visit_id=pl.format("v{}", "number"), arrived_at=pl.col("at"), departed_at=later,
            seen_at=pl.when(~left).then(later),
            disposition=pl.when(left).then(pl.lit("left_without_being_seen")).otherwise(pl.lit("discharged")),
            door_to_provider_wait=pl.lit(1800), door_to_provider_end=pl.when(left).then(pl.lit("left")).otherwise(pl.lit("done")),
        ),
        "appointments": base.with_columns(
            appointment_id=pl.format("a{}", "number"), booked_at=pl.col("at") - pl.duration(days=pl.col("number") % 40),
            scheduled_start=pl.col("at"), status=pl.when(left).then(pl.lit("noshow")).otherwise(pl.lit("fulfilled")),
            reminder_sent_at=pl.when(pl.col("number") % 2 == 0).then(pl.col("at")),
            booked_day=(pl.col("at") - pl.duration(days=pl.col("number") % 40)).dt.date(),
            next_visit_at=pl.col("at") + pl.duration(days=40), repeated=pl.lit(False),
        ),
        "contacts": base.with_columns(
            contact_id=pl.format("c{}", "number"), channel=pl.lit("phone"), queue_id=pl.lit("main"), opened_at=pl.col("at"),
            queued_at=pl.col("at"), answered_at=pl.when(~left).then(later), abandoned_at=pl.when(left).then(later),
        ),
        "cases": base.with_columns(
            case_id=pl.format("k{}", "number"), kind=pl.lit("complaint"), opened_at=pl.col("at"),
            resolved_at=pl.when(~left).then(later),
        ),
        "referrals": base.with_columns(
            referral_id=pl.format("r{}", "number"), sent_at=pl.col("at"), received_at=later, seen_at=pl.when(~left).then(later),
        ),
    }  # fmt: skip
    return {
        f"facts_{name}": frame.select(column for column in frame.columns if column in FACTS[name]) for name, frame in made.items()
    }


def figures(size: int) -> dict[str, pl.DataFrame]:
    """Observations of every grain and place, and the bins of the one wait."""
    visits = facts(size)["facts_visits"]
    parts = [
        observed(visits, grain, place)
        for grain in GRAINS
        for place in ((), ("site_id",), ("service_id",), ("site_id", "service_id"))
    ]
    bins = (
        visits.filter(pl.col("door_to_provider_end") == "done")
        .group_by("site_id", "service_id", "day")
        .agg(n=pl.len().cast(pl.Int64))
    )
    return {
        "observations": pl.concat(parts, how="diagonal"),
        "wait_bins": bins.with_columns(metric=pl.lit("door_to_provider"), bin=pl.lit(30, pl.Int32)),
    }


def observed(visits: pl.DataFrame, grain: str, place: tuple[str, ...]) -> pl.DataFrame:
    """left_without_being_seen as a share, door_to_provider as a median, of one grain and kind of place."""
    period = pl.col("day").dt.truncate(GRAINS[grain]).alias("period_start")
    done = pl.col("door_to_provider_end") == "done"
    grouped = visits.with_columns(period).group_by("period_start", *place).agg(
        numerator=(~done).sum().cast(pl.Float64), denominator=pl.len().cast(pl.Float64), done=done.sum().cast(pl.Int64),
    )  # fmt: skip
    end = pl.col("period_start").dt.offset_by(GRAINS[grain]).dt.offset_by("-1d")
    common = grouped.with_columns(
        grain=pl.lit(grain), period_end=end, still_open=pl.lit(0, pl.Int64), matures_at=end.cast(AT) + pl.duration(days=2),
        definition_version=pl.lit("v1"),
    )  # fmt: skip
    share = common.with_columns(
        metric=pl.lit("left_without_being_seen"), statistic=pl.lit("share"), value=pl.col("numerator") / pl.col("denominator"),
        n=pl.col("denominator").cast(pl.Int64),
    )  # fmt: skip
    median = common.drop("numerator", "denominator").with_columns(
        metric=pl.lit("door_to_provider"),
        statistic=pl.lit("median"),
        value=pl.when(pl.col("done") > 0).then(30.0),
        n=pl.col("done"),
    )
    return pl.concat([share, median], how="diagonal").drop("done")


def small_tables(size: int) -> dict[str, pl.DataFrame]:
    """The tables that every generation holds whole."""
    counted = ("visits", "appointments", "contacts", "cases", "referrals")
    fresh = {"table_name": counted, "source": ["ehr"] * 5, "rows": [size] * 5, "recorded_at": [FIRST] * 5, "rejected": [0] * 5}
    said = {"metric": "left_without_being_seen", "statistic": "share", "kind": "ceiling", "role": "target", "closeness": 0}
    target = {**said, "value": 0.05, "source": "Board", "verified": True, "valid_from": FIRST.date()}
    return {
        "patients": pl.DataFrame({"patient_key": ["p0"], "age_band": ["80+"], "recorded_at": [FIRST], "source": ["ehr"]}),
        "sites": pl.DataFrame({"site_id": ["CEN"], "name": ["Central"], "time_zone": ["Europe/London"], "region": ["North"]}),
        "freshness": pl.DataFrame(fresh),
        "targets": pl.DataFrame([target]),
        "definitions": pl.DataFrame(
            [
                definition("left_without_being_seen", "Left unseen", "rate", "share", 0),
                definition("door_to_provider", "Door to provider", "duration", "minutes", 1),
            ]
        ),
    }


def definition(metric: str, title: str, kind: str, unit: str, position: int) -> dict[str, object]:
    said = {"metric": metric, "title": title, "question": f"{title}?", "family": "waits", "kind": kind, "unit": unit}
    return {**said, "better": "lower", "headline": True, "definition_version": "v1", "toml": "", "card": "[]", "position": position}
