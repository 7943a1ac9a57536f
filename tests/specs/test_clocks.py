"""Clocks, drawn: what a wait is on each clock. Every case runs through Polars and through the SQL form."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from metrics.clocks import Calendar
from tests.clocks.places import EVERY_DAY, OFFICE, calendar, site, waits

MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds


def utc(zone: str, words: str) -> datetime | None:
    """'2026-10-25 01:20+' in the zone as a UTC instant; a + means the second time the clocks show it."""
    if not words:
        return None
    local = datetime.fromisoformat(words.rstrip("+")).replace(tzinfo=ZoneInfo(zone), fold=int(words.endswith("+")))
    return local.astimezone(UTC).replace(tzinfo=None)


# Golden vector 9: the clocks change while somebody waits.
ELAPSED = """
    Europe/London    | 2026-03-29 00:30 | 2026-03-29 05:10  | 220
    Europe/London    | 2026-10-25 00:30 | 2026-10-25 04:20  | 290
    America/New_York | 2026-03-08 01:30 | 2026-03-08 05:20  | 170
    America/New_York | 2026-11-01 00:30 | 2026-11-01 04:15  | 285
    Europe/London    | 2026-10-25 01:20 | 2026-10-25 01:20+ | 60
    Europe/London    | 2026-03-02 23:50 | 2026-03-03 00:10  | 20
    Europe/London    | 2026-03-02 09:00 | 2026-03-02 09:00  | 0
    Europe/London    | 2026-03-02 09:10 | 2026-03-02 09:00  | -10
"""

# Golden vector 10, and the rest of what goes wrong with opening hours: 9 to 5, Monday to Friday.
BUSINESS = """
    GB-ENG | Fri to Mon: 8 h of opening           | 2026-03-06 16:00 | 2026-03-09 16:00 | 480
    GB-ENG | Fri to Mon: 2 h of opening           | 2026-03-06 16:00 | 2026-03-09 10:00 | 120
    none   | over Christmas, no holiday           | 2026-12-24 15:30 | 2026-12-28 09:30 | 600
    IE     | Christmas is a holiday               | 2026-12-24 15:30 | 2026-12-28 09:30 | 120
    GB-ENG | Boxing Day has a substitute, Mon 28  | 2026-12-24 15:30 | 2026-12-28 09:30 | 90
    GB-ENG | so the same wait ends on Tue 29      | 2026-12-24 15:30 | 2026-12-29 09:30 | 120
    GB-SCT | Scotland: Easter Monday is open      | 2026-04-06 09:00 | 2026-04-06 17:00 | 480
    GB-ENG | England: it is not                   | 2026-04-06 09:00 | 2026-04-06 17:00 | 0
    IE     | Ireland: Saint Brigid's Day          | 2026-02-02 09:00 | 2026-02-03 09:01 | 1
    US     | Independence Day falls on a Saturday | 2026-07-03 09:00 | 2026-07-06 09:01 | 1
    none   | in at night: the clock starts at 9   | 2026-03-03 03:00 | 2026-03-03 09:10 | 10
    none   | in on Saturday, out on Sunday        | 2026-03-07 10:00 | 2026-03-08 22:00 | 0
    none   | out after closing                    | 2026-03-03 16:50 | 2026-03-03 23:59 | 10
    none   | in at closing time                   | 2026-03-03 17:00 | 2026-03-04 09:00 | 0
    none   | over midnight                        | 2026-03-03 16:59 | 2026-03-04 09:01 | 2
    none   | back in time                         | 2026-03-03 16:00 | 2026-03-03 15:00 | -60
    none   | back in time while shut              | 2026-03-03 20:00 | 2026-03-03 19:00 | 0
    none   | the clocks change on a shut Sunday   | 2026-03-27 16:59 | 2026-03-30 09:01 | 2
    none   | still waiting                        | 2026-03-03 16:00 |                  |
    none   | never began                          |                  | 2026-03-03 16:00 |
"""

WORKING_DAYS = """
    GB-ENG | the same day                        | 2026-03-03 08:00 | 2026-03-03 23:59 | 0
    GB-ENG | the next day, minutes later         | 2026-03-02 23:59 | 2026-03-03 00:00 | 1
    GB-ENG | three working days over a weekend   | 2026-03-05 12:00 | 2026-03-10 09:00 | 3
    GB-ENG | in on Saturday, answered on Monday  | 2026-03-07 12:00 | 2026-03-09 09:00 | 1
    GB-ENG | Good Friday to Easter Monday        | 2026-04-02 12:00 | 2026-04-07 12:00 | 1
    GB-ENG | Christmas with a substitute         | 2026-12-24 12:00 | 2026-12-29 12:00 | 1
    IE     | Christmas without one               | 2026-12-24 12:00 | 2026-12-29 12:00 | 2
    none   | Christmas, never shut               | 2026-12-24 12:00 | 2026-12-29 12:00 | 3
    GB-ENG | back in time                        | 2026-03-10 09:00 | 2026-03-05 12:00 | -3
    GB-ENG | still waiting                       | 2026-03-10 09:00 |                  |
