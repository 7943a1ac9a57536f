"""A small generation with the tables of the contract, made from a seed: eight metrics, four sites, two years of weeks.

It is not a simulation: it is the least that lets every page say everything it can say, and it says it the same
way every time. Door to provider misses its target, one metric has no figures at all, and one table is silent.
"""

import json
from datetime import date, datetime, timedelta
from functools import cache

import duckdb
import numpy as np
import polars as pl

from metrics.signals.targets import closeness
from metrics.warehouse.schema import create_full, store

AS_OF = datetime(2025, 6, 15, 9, 30)
FIRST_DAY = date(2023, 6, 5)
SITES = {"CEN": "Central Hospital", "NRT": "Northgate Hospital", "ASH": "Ashgrove Clinic", "HQC": "Contact Centre"}
Z = 1.959964
GRAINS = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
LENGTHS = {"day": "1d", "week": "7d", "month": "1mo", "quarter": "3mo", "year": "1y"}

# metric, title, question, family, kind, table, better, unit, statistics, cases a day at a site, level, services by site
METRICS = (
    ("door_to_provider", "Door to provider", "How long does a patient wait from arrival until a clinician sees them?", "waits",
     "duration", "visits", "lower", "minutes", ("median", "p90", "within"), 24, 46.0, {"CEN": ["emergency"], "NRT": ["emergency"]}),
    ("ed_length_of_stay", "Emergency length of stay", "How long does a patient stay in the emergency department?", "waits",
     "duration", "visits", "lower", "minutes", ("median", "p90"), 24, 248.0, {"CEN": ["emergency"], "NRT": ["emergency"]}),
    ("lead_time", "Lead time", "How many days ahead is an appointment booked?", "access", "duration", "appointments", "lower",
     "days", ("median", "p90"), 30, 16.5, {"CEN": ["outpatient_cardiology"], "ASH": ["primary_care", "physiotherapy"]}),
    ("speed_of_answer", "Speed of answer", "How long does a caller wait for a person to answer?", "response", "duration",
     "contacts", "lower", "seconds", ("median", "p90", "within"), 120, 41.0, {"HQC": ["phone_appointments", "phone_billing"]}),
    ("abandonment_rate", "Abandonment rate", "How many callers hang up before anybody answers?", "response", "rate", "contacts",
     "lower", "share", ("share",), 120, 0.043, {"HQC": ["phone_appointments", "phone_billing"]}),
    ("no_show_rate", "No-show rate", "How many booked patients do not come?", "attendance", "rate", "appointments", "lower",
     "share", ("share",), 60, 0.087, {"CEN": ["outpatient_cardiology"], "ASH": ["primary_care", "physiotherapy"]}),
    ("virtual_visit_share", "Virtual visits", "How many visits are by video or telephone?", "access", "rate", "appointments",
     "neither", "share", ("share",), 60, 0.21, {"CEN": ["outpatient_cardiology"], "ASH": ["primary_care", "physiotherapy"]}),
    ("complaint_resolution_time", "Complaint resolution", "How long until a complaint is answered?", "owed work", "duration",
     "cases", "lower", "days", ("median",), 0, 12.0, {}),
)  # fmt: skip
TARGETS = (
    ("door_to_provider", "within", None, 0.9, date(2023, 1, 1), None, "Board, 2023"),
    ("no_show_rate", "share", None, 0.08, date(2023, 1, 1), date(2024, 12, 31), "Board, 2023"),
    ("no_show_rate", "share", None, 0.095, date(2025, 1, 1), None, "Board, 2025"),
    ("abandonment_rate", "share", None, 0.05, date(2023, 1, 1), None, "CMS call centre standard"),
)
FRESHNESS = (  # table, source, silent for, rejected; no rows, for the fixture holds figures and no events
    ("visits", "ehr", timedelta(minutes=40), 12),
    ("appointments", "ehr", timedelta(hours=2), 3),
    ("contacts", "phone_system", timedelta(days=6), 0),
)


