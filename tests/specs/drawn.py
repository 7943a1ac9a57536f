"""Drawn tables: events written as text, and a metric's figures from them by the SQL form and by the jobs.

A table is drawn with a header of column names and one row a line, cells parted by `|`; an empty cell is null. An instant
is written '2026-03-02 09:00[:30]' or, on the default day (Monday 2 March 2026), '09:00[:30]'; all are UTC. Columns
that are not drawn are filled: the key with the row's number, the place with CEN, required instants with the default day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import polars as pl

from metrics.definitions import Metric, sql_for
from metrics.definitions.derived import FOLLOWING, REPEATED
from metrics.definitions.metric import ESTIMATES, MEAN_WAIT, QUANTILES
from metrics.events import STRATA, TABLES, Column, EventTable
from metrics.jobs.census import census_moves, census_observations
from metrics.jobs.counts import MEASURES, counted_rows, counts, flagged
from metrics.jobs.estimated import censored_waits, wait_estimates
from metrics.jobs.facts import facts
from metrics.jobs.observations import observations, rolled_counts, stratum_observations
from metrics.jobs.places import Places
from metrics.jobs.returns import followed
from metrics.jobs.strata import STORED_GRAIN, Strata, stratum_counts
from metrics.jobs.survival import marked
from metrics.jobs.tallies import tally_facts, tally_observations
from metrics.jobs.timetable import Timetable
from metrics.jobs.value_counts import value_counts
from metrics.jobs.waits import Waits, at_grain, completed_waits, empty_quantiles, wait_quantiles

DAY = date(2026, 3, 2)  # a Monday in winter time: London is UTC
AS_OF = datetime(2026, 12, 1)
SITES = pl.DataFrame(
    {"site_id": ["CEN", "HAR"], "name": ["Central", "Harbour"], "time_zone": ["Europe/London", "America/New_York"]}
)


def drawn(table: str, text: str) -> pl.DataFrame:
    """The events that the text draws, with every column of the table."""
    header, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    declared = TABLES[table]
    unknown = set(header) - set(declared.column)
    assert not unknown, f"{table} has no {unknown}"
    rows = [
        {column.name: _cell(column, dict(zip(header, line, strict=True)), number, declared) for column in declared.columns}
        for number, line in enumerate(lines)
    ]
    return pl.DataFrame(rows, schema=declared.schema)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text if "-" in text else f"{DAY} {text}")


def _cell(column: Column, row: Mapping[str, str], number: int, table: EventTable) -> object:
    text = row.get(column.name, "")
    if text:
        return READ[column.type](text)
    return FILLED.get(column.name, _required(column, number, table)) if column.name not in row else None


def _required(column: Column, number: int, table: EventTable) -> object:
    if column.name == table.key[0]:
        return f"{table.name}-{number}"
    if not column.required:
        return None
    return instant("09:00") if column.type == "instant" else column.values[0] if column.values else "drawn"


READ = {
    "text": str, "instant": instant, "date": date.fromisoformat, "integer": int, "number": float,
    "flag": lambda text: text == "yes",
}  # fmt: skip
FILLED = {"site_id": "CEN", "service_id": "general"}


def in_utc(local: pl.Expr, zone: str) -> pl.Expr:
    return local.dt.replace_time_zone(zone).dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def weekdays(holidays: tuple[date, ...] = ()) -> pl.DataFrame:
    """The calendar's days at every site, from 2025 to January 2027: Monday to Friday work, but for the holidays."""
    days = pl.DataFrame({"day": pl.date_range(date(2025, 1, 1), date(2027, 1, 31), eager=True)})
    days = days.with_columns(working=(pl.col("day").dt.weekday() <= 5) & ~pl.col("day").is_in(holidays))
    days = days.with_columns(days_before=pl.col("working").cast(pl.Int64).cum_sum() - pl.col("working").cast(pl.Int64))
    midnight = pl.col("day").cast(pl.Datetime("us"))
    sites = [
        days.with_columns(site_id=pl.lit(site), starts_at=in_utc(midnight, zone), ends_at=in_utc(midnight.dt.offset_by("1d"), zone))
        for site, zone in SITES.select("site_id", "time_zone").iter_rows()
    ]
    return pl.concat(sites).sort("site_id", "day")