"""

CALENDAR_DAYS = """
    Europe/London    | 2026-03-03 23:59 | 2026-03-04 00:00 | 1
    Europe/London    | 2026-03-28 23:30 | 2026-03-30 00:30 | 2
    America/New_York | 2026-03-31 19:30 | 2026-03-31 20:30 | 0
    Europe/London    | 2026-03-02 12:00 | 2026-07-06 12:00 | 126
    America/New_York | 2026-11-01 00:10 | 2026-11-01 23:50 | 0
    Europe/London    | 2026-03-04 00:00 | 2026-03-03 23:59 | -1
"""


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def number(text: str) -> int | None:
    return int(text) if text else None


@pytest.mark.parametrize(("zone", "start", "stop", "minutes"), rows(ELAPSED))
def test_elapsed_time_is_true_time(zone: str, start: str, stop: str, minutes: str) -> None:
    ends = [("A", utc(zone, start), utc(zone, stop))]
    assert waits("elapsed", ends, site(time_zone=zone), {"office": calendar()}) == [int(minutes) * MINUTE]


@pytest.mark.parametrize(("minutes", "within"), [(240, True), (241, False)])
def test_exactly_four_hours_is_within_four_hours(minutes: int, within: bool) -> None:
    """Golden vector 13; to the second, 4:00:00 passes and 4:00:01 does not."""
    start, stop = utc("Europe/London", "2026-03-29 00:30"), utc("Europe/London", "2026-03-29 05:30")
    assert start is not None and stop is not None
    [whole] = waits("elapsed", [("A", start, stop)], site(), {"office": calendar()})
    assert whole == 4 * HOUR
    [wait] = waits("elapsed", [("A", start, stop.replace(minute=30 + minutes - 240))], site(), {"office": calendar()})
    assert wait is not None and (wait <= 4 * HOUR) is within


@pytest.mark.parametrize(("start", "stop", "seconds"), [
    ("09:00:00.900000", "09:00:01.100000", 0), ("09:00:00.000000", "09:00:00.999999", 0), ("09:00:00", "09:00:01", 1),
    ("09:00:00.5", "09:00:00", -1),
])  # fmt: skip
def test_seconds_are_rounded_down_on_both_clocks_of_seconds(start: str, stop: str, seconds: int) -> None:
    ends = [("A", datetime.fromisoformat(f"2026-03-03 {start}"), datetime.fromisoformat(f"2026-03-03 {stop}"))]
    assert waits("elapsed", ends, site(), {"office": calendar()}) == [seconds]
    assert waits("business", ends, site(), {"office": calendar()}) == [seconds]


@pytest.mark.parametrize(("country", "case", "start", "stop", "minutes"), rows(BUSINESS))
def test_business_hours(country: str, case: str, start: str, stop: str, minutes: str) -> None:
    zone = "America/New_York" if country == "US" else "Europe/London"
    ends = [("A", utc(zone, start), utc(zone, stop))]
    expected = None if number(minutes) is None else int(minutes) * MINUTE
    assert waits("business", ends, site(time_zone=zone, country=country), {"office": calendar()}) == [expected], case


@pytest.mark.parametrize(("country", "case", "start", "stop", "days"), rows(WORKING_DAYS))
def test_working_days_count_the_days_after_the_start(country: str, case: str, start: str, stop: str, days: str) -> None:
    ends = [("A", utc("Europe/London", start), utc("Europe/London", stop))]
    assert waits("working_days", ends, site(country=country), {"office": calendar()}) == [number(days)], case


@pytest.mark.parametrize(("zone", "start", "stop", "days"), rows(CALENDAR_DAYS))
def test_calendar_days_turn_at_local_midnight(zone: str, start: str, stop: str, days: str) -> None:
    ends = [("A", utc(zone, start), utc(zone, stop))]
    assert waits("calendar_days", ends, site(time_zone=zone), {"office": calendar()}) == [int(days)]


def test_a_break_stops_the_clock() -> None:
    halves = {"office": calendar({"tuesday": ["09:00-12:30", "13:30-17:00"]})}
    cases = {("09:00", "17:00"): 420, ("12:00", "13:00"): 30, ("12:45", "13:15"): 0, ("13:00", "13:31"): 1, ("12:29", "13:31"): 2}
    ends = [("A", utc("UTC", f"2026-03-03 {start}"), utc("UTC", f"2026-03-03 {stop}")) for start, stop in cases]
    assert waits("business", ends, site(), halves) == [minutes * MINUTE for minutes in cases.values()]


def test_hours_change_on_their_effective_date() -> None:
    old = {"valid_to": date(2026, 3, 31), "tuesday": OFFICE, "wednesday": OFFICE}
    new = {"valid_from": date(2026, 4, 1), "tuesday": ["08:00-20:00"], "wednesday": ["08:00-20:00"], "working": ["tuesday"]}
    changed = {"office": Calendar.model_validate({"weeks": [old, new]})}
    ends = [("A", utc("UTC", "2026-03-31 00:00"), utc("UTC", "2026-03-31 22:00")),  # Tuesday, the last of the old
            ("A", utc("UTC", "2026-04-01 00:00"), utc("UTC", "2026-04-01 22:00")),  # Wednesday, the first of the new
            ("A", utc("UTC", "2026-03-31 15:00"), utc("UTC", "2026-04-01 08:00"))]  # fmt: skip
    assert waits("business", ends, site(), changed) == [8 * HOUR, 12 * HOUR, 2 * HOUR]  # 15:00 UTC is 16:00 in London
    assert waits("working_days", [("A", utc("UTC", "2026-03-24 12:00"), utc("UTC", "2026-04-08 12:00"))], site(), changed) == [
        3 + 2 + 1  # Wed to Fri 27 March; Mon 30, Tue 31; then Tuesdays only
    ]


def test_a_special_day_outranks_a_holiday_and_a_holiday_outranks_the_week() -> None:
    keys = {"special_days": [{"day": date(2026, 12, 25), "opens": ["10:00-12:00"]}, {"day": date(2026, 12, 23)}]}
    ends = [("A", utc("UTC", f"2026-12-{day} 00:00"), utc("UTC", f"2026-12-{day} 23:00")) for day in (22, 23, 24, 25, 28)]
    office = {"office": calendar(**keys)}
    assert waits("business", ends, site(country="GB-ENG"), office) == [8 * HOUR, 0, 8 * HOUR, 2 * HOUR, 0]
    assert waits("working_days", [("A", ends[0][1], ends[4][2])], site(country="GB-ENG"), office) == [2]  # 24 and 25


def test_several_zones_countries_and_calendars_in_one_frame() -> None:
    sites = pl.concat([
        site("LON", "Europe/London", "GB-ENG"), site("DUB", "Europe/Dublin", "IE"), site("NYC", "America/New_York", "US"),
        site("TYO", "Asia/Tokyo", None), site("ED", "Europe/London", "GB-ENG", "always"),
    ])  # fmt: skip
    always = calendar({key: ["00:00-24:00"] for key in EVERY_DAY}, open_on_holidays=True)
    start, stop = datetime(2026, 12, 24, 15, 30), datetime(2026, 12, 29, 15, 30)  # UTC
    ends = [(name, start, stop) for name in ("LON", "NYC", "TYO", "ED", "DUB", "LON", "nowhere")]
    calendars = {"office": calendar(), "always": always}
    # London: Thu 1.5 h, Tue 6.5 h; Dublin has Mon 8 h too. New York: Thu 6.5 h, Mon 8 h, Tue 1.5 h.
    # Tokyo, from 00:30 on Friday to 00:30 on Wednesday: Fri, Mon, Tue 8 h.
    assert waits("business", ends, sites, calendars) == [8 * HOUR, 16 * HOUR, 24 * HOUR, 5 * DAY, 16 * HOUR, 8 * HOUR, None]
    assert waits("working_days", ends, sites, calendars) == [1, 2, 3, 1, 2, 1, None]
    assert waits("calendar_days", ends, sites, calendars) == [5, 5, 5, 5, 5, 5, None]


def test_a_place_that_never_shuts_counts_true_time_over_a_change_of_the_clocks() -> None:
    always = calendar({key: ["00:00-24:00"] for key in EVERY_DAY})
    ends = [("A", utc("Europe/London", "2026-03-29 00:30"), utc("Europe/London", "2026-03-29 05:10")),
            ("A", utc("Europe/London", "2026-10-25 00:30"), utc("Europe/London", "2026-10-25 04:20")),
            ("A", datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 1))]  # fmt: skip
    assert waits("business", ends, site(), {"office": always}) == [220 * MINUTE, 290 * MINUTE, MINUTE]


def test_night_hours_run_into_the_next_day() -> None:
    nights = {"office": calendar({"friday": ["18:00-02:00"], "saturday": ["01:00-03:00"]})}
    ends = [("A", utc("UTC", "2026-03-06 12:00"), utc("UTC", "2026-03-08 12:00")),  # 18:00 to 03:00, no minute twice
            ("A", utc("UTC", "2026-03-07 01:30"), utc("UTC", "2026-03-07 02:30"))]  # fmt: skip
    assert waits("business", ends, site(), nights) == [9 * HOUR, HOUR]


def test_an_instant_outside_the_calendar_has_no_reading() -> None:
    inside, before, after = datetime(2026, 6, 1, 12), datetime(2025, 12, 31, 23, 59, 59), datetime(2027, 1, 1)
    ends = [("A", before, inside), ("A", inside, after), ("A", datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59, 59))]
    office = {"office": calendar()}
    assert waits("business", ends, site(), office) == [None, None, 261 * 8 * HOUR]
    assert waits("working_days", ends, site(), office) == [None, None, 260]
    assert waits("calendar_days", ends, site(), office) == [None, None, 364]
