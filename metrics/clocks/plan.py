"""What a calendar plans for each date, in the wall-clock time of the place: opening intervals, and working or not."""

from datetime import date, timedelta

import polars as pl

from metrics.clocks.calendar import WEEKDAYS, Calendar, Week
from metrics.clocks.holidays import HOLIDAYS_OF_THE_SITE, NO_HOLIDAYS, holidays_between

DAY = timedelta(days=1)
INTERVALS_SCHEMA = {"day": pl.Date(), "opens": pl.Datetime("us"), "closes": pl.Datetime("us")}


def planned_days(calendar: Calendar, country: str | None, first: date, last: date) -> pl.DataFrame:
    """day, working: one row a date. A special day's own word counts first, then holidays, then the week."""
    weekday = pl.concat([weekdays_at_work(week) for week in calendar.weeks])
    weekly = in_force(dates(first, last), weekday).filter("works").select("day")
    special = pl.DataFrame(
        [(one.day, one.working, bool(one.opens)) for one in calendar.special_days],
        schema={"day": pl.Date(), "said": pl.Boolean(), "opens": pl.Boolean()},
        orient="row",
    )
    ordinary = pl.col("day").is_in(weekly["day"].implode())
    holiday = pl.col("day").is_in(days_off(calendar, country, first, last).implode())
    return dates(first, last).join(special, on="day", how="left", maintain_order="left").select(
        "day", working=pl.coalesce("said", pl.col("opens") & ordinary, ordinary & ~holiday)
    )  # fmt: skip


def planned_intervals(calendar: Calendar, country: str | None, first: date, last: date) -> pl.DataFrame:
    """day, opens, closes: opening intervals as local date and time; `closes` may fall on the next day. Sorted."""
    minutes = pl.concat([weekly_minutes(week) for week in calendar.weeks])
    special = pl.Series("day", [one.day for one in calendar.special_days], pl.Date)
    shut = special if calendar.open_on_holidays else pl.concat([special, days_off(calendar, country, first, last)])
    weekly = in_force(dates(first, last), minutes).filter(~pl.col("day").is_in(shut.implode())).select("day", "opens", "closes")
    own = pl.DataFrame(
        [(one.day, opens, closes) for one in calendar.special_days for opens, closes in one.opens if first <= one.day <= last],
        schema=weekly.schema,
        orient="row",
    )
    midnight = pl.col("day").cast(pl.Datetime("us"))
    return (
        pl.concat([weekly, own])
        .select("day", opens=midnight + pl.duration(minutes="opens"), closes=midnight + pl.duration(minutes="closes"))
        .sort("opens")
    )


def days_off(calendar: Calendar, country: str | None, first: date, last: date) -> pl.Series:
    """The holidays that the calendar keeps at a place of this country."""
    code = country if calendar.holidays == HOLIDAYS_OF_THE_SITE else calendar.holidays
    kept = holidays_between(code, first, last, calendar.not_observed) if code and code != NO_HOLIDAYS else ()
    return pl.Series("day", sorted(kept), pl.Date)


def dates(first: date, last: date) -> pl.DataFrame:
    day = pl.date_range(first, last, eager=True).alias("day")
    return pl.DataFrame({"day": day, "weekday": day.dt.weekday()})


def weekdays_at_work(week: Week) -> pl.DataFrame:
    """weekday (1 Monday to 7), works, and the dates the week holds."""
    return dated(week, pl.DataFrame({"weekday": range(1, 8), "works": [day in week.working for day in WEEKDAYS]}))


def weekly_minutes(week: Week) -> pl.DataFrame:
    """weekday, opens, closes (minutes after midnight), and the dates the week holds."""
    rows = [(n, opens, closes) for n, day in enumerate(WEEKDAYS, 1) for opens, closes in week.opens_on(day)]
    return dated(week, pl.DataFrame(rows, schema={"weekday": pl.Int64(), "opens": pl.Int64(), "closes": pl.Int64()}, orient="row"))


def dated(week: Week, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.col("weekday").cast(pl.Int8),
        valid_from=pl.lit(week.valid_from, pl.Date).fill_null(date.min),
        valid_to=pl.lit(week.valid_to, pl.Date).fill_null(date.max),
    )


def in_force(dates: pl.DataFrame, weekly: pl.DataFrame) -> pl.DataFrame:
    """What the weeks say of each date."""
    return dates.join(weekly, on="weekday", how="inner").filter(pl.col("day").is_between("valid_from", "valid_to"))
