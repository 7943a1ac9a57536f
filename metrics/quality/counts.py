"""What the checks count in events: by source, site and lake month, so that a month that did not change need not be counted again.

Every count adds up over months. That is why a refresh stores them and a reader only judges: ten million events are read once.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

import polars as pl

from metrics.clocks.zones import known_until, offsets, with_local_time
from metrics.events import EventTable
from metrics.events.validation import expression
from metrics.jobs.timetable import Timetable
from metrics.quality.measures import Measure, duplicate_key, happened, measures_of

COUNTS = pl.Schema({
    "counted": pl.String(), "table_name": pl.String(), "source": pl.String(), "site_id": pl.String(), "month": pl.String(),
    "about": pl.String(), "bucket": pl.Int64(), "n": pl.Int64(), "total": pl.Int64(), "example": pl.String(),
})  # fmt: skip
"""counted: for which check, by name. about: a column, or what else the count is of. bucket: the bar, in a histogram. n of total:
rows that are hit, of those looked at (null in a histogram). example: the least key of a row that is hit."""

BY = ["source", "site_id", "month"]
MONTHS_BACK = 13
"""Lake months that are counted: a year and the month begun. What is older has been read, issued and acted on."""
COUNTED = ("appointments", "visits", "contacts", "cases", "referrals", "surveys")
"""Tables whose rows are counted. A register has no time; slots and tallies are made by counting, and have checks of their own."""

LAG_EDGES = (5, 15, 60, 240, 720, 1440, 2880, 4320, 7200, 10_080, 20_160, 43_200, 86_400, 129_600, 525_600)
"""Minutes: upper edges of the bins of late recording, up to a year; every maturity of the catalogue is near one of them."""
SIDE_DAYS = 21
"""Days looked at on either side of a change of the clocks: three whole weeks, so that both sides have the same weekdays."""
HALF_HOUR = 1800  # seconds
DAY = 86_400_000_000  # microseconds
SENT_BY_MACHINES = ("surveys",)
"""Tables whose anchor is a machine's timetable, often kept in UTC: its hours jump with the clocks, and that is no fault."""


def first_month(as_of: datetime) -> str:
    """The first lake month that is counted: MONTHS_BACK months, that of the as-of instant among them."""
    months = as_of.year * 12 + as_of.month - MONTHS_BACK
    return f"{months // 12:04}-{months % 12 + 1:02}"


def month_counts(events: pl.DataFrame, table: EventTable, calendar: Timetable) -> pl.DataFrame:
    """The counts of one table's events: columns of COUNTS, sorted.

    events: rows of the table with `month`. Exact across changes of the clocks: local times are the site's own.
    """
    counted: tuple[Callable[[pl.DataFrame, EventTable, Timetable], pl.DataFrame], ...] = (
        _measured, _midnights, _twins, _lags, _days_and_hours,
    )  # fmt: skip
    parts = [count(events, table, calendar) for count in counted] if table.name in COUNTED and not events.is_empty() else []
    named = [part.with_columns(table_name=pl.lit(table.name)) for part in parts if not part.is_empty()]
    return pl.concat([COUNTS.to_frame(), *(_whole(part) for part in named)]).sort("counted", "about", *BY, "bucket")


