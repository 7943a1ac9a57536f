"""Clocks against a slow reference that walks minute by minute with a watch on the wall, over drawn calendars and zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.clocks import Calendar, SpecialDay, Week, opening_hours, with_clock, with_local_day, working_days
from metrics.clocks.calendar import WEEKDAYS
from tests.clocks.places import by_sql, site

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Each with a change of the clocks: by an hour at 01:00 UTC, at 02:00 local, at midnight; by half an hour; and none.
CHANGES = {
    "Europe/London": date(2026, 3, 29), "Europe/Dublin": date(2026, 10, 25), "America/New_York": date(2026, 11, 1),
    "America/Santiago": date(2026, 9, 6), "Australia/Lord_Howe": date(2026, 4, 5), "Asia/Kathmandu": date(2026, 6, 1),
}  # fmt: skip
ENDS = {"site_id": pl.String(), "start": pl.Datetime("us"), "stop": pl.Datetime("us")}
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

QUARTER = 15  # minutes: opening hours are drawn on the quarter, so that they often touch the changes of the clocks
marks = st.lists(st.integers(0, 96).map(lambda quarter: quarter * QUARTER), max_size=4, unique=True).map(sorted)
intervals = marks.map(lambda at: tuple(zip(at[::2], at[1::2], strict=False)))
weeks = st.builds(Week, **dict.fromkeys(WEEKDAYS, intervals), working=st.lists(st.sampled_from(WEEKDAYS), unique=True).map(tuple))
zones = st.sampled_from(sorted(CHANGES))


@st.composite
def calendars(draw: st.DrawFn, day: date) -> Calendar:
    """A week, and perhaps a special day at the change of the clocks."""
    special = SpecialDay(day=day, opens=draw(intervals), working=draw(st.sampled_from([None, True, False])))
    return Calendar(holidays="none", weeks=(draw(weeks),), special_days=(special,) if draw(st.booleans()) else ())


def instants(day: date) -> st.SearchStrategy[datetime]:
    """Whole minutes within three days of the date, in UTC."""
    noon = datetime(day.year, day.month, day.day, 12)
    return st.integers(-3 * 1440, 3 * 1440).map(lambda minutes: noon + minutes * MINUTE)


def is_open(calendar: Calendar, local: datetime) -> bool:
    [week] = calendar.weeks
    special = {one.day: one.opens for one in calendar.special_days}
    minute = local.hour * 60 + local.minute
    opens = special.get(local.date(), week.opens_on(WEEKDAYS[local.weekday()]))
    return any(begin <= minute < end for begin, end in opens)


def is_working(calendar: Calendar, day: date) -> bool:
    [week] = calendar.weeks
    ordinary = WEEKDAYS[day.weekday()] in week.working
    for special in calendar.special_days:
        if special.day == day:
            return special.working if special.working is not None else bool(special.opens) and ordinary
    return ordinary


def walked_seconds(calendar: Calendar, zone: ZoneInfo, start: datetime, stop: datetime) -> int:
    if stop < start:
        return -walked_seconds(calendar, zone, stop, start)
    minutes = ((start + n * MINUTE).replace(tzinfo=UTC) for n in range((stop - start) // MINUTE))
    return 60 * sum(is_open(calendar, minute.astimezone(zone)) for minute in minutes)


def counted_days(calendar: Calendar, zone: ZoneInfo, start: datetime, stop: datetime) -> int:
    if stop < start:
        return -counted_days(calendar, zone, stop, start)
    first, last = (instant.replace(tzinfo=UTC).astimezone(zone).date() for instant in (start, stop))
    return sum(is_working(calendar, first + n * DAY) for n in range(1, (last - first).days + 1))


def tables(calendar: Calendar, zone: str, day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    place, span = site(time_zone=zone), (day - 7 * DAY, day + 7 * DAY)
    return opening_hours({"office": calendar}, place, *span), working_days({"office": calendar}, place, *span)


@SETTINGS
@given(st.data(), zones)
def test_every_clock_agrees_with_a_walk_by_the_minute_and_with_sql(data: st.DataObject, zone: str) -> None:
    day = CHANGES[zone]
    calendar = data.draw(calendars(day))
    ends = data.draw(st.lists(st.tuples(instants(day), instants(day)), min_size=1, max_size=4))
    hours, days = tables(calendar, zone, day)
    frame = pl.DataFrame([("A", *pair) for pair in ends], schema=ENDS, orient="row")
    expected = {
        "business": [walked_seconds(calendar, ZoneInfo(zone), *pair) for pair in ends],
        "working_days": [counted_days(calendar, ZoneInfo(zone), *pair) for pair in ends],
        "elapsed": [(stop - start) // timedelta(seconds=1) for start, stop in ends],
    }
    for clock, waits in expected.items():
        assert with_clock(frame, clock, "start", "stop", "wait", hours, days)["wait"].to_list() == waits, clock
        assert by_sql(clock, frame, hours, days) == waits, clock


@SETTINGS
@given(st.data(), zones)
def test_a_wait_is_the_sum_of_its_parts(data: st.DataObject, zone: str) -> None:
    """B(a, c) = B(a, b) + B(b, c) on every clock, whatever the order of a, b and c; and B(a, b) = -B(b, a)."""
    day = CHANGES[zone]
    calendar = data.draw(calendars(day))
    a, b, c = (data.draw(instants(day)) for _ in range(3))
    hours, days = tables(calendar, zone, day)
    frame = pl.DataFrame([("A", a, c), ("A", a, b), ("A", b, c), ("A", c, a)], schema=ENDS, orient="row")
    for clock in ("elapsed", "business", "working_days", "calendar_days"):
        whole, first, second, back = with_clock(frame, clock, "start", "stop", "wait", hours, days)["wait"]
        assert whole == first + second == -back, clock


@SETTINGS
@given(st.data(), zones)
def test_business_time_is_never_more_than_elapsed_time(data: st.DataObject, zone: str) -> None:
    day = CHANGES[zone]
    hours, days = tables(data.draw(calendars(day)), zone, day)
    start = data.draw(instants(day)) + timedelta(microseconds=data.draw(st.integers(0, 10**9)))
    stop = start + timedelta(microseconds=data.draw(st.integers(0, 10**11)))
    frame = pl.DataFrame([("A", start, stop)], schema=ENDS, orient="row")
    for clock in ("elapsed", "business"):
        frame = with_clock(frame, clock, "start", "stop", clock, hours, days)
    assert 0 <= frame["business"][0] <= frame["elapsed"][0]


@SETTINGS
@given(
    st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2299, 12, 31)), min_size=1, max_size=50),
    st.sampled_from([*CHANGES, "Africa/Monrovia", "Pacific/Apia", "UTC"]),
)
def test_the_local_day_is_the_date_on_the_wall(at: list[datetime], zone: str) -> None:
    frame = pl.DataFrame({"site_id": ["A"] * len(at), "at": at}, schema_overrides={"at": pl.Datetime("us")})
    expected = [instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() for instant in at]
    assert with_local_day(frame, "at", "day", site(time_zone=zone), "Asia/Tokyo")["day"].to_list() == expected
    assert with_local_day(frame, "at", "day", site("elsewhere"), zone)["day"].to_list() == expected