def weekday_hours(holidays: tuple[date, ...] = ()) -> pl.DataFrame:
    """09:00 to 17:00 local time on every working day of `weekdays`."""
    open_days = weekdays(holidays).filter("working").with_columns(pl.col("day").cast(pl.Datetime("us")))
    sites = [
        open_days.filter(pl.col("site_id") == site).select(
            "site_id",
            opens_at=in_utc(pl.col("day").dt.offset_by("9h"), zone),
            closes_at=in_utc(pl.col("day").dt.offset_by("17h"), zone),
        )
        for site, zone in SITES.select("site_id", "time_zone").iter_rows()
    ]
    eight_hours = 8 * 3600  # seconds; no change of the clocks falls in these hours
    return pl.concat(sites).with_columns(seconds_before=pl.int_range(pl.len()).over("site_id") * eight_hours)


@dataclass
class World:
    """Everything but the events: the as-of instant, the sites and their calendars, the patients."""

    as_of: datetime = AS_OF
    sites: pl.DataFrame = field(default_factory=lambda: SITES)
    hours: pl.DataFrame = field(default_factory=weekday_hours)
    days: pl.DataFrame = field(default_factory=weekdays)
    patients: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TABLES["patients"].schema))


def sql_figures(
    metric: Metric,
    statistic: str,
    events: pl.DataFrame,
    world: World | None = None,
    by: tuple[str, ...] = (),
    grain: str = "month",
    **asked: date | str,
) -> pl.DataFrame:
    """The rows that the metric's SQL gives over a generation that holds these events."""
    query = sql_for(metric, statistic, by, grain, **asked)  # type: ignore[arg-type]
    with generation(metric.table, events, world or World()) as connection:
        return connection.sql(query.sql, params=query.params).pl()


def generation(table: str, events: pl.DataFrame, world: World) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory with the tables that a metric's SQL reads. Derived columns hold nothing it may rely on."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'America/Los_Angeles'")  # a query that leans on the session's zone shows
    facts = events.with_columns(pl.col("service_id").fill_null("unassigned"), pl.lit(date(1999, 1, 1)).alias("day"))
    if following := FOLLOWING.get(table):
        nothing = (pl.lit(None, pl.Datetime("us")).alias(following.column), pl.lit(None, pl.Boolean).alias(REPEATED.name))
        facts = facts.with_columns(nothing)
    stored = {
        f"facts_{table}": facts,
        "sites": world.sites,
        "opening_hours": world.hours,
        "working_days": world.days,
        "patients": world.patients,
        "generation": pl.DataFrame({"name": ["drawn"], "as_of": [world.as_of]}, schema_overrides={"as_of": pl.Datetime("us")}),
    }
    for name, frame in stored.items():
        connection.register("given", frame)
        connection.execute(f"create table {name} as from given")
        connection.unregister("given")
    return connection


def generation_of(events: Mapping[str, pl.DataFrame], world: World) -> duckdb.DuckDBPyConnection:
    """As `generation`, with the facts of several event tables."""
    (first, drawn_first), *more = events.items()
    connection = generation(first, drawn_first, world)
    for table, frame in more:
        connection.register("given", frame.with_columns(pl.col("service_id").fill_null("unassigned")))
        connection.execute(f"create table facts_{table} as from given")
        connection.unregister("given")
    return connection


def job_figures(
    metric: Metric,
    statistic: str,
    events: pl.DataFrame,
    world: World | None = None,
    by: tuple[str, ...] = (),
    grain: str = "month",
) -> pl.DataFrame:
    """The same rows by the jobs that make a generation. They know no grain 'all', and one stratum at a time."""
    world = world or World()
    table = TABLES[metric.table]
    calendar = Timetable(world.sites, "UTC", world.hours, world.days)
    if metric.is_tally:
        return _as_asked(tally_observations(tally_facts(events, calendar), [metric]), statistic, by, grain, world.as_of)
    if following := FOLLOWING.get(table.name):
        events = followed(events, following)
    made = counted_rows(facts(events, table, [metric], calendar, world.as_of), str(table.anchor), world.as_of)
    if metric.kind == "census":
        return _as_asked(census_figures(made, metric, world, by, grain, calendar), statistic, by, grain, world.as_of)
    places, strata = Places.of(made), Strata.of(world.patients)
    rows = flagged(strata.joined(places.numbered(made)), [metric]).with_columns(pl.col("day").alias("period"))
    strata_asked = set(by) & set(STRATA)
    found = by_stratum(rows, metric, strata, places) if strata_asked else observations_at(grain, rows, metric, places)
    return _as_asked(found, statistic, by, grain, world.as_of)


