"""From one instant to another on a clock: elapsed, business hours, working days, calendar days."""

import polars as pl

from metrics.clocks.lookup import SECOND, Frame, codes_of, with_row_in_force
from metrics.definitions.metric import Clock

ROW, STARTED, STOPPED = "__row", "__started", "__stopped"  # columns of the frame while it is worked on
DAY_NUMBER = {
    "working_days": pl.col("days_before") + pl.col("working").cast(pl.Int64),  # up to and with the day
    "calendar_days": pl.col("day").cast(pl.Int32).cast(pl.Int64),
}


def with_clock(frame: Frame, clock: Clock, start: str, stop: str, into: str, hours: pl.DataFrame, days: pl.DataFrame) -> Frame:
    """The frame with an Int64 column `into`: the time from `start` to `stop` on the clock.

    frame: site_id and the two instants (Datetime, naive UTC). hours: opening_hours(...); days: working_days(...).
    elapsed and business give whole seconds, rounded down; calendar_days and working_days give days: of the dates after
    the start's, up to and with the stop's, at the site. Null when an end is null and, save on the elapsed clock, when the
    site or an end is outside what hours and days cover: rather no answer than a wrong one. A stop before its start
    gives the negative of the way back (0 when the site was shut, or on the same day).

    The same in SQL, over the same tables; a LEFT join leaves null where there is no row (do not coalesce it to 0):

        elapsed        cast(floor((epoch_us(stop) - epoch_us(start)) / 1000000) as bigint)

        business       asof left join opening_hours a on e.site_id = a.site_id and e.start >= a.opens_at
                       asof left join opening_hours b on e.site_id = b.site_id and e.stop  >= b.opens_at
                       cast(floor((
                           b.seconds_before * 1000000 + least(epoch_us(e.stop), epoch_us(b.closes_at)) - epoch_us(b.opens_at)
                           - (a.seconds_before * 1000000 + least(epoch_us(e.start), epoch_us(a.closes_at)) - epoch_us(a.opens_at))
                       ) / 1000000) as bigint)

        working_days   asof left join working_days a on e.site_id = a.site_id and e.start >= a.starts_at
                       asof left join working_days b on e.site_id = b.site_id and e.stop  >= b.starts_at
                       case when e.start < a.ends_at and e.stop < b.ends_at then
                       b.days_before + cast(b.working as bigint) - a.days_before - cast(a.working as bigint) end

        calendar_days  the same joins, and  ... then date_diff('day', a.day, b.day) end
    """
    match clock:
        case "elapsed":
            return frame.with_columns(((pl.col(stop) - pl.col(start)).dt.total_microseconds() // SECOND).alias(into))
        case "business":
            read = with_open_microseconds(with_open_microseconds(frame, start, hours, STARTED), stop, hours, STOPPED)
            wait = (pl.col(STOPPED) - pl.col(STARTED)) // SECOND
        case "working_days" | "calendar_days":
            number = DAY_NUMBER[clock]
            read = with_day_number(with_day_number(frame, start, days, number, STARTED), stop, days, number, STOPPED)
            wait = pl.col(STOPPED) - pl.col(STARTED)
    return read.with_columns(wait.alias(into)).drop(STARTED, STOPPED)


def with_open_microseconds(frame: Frame, instant: str, hours: pl.DataFrame, into: str) -> Frame:
    """The frame with how long the site was open before the instant, since the hours begin."""
    shut, before = hours["closes_at"].dt.epoch("us"), hours["seconds_before"] * SECOND - hours["opens_at"].dt.epoch("us")
    found = with_row_of_site(frame, instant, hours, "opens_at")
    last_open = pl.min_horizontal(pl.col(instant).dt.epoch("us"), pl.lit(shut).gather(pl.col(ROW)))
    return found.with_columns((pl.lit(before).gather(pl.col(ROW)) + last_open).alias(into)).drop(ROW)


def with_day_number(frame: Frame, instant: str, days: pl.DataFrame, number: pl.Expr, into: str) -> Frame:
    """The frame with the number of the instant's local day, by the count asked for."""
    ends, numbers = days["ends_at"].dt.epoch("us"), days.select(number).to_series()
    inside = pl.col(instant).dt.epoch("us") < pl.lit(ends).gather(pl.col(ROW))
    found = with_row_of_site(frame, instant, days, "starts_at")
    return found.with_columns(pl.when(inside).then(pl.lit(numbers).gather(pl.col(ROW))).alias(into)).drop(ROW)


def with_row_of_site(frame: Frame, instant: str, table: pl.DataFrame, starts: str) -> Frame:
    """The frame with the table's row in force at the row's site at the instant."""
    sites = table.select(value=pl.col("site_id").unique().sort()).with_columns(code=pl.int_range(pl.len()))
    coded = table.select(codes_of("site_id", sites).alias("code"), starts=starts)
    return with_row_in_force(frame, codes_of("site_id", sites), instant, coded, ROW)
