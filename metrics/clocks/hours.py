"""Calendars spread over dates: when each site is open, in UTC, and which of its days are working days."""

from collections.abc import Callable
from datetime import date

import polars as pl

from metrics.clocks.calendar import Calendar, Calendars
from metrics.clocks.plan import DAY, planned_days, planned_intervals
from metrics.clocks.zones import in_utc
from metrics.errors import UserError, did_you_mean

Made = Callable[[Calendar, str | None, str], pl.DataFrame]  # from calendar, country, time zone
PLACE = ("calendar", "country", "time_zone")  # sites alike in these three keep the same hours
HOURS_SCHEMA = {
    "site_id": pl.String(), "opens_at": pl.Datetime("us"), "closes_at": pl.Datetime("us"), "seconds_before": pl.Int64(),
}  # fmt: skip
DAYS_SCHEMA = {
    "site_id": pl.String(), "day": pl.Date(), "starts_at": pl.Datetime("us"), "ends_at": pl.Datetime("us"),
    "working": pl.Boolean(), "days_before": pl.Int64(),
}  # fmt: skip


def opening_hours(calendars: Calendars, sites: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """When every site is open from the start of `first` to the end of `last` (local days), sorted by site_id, opens_at.

    sites: site_id, time_zone, country (may be null), calendar. Gives site_id, opens_at, closes_at (UTC), seconds_before:
    the site's open seconds before opens_at. Rows of no length bound what is known: one at the first day's start (unless it
    opens then), with 0 seconds before, so that every instant inside has a row; one at the last day's end, with null, so
    that an instant after it has no reading. Raises UserError when a site names a calendar that is not there.
    """
    return per_site(calendars, sites, HOURS_SCHEMA, lambda calendar, country, zone: hours(calendar, country, zone, first, last))


def working_days(calendars: Calendars, sites: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Every local day of every site from `first` to `last`, sorted by site_id, day.

    Gives site_id, day, starts_at and ends_at (UTC instants of local midnight, or of the first minute after a skipped one),
    working, days_before: working days of the site from `first` up to but not with `day`. A date that a zone skipped
    altogether (Samoa, 30 December 2011) has no row. Raises UserError as opening_hours does.
    """
    return per_site(calendars, sites, DAYS_SCHEMA, lambda calendar, country, zone: days(calendar, country, zone, first, last))


def per_site(calendars: Calendars, sites: pl.DataFrame, schema: dict[str, pl.DataType], made: Made) -> pl.DataFrame:
    """`made` once for each kind of place, repeated for every site of that kind."""
    refuse_unknown_calendars(calendars, sites)
    tables = [
        made(calendars[calendar], country, zone).join(alike.select("site_id"), how="cross")
        for (calendar, country, zone), alike in sites.group_by(PLACE)
    ]
    if not tables:
        return pl.DataFrame(schema=schema)
    return pl.concat(tables).select(pl.col(name).cast(kind) for name, kind in schema.items()).sort("site_id", list(schema)[1])


def refuse_unknown_calendars(calendars: Calendars, sites: pl.DataFrame) -> None:
    known = list(calendars)
    unknown = sites.filter(~pl.col("calendar").is_in(known)).select("site_id", "calendar").rows()
    if unknown:
        raise UserError(*(f"site {site}: there is no calendar {name!r}.{did_you_mean(name, known)}" for site, name in unknown))


def hours(calendar: Calendar, country: str | None, zone: str, first: date, last: date) -> pl.DataFrame:
    """opens_at, closes_at, seconds_before of one kind of place, with the two bounding rows."""
    bounds = days(calendar, country, zone, first, last).select(pl.col("starts_at").min(), pl.col("ends_at").max())
    begin, end = bounds.row(0)
    # Hours that begin on the day before may run past midnight into the first day.
    pieces = in_utc(planned_intervals(calendar, country, first - DAY, last), zone)
    inside = pieces.select(opens_at=pl.col("opens_at").clip(begin, end), closes_at=pl.col("closes_at").clip(begin, end))
    # Night hours may run into the next day's: the later row then begins where the earlier ends.
    free = inside.with_columns(opens_at=pl.max_horizontal("opens_at", pl.col("closes_at").cum_max().shift()))
    opened = free.filter(pl.col("opens_at") < pl.col("closes_at")).with_columns(
        seconds_before=(pl.col("closes_at") - pl.col("opens_at")).dt.total_seconds()
    ).with_columns(pl.col("seconds_before").cum_sum() - pl.col("seconds_before"))  # fmt: skip
    first_row, last_row = (pl.DataFrame({"opens_at": at, "closes_at": at, "seconds_before": n}, opened.schema)
                           for at, n in (([begin], [0]), ([end], [None])))  # fmt: skip
    # Two rows that begin at one instant would leave an ASOF join to chance.
    return pl.concat([first_row.join(opened, on="opens_at", how="anti"), opened, last_row])


def days(calendar: Calendar, country: str | None, zone: str, first: date, last: date) -> pl.DataFrame:
    """day, starts_at, ends_at, working, days_before of one kind of place."""
    planned = planned_days(calendar, country, first, last + DAY)
    midnight = pl.col("day").cast(pl.Datetime("us"))
    midnights = planned.select("day", opens=midnight, closes=midnight + DAY)
    begun = in_utc(midnights, zone).group_by("day").agg(starts_at=pl.col("opens_at").min()).sort("day")
    bounded = begun.with_columns(ends_at=pl.col("starts_at").shift(-1)).filter(pl.col("day") <= last)
    return bounded.join(planned, on="day", how="left", maintain_order="left").with_columns(
        days_before=pl.col("working").cast(pl.Int64).cum_sum() - pl.col("working").cast(pl.Int64)
    )