def census_figures(
    made: pl.DataFrame, metric: Metric, world: World, by: tuple[str, ...], grain: str, calendar: Timetable
) -> pl.DataFrame:
    """A census at one grain; by a stratum, which none stores, from each stratum's rows alone."""
    strata = Strata.of(world.patients)
    known = strata.joined(made)
    asked = [name for name in by if name in STRATA]
    labels = [(name, label) for name in asked for label in strata.labels[name]]
    alike = {
        label: known.filter(pl.concat_str(pl.lit(f"{name}="), pl.col(name).cast(pl.String)) == label) for name, label in labels
    }
    parts = []
    for label, rows in alike.items() if asked else [(None, made)]:
        places = Places.of(rows)
        found = census_observations(census_moves(places.numbered(rows), [metric], calendar), [metric], grain, places, world.as_of)
        parts += [] if found.is_empty() else [found.with_columns(pl.lit(label, pl.String).alias("stratum"))]
    none = observations(pl.DataFrame(schema=COUNTED), empty_quantiles(), [metric], grain, Places.of(made))
    return pl.concat([none, *parts])


COUNTED = {"metric": pl.String, "place": pl.UInt32, "period": pl.Date} | dict.fromkeys(MEASURES, pl.Int64)


def observations_at(grain: str, rows: pl.DataFrame, metric: Metric, places: Places) -> pl.DataFrame:
    rolled = rolled_counts(places.with_totals(rolled_counts(counts(rows, [metric], ("place", "period")), grain)), grain)
    found = found_among_waits(grain, rows, metric, places) if metric.kind == "duration" else empty_quantiles()
    return observations(rolled, found, [metric], grain, places)


def found_among_waits(grain: str, rows: pl.DataFrame, metric: Metric, places: Places) -> pl.DataFrame:
    ended, censored = value_counts(completed_waits(rows, metric)), value_counts(censored_waits(rows, metric))
    quantiles = wait_quantiles([Waits(metric, grain, at_grain(ended, grain))], places)
    estimates = wait_estimates([Waits(metric, grain, at_grain(marked(ended, censored), grain))], places)
    return pl.concat([quantiles, estimates])


def by_stratum(rows: pl.DataFrame, metric: Metric, strata: Strata, places: Places) -> pl.DataFrame:
    """Shares and counts by the job that stores them; a wait's quantiles, which none stores, from each stratum's rows alone."""
    months = stratum_counts(rows.with_columns(pl.col("period").dt.truncate("1mo")), [metric], strata)
    stored = stratum_observations(rolled_counts(places.with_totals(months), STORED_GRAIN, "stratum"), [metric], places)
    unstored = pl.col("statistic").is_in([*QUANTILES, MEAN_WAIT, *ESTIMATES])
    alone = [
        observations_at(STORED_GRAIN, of, metric, places).filter(unstored).with_columns(pl.lit(label).alias("stratum"))
        for name in strata.columns_in(rows)
        for label in strata.labels[name]
        if not (of := rows.filter(pl.concat_str(pl.lit(f"{name}="), pl.col(name).cast(pl.String)) == label)).is_empty()
    ]  # fmt: skip
    return pl.concat([stored, *alone])


def _as_asked(found: pl.DataFrame, statistic: str, by: tuple[str, ...], grain: str, as_of: datetime) -> pl.DataFrame:
    """The observations that answer the question, in the SQL form's columns and order."""
    strata = [name for name in by if name in STRATA]
    wanted = pl.col("stratum").str.starts_with(f"{strata[0]}=") if strata else pl.col("stratum").is_null()
    for name in ("site", "service"):
        wanted &= pl.col(f"{name}_id").is_not_null() if name in by else pl.col(f"{name}_id").is_null()
    rows = found.filter(wanted, statistic=statistic, grain=grain)
    labels = [pl.col("stratum").str.strip_prefix(f"{name}=").alias(name) for name in strata]
    places = [f"{name}_id" for name in ("site", "service") if name in by]
    columns = ("numerator", "denominator", "value", "n", "lower", "upper", "still_open")
    mature = (pl.col("matures_at") <= as_of).alias("mature")
    return rows.select("period_start", *places, *labels, *columns, mature).sort("period_start", *places, *strata)


ENGINES = {"sql": sql_figures, "jobs": job_figures}