def _whole(part: pl.DataFrame) -> pl.DataFrame:
    return part.select(
        (pl.col(name) if name in part.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in COUNTS.items()
    )


def _measured(events: pl.DataFrame, table: EventTable, _calendar: Timetable) -> pl.DataFrame:
    """Every measure of the table in one pass over its rows."""
    measures = measures_of(table)
    wide = events.group_by(BY).agg(one for place, measure in enumerate(measures) for one in _sums(measure, place, table))
    long = [
        wide.select(
            *BY,
            counted=pl.lit(measure.check),
            about=pl.lit(measure.about),
            n=f"n{place}",
            total=f"total{place}",
            example=f"e{place}",
        )
        for place, measure in enumerate(measures)
    ]
    return pl.concat(long).filter(pl.col("total") > 0)


def _sums(measure: Measure, place: int, table: EventTable) -> Iterator[pl.Expr]:
    among = expression(measure.among).fill_null(False)
    hit = among & expression(measure.hit).fill_null(False)
    yield hit.sum().alias(f"n{place}")
    yield among.sum().alias(f"total{place}")
    yield pl.col(table.key[0]).filter(hit).min().alias(f"e{place}")


def _midnights(events: pl.DataFrame, table: EventTable, calendar: Timetable) -> pl.DataFrame:
    """Stamps at 00:00:00 of the site's clock, by column."""
    names, by = happened(table), [*BY, "about"]
    totals = events.group_by(BY).agg(pl.col(name).count() for name in names)
    stamped = totals.unpivot(names, index=BY, variable_name="about", value_name="total").filter(pl.col("total") > 0)
    hits = _at_midnight(events, table, calendar).group_by(by).agg(pl.len().alias("n"), pl.col("key").min().alias("example"))
    joined = stamped.join(hits, on=by, how="left", nulls_equal=True)
    return joined.select(*by, pl.col("n").fill_null(0), "total", "example", counted=pl.lit("midnight"))


def _at_midnight(events: pl.DataFrame, table: EventTable, calendar: Timetable) -> pl.DataFrame:
    """BY, about, key of each stamp at midnight. Few times of a UTC day are midnight anywhere: only those are looked up."""
    names = happened(table)
    zones = [calendar.default_zone, *calendar.sites["time_zone"].unique()]
    ahead = pl.concat(offsets(zone, known_until(events, names))["offset"] for zone in zones).unique().dt.total_microseconds()
    midnights = (-ahead % DAY).implode()
    maybe = pl.concat(
        events.select(*BY, key=table.key[0], at=name, about=pl.lit(name)).filter(
            (pl.col("at").dt.epoch("us") % DAY).is_in(midnights)
        )
        for name in names
    )
    local = with_local_time(maybe, "at", "local", calendar.sites, calendar.default_zone)
    return local.filter(pl.col("local").dt.time() == pl.time(0, 0, 0))


def _twins(events: pl.DataFrame, table: EventTable, _calendar: Timetable) -> pl.DataFrame:
    """Rows beyond the first of one patient, place and start: the same case under two ids.

    By a hash first: nearly every row is nobody's twin, and only those that may be are compared column by column.
    """
    key, among = duplicate_key(table)
    rows = events.filter(expression(among), pl.col("patient_key").is_not_null())
    totals = rows.group_by(BY).agg(pl.len().alias("total"))
    hashes = rows.select(pl.struct([*BY, *key]).hash()).to_series()
    alike = rows.filter(hashes.is_duplicated())
    again = alike.with_columns(again=pl.col(table.key[0]) != pl.col(table.key[0]).min().over([*BY, *key]))
    hits = again.group_by(BY).agg(pl.col("again").sum().alias("n"), pl.col(table.key[0]).filter("again").min().alias("example"))
    joined = totals.join(hits, on=BY, how="left", nulls_equal=True).with_columns(pl.col("n").fill_null(0))
    return joined.with_columns(counted=pl.lit("duplicate"))


def _lags(events: pl.DataFrame, table: EventTable, _calendar: Timetable) -> pl.DataFrame:
    """Minutes from the newest instant of a row that lies before it was recorded, until it was: a count a bin of LAG_EDGES.

    What was planned counts once it is past: that a patient did not come is known from the start that was set.
    """
    said, known = pl.col("recorded_at"), [name for name in table.instants if name != "recorded_at"]
    last = pl.max_horizontal(pl.when(pl.col(name) <= said).then(name) for name in known)
    minutes = ((said - last).dt.total_seconds() + 59) // 60
    edges = pl.Series(LAG_EDGES)
    bucket = edges.search_sorted(events.select(minutes.alias("m"))["m"].fill_null(0), side="left")
    return (
        events.select(*BY, at=last, bucket=pl.Series(bucket, dtype=pl.Int64))
        .filter(pl.col("at").is_not_null())
        .group_by(*BY, "bucket")
        .agg(pl.len().alias("n"))
        .with_columns(counted=pl.lit("late"))
    )


def _days_and_hours(events: pl.DataFrame, table: EventTable, calendar: Timetable) -> pl.DataFrame:
    """Rows by local day (volume), and by half hour on either side of each change of the clocks (daylight)."""
    assert table.anchor is not None
    local = with_local_time(events.select(*BY, table.anchor), table.anchor, "local", calendar.sites, calendar.default_zone)
    seconds = pl.col("local").dt.hour().cast(pl.Int64) * 3600 + pl.col("local").dt.minute().cast(pl.Int64) * 60
    halves = local.group_by(*BY, pl.col("local").dt.date().alias("day"), half=seconds // HALF_HOUR).agg(
        pl.len().cast(pl.Int64).alias("n")
    )
    day = pl.col("day").cast(pl.Int32).cast(pl.Int64)
    volume = halves.group_by(*BY, bucket=day).agg(pl.col("n").sum()).with_columns(
        counted=pl.lit("volume"), about=pl.lit(None, pl.String)
    )  # fmt: skip
    if table.name in SENT_BY_MACHINES:
        return volume
    return pl.concat([volume, _hours(halves, calendar)], how="diagonal_relaxed")


def _hours(halves: pl.DataFrame, calendar: Timetable) -> pl.DataFrame:
    """about: 'before 2026-03-29' or 'after 2026-03-29'; bucket: half hours since midnight. The day of the change is left out.

    halves: BY, day, half, n: few rows, whatever the events are.
    """
    zones = calendar.sites.select("site_id", zone="time_zone")
    placed = halves.join(zones, on="site_id", how="left").with_columns(pl.col("zone").fill_null(calendar.default_zone))
    days = (placed["day"].min(), placed["day"].max())
    until = known_until(placed.select(reached=pl.col("day").cast(pl.Datetime("us")) + pl.duration(days=SIDE_DAYS)), ["reached"])
    stretches = pl.concat(_sides(zone, until) for zone in placed["zone"].unique().sort())
    near = stretches.filter(pl.col("last") >= pl.lit(days[0]), pl.col("first") <= pl.lit(days[1]))
    found = placed.join(near, on="zone", how="inner").filter(pl.col("day").is_between("first", "last"))
    return found.group_by(*BY, "about", bucket="half").agg(pl.col("n").sum()).with_columns(counted=pl.lit("daylight"))


def _sides(zone: str, until: datetime) -> pl.DataFrame:
    """zone, first, last (local days), about: the weeks before and after each change of the zone's clocks up to `until`."""
    held = offsets(zone, until).with_columns(before=pl.col("offset").shift(1)).filter(pl.col("before") != pl.col("offset"))
    changes = held.select(zone=pl.lit(zone), change=(pl.col("holds_from") + pl.col("before")).dt.date())
    at, span, day = pl.col("change"), pl.duration(days=SIDE_DAYS), pl.duration(days=1)
    sides = {"before": (at - span, at - day), "after": (at + day, at + span)}
    return pl.concat(
        changes.select("zone", first=first, last=last, about=pl.format(f"{side} {{}}", "change"))
        for side, (first, last) in sides.items()
    )
