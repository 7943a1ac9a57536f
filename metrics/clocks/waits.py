"""From one instant to another on a clock: elapsed, business hours, working days, calendar days."""

import polars as pl

from metrics.clocks.lookup import group_codes, row_in_force
from metrics.clocks.zones import Frame
from metrics.definitions.metric import Clock

SECOND_MICROSECONDS = 1_000_000


def with_clock(
    frame: Frame, clock: Clock, start: str, stop: str, into: str, hours: pl.DataFrame, days: pl.DataFrame
) -> Frame:
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
                       cast(floor((  b.seconds_before * 1000000 + least(epoch_us(e.stop), epoch_us(b.closes_at)) - epoch_us(b.opens_at)
                                   - a.seconds_before * 1000000 - least(epoch_us(e.start), epoch_us(a.closes_at)) + epoch_us(a.opens_at)
                                  ) / 1000000) as bigint)

        working_days   asof left join working_days a on e.site_id = a.site_id and e.start >= a.starts_at
                       asof left join working_days b on e.site_id = b.site_id and e.stop  >= b.starts_at
                       case when e.start < a.ends_at and e.stop < b.ends_at then
                       b.days_before + cast(b.working as bigint) - a.days_before - cast(a.working as bigint) end

        calendar_days  the same joins, and  ... then date_diff('day', a.day, b.day) end
    """
    match clock:
        case "elapsed":
            wait = (pl.col(stop) - pl.col(start)).dt.total_microseconds() // SECOND_MICROSECONDS
        case "business":
            wait = (open_microseconds(stop, hours) - open_microseconds(start, hours)) // SECOND_MICROSECONDS
        case "working_days":
            done = days["days_before"] + days["working"].cast(pl.Int64)
            wait = of_the_day(stop, done, days) - of_the_day(start, done, days)
        case "calendar_days":
            date = days["day"].cast(pl.Int32).cast(pl.Int64)
            wait = of_the_day(stop, date, days) - of_the_day(start, date, days)
    return frame.with_columns(wait.cast(pl.Int64).alias(into))


def open_microseconds(instant: str, hours: pl.DataFrame) -> pl.Expr:
    """How long the site was open before the instant, since the hours begin."""
    row = row_of_site(instant, hours, "opens_at")
    opens, closes, before = (
        pl.lit(hours[name].dt.epoch("us") if name != "seconds_before" else hours[name] * SECOND_MICROSECONDS).gather(row)
        for name in ("opens_at", "closes_at", "seconds_before")
    )
    return before + pl.min_horizontal(pl.col(instant).dt.epoch("us"), closes) - opens


def of_the_day(instant: str, reading: pl.Series, days: pl.DataFrame) -> pl.Expr:
    """The reading on the local day of the instant."""
    row = row_of_site(instant, days, "starts_at")
    inside = pl.col(instant).dt.epoch("us") < pl.lit(days["ends_at"].dt.epoch("us")).gather(row)
    return pl.when(inside).then(pl.lit(reading).gather(row))


def row_of_site(instant: str, table: pl.DataFrame, starts: str) -> pl.Expr:
    """The row of the table in force at the row's site at the instant."""
    sites = table["site_id"].unique().sort()
    codes = table.select(group_codes(pl.col("site_id"), sites)).to_series()
    return row_in_force(group_codes(pl.col("site_id"), sites), pl.col(instant), codes, table[starts])
