"""Calendars, sites and clocks for the tests: written in words, read by both engines."""

from collections.abc import Sequence
from datetime import date, datetime

import duckdb
import polars as pl

from metrics.clocks import Calendar, opening_hours, with_clock, working_days
from metrics.definitions.metric import Clock

OFFICE = ["09:00-17:00"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
EVERY_DAY = (*WEEKDAYS, "saturday", "sunday")
ENDS = {"site_id": pl.String(), "start": pl.Datetime("us"), "stop": pl.Datetime("us")}

SQL = {
    "elapsed": "select cast(floor((epoch_us(stop) - epoch_us(start)) / 1000000) as bigint) as wait from ends as e order by row",
    "business": """
        select cast(floor((
            b.seconds_before * 1000000 + least(epoch_us(e.stop), epoch_us(b.closes_at)) - epoch_us(b.opens_at)
            - (a.seconds_before * 1000000 + least(epoch_us(e.start), epoch_us(a.closes_at)) - epoch_us(a.opens_at))
        ) / 1000000) as bigint) as wait
        from ends as e
        asof left join hours as a on e.site_id = a.site_id and e.start >= a.opens_at
        asof left join hours as b on e.site_id = b.site_id and e.stop >= b.opens_at
        order by row""",
    "working_days": """
        select case when e.start < a.ends_at and e.stop < b.ends_at then
            b.days_before + cast(b.working as bigint) - a.days_before - cast(a.working as bigint) end as wait
        from ends as e
        asof left join days as a on e.site_id = a.site_id and e.start >= a.starts_at
        asof left join days as b on e.site_id = b.site_id and e.stop >= b.starts_at
        order by row""",
    "calendar_days": """
        select case when e.start < a.ends_at and e.stop < b.ends_at then date_diff('day', a.day, b.day) end as wait
        from ends as e
        asof left join days as a on e.site_id = a.site_id and e.start >= a.starts_at
        asof left join days as b on e.site_id = b.site_id and e.stop >= b.starts_at
        order by row""",
}


def calendar(opens: dict[str, list[str]] | None = None, **keys: object) -> Calendar:
    """A calendar as calendars.toml would give it: 9 to 5 from Monday to Friday, or the week given."""
    week = dict.fromkeys(WEEKDAYS, OFFICE) if opens is None else opens
    return Calendar.model_validate({"weeks": [week], **keys})


def site(site_id: str = "A", time_zone: str = "Europe/London", country: str | None = "none", keeps: str = "office") -> pl.DataFrame:
    return pl.DataFrame(
        {"site_id": [site_id], "time_zone": [time_zone], "country": [country], "calendar": [keeps]},
        schema=dict.fromkeys(("site_id", "time_zone", "country", "calendar"), pl.String()),
    )


def waits(
    clock: Clock, ends: Sequence[tuple[str, datetime | None, datetime | None]], sites: pl.DataFrame, calendars: dict[str, Calendar],
    first: date = date(2026, 1, 1), last: date = date(2026, 12, 31),
) -> list[int | None]:  # fmt: skip
    """The wait from start to stop at each site, the same by Polars and by the SQL form, or the test fails."""
    frame = pl.DataFrame(ends, schema=ENDS, orient="row")
    hours, days = opening_hours(calendars, sites, first, last), working_days(calendars, sites, first, last)
    by_polars = with_clock(frame, clock, "start", "stop", "wait", hours, days)["wait"].to_list()
    by_lazy = with_clock(frame.lazy(), clock, "start", "stop", "wait", hours, days).collect()["wait"].to_list()
    assert by_sql(clock, frame, hours, days) == by_lazy == by_polars
    return by_polars


def by_sql(clock: Clock, frame: pl.DataFrame, hours: pl.DataFrame, days: pl.DataFrame) -> list[int | None]:
    with duckdb.connect() as connection:
        connection.register("ends", frame.with_row_index("row").to_arrow())
        connection.register("hours", hours.to_arrow())
        connection.register("days", days.to_arrow())
        return [wait for (wait,) in connection.execute(SQL[clock]).fetchall()]