def build(connection: duckdb.DuckDBPyConnection, seed: int = 7, as_of: datetime = AS_OF, without: tuple[str, ...] = ()) -> None:
    """Fills an empty generation, all but its one row of `generation`. A test that publishes again moves `as_of`;
    one of a home that counts months leaves out the shorter grains."""
    observations, bins = figures(seed, as_of)
    create_full(connection, {})
    observations = observations.filter(~pl.col("grain").is_in(without))
    tables = {"observations": observations, "wait_bins": bins, "definitions": definitions(), "targets": targets()}
    for name, frame in {**tables, "sites": sites(), "freshness": freshness(as_of)}.items():
        store(connection, name, frame)


@cache
def figures(seed: int, as_of: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Observations of every grain and place, and the wait bins they come from."""
    random = np.random.default_rng(seed)
    cases = pl.concat([cases_of(metric, random, as_of.date()) for metric in METRICS if metric[9]])
    observations = pl.concat([observed(cases, grain, place) for grain in GRAINS for place in PLACES])
    strata = pl.concat(
        [
            observed(cases, grain, ("site_id", "service_id")[:k], ["stratum"])
            for grain in ("month", "quarter", "year")
            for k in (0, 1)
        ]
    )
    return pl.concat([observations, strata]), binned(cases)


STRATA = ("age_band=0-17", "age_band=18-64", "age_band=65+", "language=English", "language=Other")
PLACES = ((), ("site_id",), ("service_id",), ("site_id", "service_id"))
COLUMNS = (
    "metric", "statistic", "grain", "period_start", "period_end", "site_id", "service_id", "stratum", "numerator", "denominator",
    "value", "n", "lower", "upper", "still_open", "matures_at", "definition_version",
)  # fmt: skip


def cases_of(metric: tuple, random: np.random.Generator, last: date) -> pl.DataFrame:
    """A row a case: metric, site, service, day, wait (null while open) or hit, stratum."""
    name, *_, statistics, a_day, level, services = metric
    unit = metric[7]
    days = pl.date_range(FIRST_DAY, last, "1d", eager=True)
    parts = []
    for site, names in services.items():
        for service in names:
            season = 1 + 0.15 * np.sin(np.arange(len(days)) / 58) + (0.25 if site == "NRT" else 0)
            counts = random.poisson(a_day, len(days))
            day = np.repeat(np.arange(len(days)), counts)
            size = len(day)
            wait = random.gamma(2.2, level * season[day] / 1.85, size) if metric[4] == "duration" else np.full(size, np.nan)
            hit = random.random(size) < level * season[day] if metric[4] == "rate" else np.zeros(size, bool)
            still = (len(days) - day < 9) & (random.random(size) < 0.06)
            parts.append(
                pl.DataFrame({"day": days[day], "wait": np.round(wait, 2), "hit": hit, "open": still}).with_columns(
                    metric=pl.lit(name), site_id=pl.lit(site), service_id=pl.lit(service), unit=pl.lit(unit),
                    statistics=pl.lit(list(statistics)), kind=pl.lit(metric[4]), limit=pl.lit(level * 1.6),
                    stratum=pl.Series(random.choice(STRATA, size)),
                )
            )  # fmt: skip
    return pl.concat(parts)


def observed(cases: pl.DataFrame, grain: str, place: tuple[str, ...], more: list[str] | None = None) -> pl.DataFrame:
    """One grain of one kind of place."""
    keys = ["metric", "statistic", "period_start", *place, *(more or [])]
    long = (
        cases.with_columns(period_start=pl.col("day").dt.truncate(GRAINS[grain]))
        .explode("statistics")
        .rename({"statistics": "statistic"})
    )
    done, share = ~pl.col("open"), pl.col("statistic").is_in(["share", "within"])
    hits = pl.when(pl.col("statistic") == "within").then(pl.col("wait") <= pl.col("limit")).otherwise("hit")
    q = {"median": 0.5, "p90": 0.9}
    grouped = long.group_by(keys).agg(
        n=done.sum().cast(pl.Int64), still_open=pl.col("open").sum().cast(pl.Int64), hits=(hits & done).sum().cast(pl.Float64),
        **{name: pl.col("wait").filter(done).quantile(p, "linear") for name, p in q.items()},
    )  # fmt: skip
    p, n = pl.col("hits") / pl.col("n"), pl.col("n")
    centre, half = (p + Z**2 / (2 * n)) / (1 + Z**2 / n), Z / (1 + Z**2 / n) * (p * (1 - p) / n + Z**2 / (4 * n**2)).sqrt()
    value = pl.when(share).then(p).when(pl.col("statistic") == "median").then("median").otherwise("p90")
    spread = value * 1.2 / n.sqrt()
    end = pl.col("period_start").dt.offset_by(LENGTHS[grain]).dt.offset_by("-1d")
    return grouped.with_columns(
        grain=pl.lit(grain), period_end=end,
        numerator=pl.when(share).then("hits"), denominator=pl.when(share).then(n.cast(pl.Float64)),
        value=value, lower=pl.when(share).then(centre - half).otherwise(value - spread),
        upper=pl.when(share).then(centre + half).otherwise(value + spread),
        matures_at=end.cast(pl.Datetime("us")) + timedelta(days=2), definition_version=pl.lit("a1b2c3"),
        site_id=pl.col("site_id") if "site_id" in place else pl.lit(None, pl.String),
        service_id=pl.col("service_id") if "service_id" in place else pl.lit(None, pl.String),
        stratum=pl.col("stratum") if more else pl.lit(None, pl.String),
    ).select(COLUMNS)  # fmt: skip


def binned(cases: pl.DataFrame) -> pl.DataFrame:
    minutes = {"seconds": 1 / 60, "minutes": 1.0, "days": 1440.0}
    edge = (pl.col("wait") * pl.col("unit").replace_strict(minutes, default=1.0)).ceil().cast(pl.Int32)
    waits = cases.filter(~pl.col("open") & (pl.col("kind") == "duration")).with_columns(bin=edge)
    return waits.group_by("metric", "site_id", "service_id", "day", "bin").agg(n=pl.len().cast(pl.Int64))


def definitions() -> pl.DataFrame:
    rows = []
    for position, metric in enumerate(METRICS):
        name, title, question, family, kind, table, better, unit, *_ = metric
        card = [["Unit of analysis", table], ["Authority", "Fixture"], ["Owner", "Tests"]]
        rows.append(
            (name, title, question, family, kind, unit, better, True, "a1b2c3", toml_of(metric), json.dumps(card), position)
        )
    names = ["metric", "title", "question", "family", "kind", "unit", "better", "headline"]
    names += ["definition_version", "toml", "card", "position"]
    return pl.DataFrame(rows, schema=names, orient="row")


def toml_of(metric: tuple) -> str:
    _, title, question, family, kind, table, better, unit, statistics, *_ = metric
    keys = {"title": title, "question": question, "family": family, "kind": kind, "table": table, "better": better,
            "authority": "Fixture", "owner": "Tests"}  # fmt: skip
    lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    measured = {
        "rate": ["numerator = \"status = 'noshow'\"", "denominator = \"status in ('noshow', 'fulfilled')\""],
        "duration": ['start = "arrived_at"', 'stop = "seen_at"', f'unit = "{unit}"', 'within = "60 minutes"'],
    }
    return "\n".join([*lines, *measured[kind], f"statistics = {json.dumps(list(statistics))}", "reviewed = 2025-01-01"])


def targets() -> pl.DataFrame:
    rows = [
        (metric, statistic, site, None, value, first, last, source)
        for metric, statistic, site, value, first, last, source in TARGETS
    ]
    schema = {"metric": pl.String, "statistic": pl.String, "site_id": pl.String, "service_id": pl.String, "value": pl.Float64,
              "valid_from": pl.Date, "valid_to": pl.Date, "source": pl.String}  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    named = frame.with_columns(
        role=pl.lit("target"), region=pl.lit(None, pl.String), verified=pl.col("source") != "CMS call centre standard"
    )
    return named.with_columns(closeness().alias("closeness"))


def sites() -> pl.DataFrame:
    rows = [(key, name, "Europe/London", "Group", "GB", "hospital") for key, name in SITES.items()]
    return pl.DataFrame(rows, schema=["site_id", "name", "time_zone", "region", "country", "calendar"], orient="row")


def freshness(as_of: datetime) -> pl.DataFrame:
    rows = [
        (table, source, 0, datetime(2023, 6, 5), as_of - quiet, as_of - quiet, rejected)
        for table, source, quiet, rejected in FRESHNESS
    ]
    names = ["table_name", "source", "rows", "first_at", "last_at", "recorded_at", "rejected"]
    return pl.DataFrame(rows, schema=names, orient="row")
