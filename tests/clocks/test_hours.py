"""The tables of opening hours and working days: what stands in them, to the row."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest

from metrics.clocks import offsets, opening_hours, with_local_day, working_days
from metrics.clocks.holidays import holidays_between
from metrics.clocks.zones import LAST_OFFSET_DAY, LOOK, NEAR_OFFSET_DAY, known_until
from tests.clocks.places import EVERY_DAY, calendar, site, waits

SUNDAY = {"sunday": ["00:30-01:30", "02:30-04:00"]}


def opened(calendars: dict[str, object], sites: pl.DataFrame, first: date, last: date) -> list[tuple[str, str, int | None]]:
    hours = opening_hours(calendars, sites, first, last)  # type: ignore[arg-type]
    return [(f"{opens:%d %H:%M}", f"{closes:%d %H:%M}", before) for _, opens, closes, before in hours.rows()]


def test_hours_are_those_the_clock_on_the_wall_shows_when_it_goes_forward() -> None:
    """London, 29 March 2026: 00:59 is followed by 02:00, so 00:30-01:30 is half an hour long."""
    assert opened({"office": calendar(SUNDAY)}, site(), date(2026, 3, 29), date(2026, 3, 29)) == [
        ("29 00:00", "29 00:00", 0),
        ("29 00:30", "29 01:00", 0),
        ("29 01:30", "29 03:00", 1800),
        ("29 23:00", "29 23:00", None),
    ]


def test_hours_are_those_the_clock_on_the_wall_shows_when_it_goes_back() -> None:
    """London, 25 October 2026: 01:00 to 02:00 comes twice, so 00:30-01:30 is open, shut, and open again."""
    assert opened({"office": calendar(SUNDAY)}, site(), date(2026, 10, 25), date(2026, 10, 25)) == [
        ("24 23:00", "24 23:00", 0),
        ("24 23:30", "25 00:30", 0),
        ("25 01:00", "25 01:30", 3600),
        ("25 02:30", "25 04:00", 5400),
        ("26 00:00", "26 00:00", None),
    ]


def test_no_two_rows_of_a_site_begin_at_one_instant() -> None:
    """An ASOF join would be left to chance."""
    always = calendar({key: ["00:00-24:00"] for key in EVERY_DAY})
    hours = opening_hours({"office": always}, site(), date(2026, 1, 1), date(2026, 12, 31))
    assert hours["opens_at"].is_unique().all()
    assert hours["seconds_before"][0] == 0 and hours["closes_at"][0] > hours["opens_at"][0]


def test_night_hours_of_the_day_before_the_first_count_from_the_first_midnight() -> None:
    nights = {"office": calendar({key: ["22:00-02:00"] for key in EVERY_DAY})}
    assert opened(nights, site(), date(2026, 1, 5), date(2026, 1, 5)) == [
        ("05 00:00", "05 02:00", 0),
        ("05 22:00", "06 00:00", 7200),
        ("06 00:00", "06 00:00", None),
    ]


def test_every_site_has_its_own_rows_in_order() -> None:
    sites = pl.concat([site("B"), site("A"), site("C", "America/New_York", "US")])
    for table in (opening_hours, working_days):
        frame = table({"office": calendar()}, sites, date(2026, 1, 1), date(2026, 12, 31))
        assert frame.equals(frame.sort("site_id", frame.columns[1 if table is opening_hours else 2]))
        assert frame["site_id"].unique().sort().to_list() == ["A", "B", "C"]
    assert set(frame.group_by("site_id").len()["len"]) == {365}


def test_working_days_add_up_and_days_follow_each_other_without_a_gap() -> None:
    days = working_days({"office": calendar()}, site(country="GB-ENG"), date(2026, 1, 1), date(2026, 12, 31))
    assert days["working"].sum() == 253  # 261 weekdays less England's eight bank holidays
    assert days["days_before"].to_list() == [0, *days["working"].cum_sum().to_list()[:-1]]
    assert days["ends_at"].to_list()[:-1] == days["starts_at"].to_list()[1:]
    lengths = (days["ends_at"] - days["starts_at"]).dt.total_hours()
    assert sorted(lengths.to_list()) == [23, *[24] * 363, 25]


def test_a_day_that_a_zone_skipped_has_no_row() -> None:
    days = working_days({"office": calendar()}, site(time_zone="Pacific/Apia"), date(2011, 12, 28), date(2012, 1, 1))
    assert days["day"].dt.day().to_list() == [28, 29, 31, 1]
    assert days["ends_at"].to_list()[:-1] == days["starts_at"].to_list()[1:]


def test_no_sites_give_empty_tables_with_their_columns() -> None:
    none = site().clear()
    assert opening_hours({}, none, date(2026, 1, 1), date(2026, 1, 2)).columns == [
        "site_id",
        "opens_at",
        "closes_at",
        "seconds_before",
    ]
    assert working_days({}, none, date(2026, 1, 1), date(2026, 1, 2)).is_empty()
    ends = [("A", datetime(2026, 1, 1, 12), datetime(2026, 1, 1, 13))]
    assert waits("business", ends, none, {}) == [None]
    assert waits("elapsed", ends, none, {}) == [3600]


def test_a_site_without_a_country_keeps_no_holidays() -> None:
    for country, working in ((None, True), ("none", True), ("GB-ENG", False)):
        days = working_days({"office": calendar()}, site(country=country), date(2026, 12, 25), date(2026, 12, 25))
        assert days["working"].to_list() == [working]


@pytest.mark.parametrize(("code", "first", "last", "days"), [
    ("GB-ENG", date(2026, 12, 20), date(2026, 12, 31), [25, 26, 28]),
    ("GB-ENG", date(2026, 12, 27), date(2026, 12, 28), [28]),  # the substitute, though its holiday is outside
    ("US", date(2027, 12, 31), date(2027, 12, 31), [31]),  # New Year's Day 2028 is a Saturday
    ("GB-SCT", date(2026, 1, 1), date(2026, 1, 4), [1, 2]),
    ("IE", date(2026, 3, 1), date(2026, 3, 31), [17]),
])  # fmt: skip
def test_holidays_with_their_substitutes(code: str, first: date, last: date, days: list[int]) -> None:
    assert sorted(day.day for day in holidays_between(code, first, last)) == days


def test_a_holiday_not_observed_is_an_ordinary_day_with_its_substitute() -> None:
    july = (date(2026, 7, 1), date(2026, 7, 31))
    assert len(holidays_between("US", *july)) == 2  # Saturday the 4th, and Friday the 3rd for it
    assert holidays_between("US", *july, without=["independence day"]) == frozenset()


def test_offsets_join_without_gap_and_hold_to_the_second() -> None:
    table = offsets("Europe/London")
    assert all(to == begins for (_, to, _), (begins, _, _) in pairwise(table.rows()))
    assert table.filter(pl.col("holds_from").dt.year() == 2026)["holds_from"].to_list() == [
        datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1),
    ]  # fmt: skip
    assert offsets("Africa/Monrovia")["holds_to"][0] == datetime(1972, 1, 7, 0, 44, 30)
    assert len(offsets("UTC")) == 1


def test_local_days_of_several_zones_and_of_sites_not_listed() -> None:
    sites = pl.concat([site("LON"), site("NYC", "America/New_York"), site("TYO", "Asia/Tokyo")])
    at = datetime(2026, 6, 30, 23, 30)
    frame = pl.DataFrame({"site_id": ["LON", "NYC", "TYO", "LON", "nowhere", None], "at": [at, at, at, None, at, at]})
    frame = frame.with_columns(pl.col("at").cast(pl.Datetime("us")))
    days = with_local_day(frame, "at", "day", sites, "America/New_York")["day"].to_list()
    assert days == [date(2026, 7, 1), date(2026, 6, 30), date(2026, 7, 1), None, date(2026, 6, 30), date(2026, 6, 30)]
    assert with_local_day(frame.lazy(), "at", "day", sites, "America/New_York").collect()["day"].to_list() == days


def test_de_identified_dates_keep_their_summer_time() -> None:
    """04:30 UTC on a July night of 2150 is half past midnight in New York, not half past eleven of the day before."""
    frame = pl.DataFrame({"site_id": ["A"], "at": [datetime(2150, 7, 1, 4, 30)]})
    assert with_local_day(frame, "at", "day", site(time_zone="America/New_York"), "UTC")["day"].to_list() == [date(2150, 7, 1)]


def test_a_short_look_ahead_gives_the_beginning_of_the_long_one() -> None:
    long, near = offsets("Europe/London"), offsets("Europe/London", NEAR_OFFSET_DAY)
    assert near.drop("holds_to").equals(long.drop("holds_to").head(len(near)))
    assert near["holds_to"][-1] == NEAR_OFFSET_DAY < long["holds_from"][len(near)]


def test_the_look_ahead_is_long_where_an_instant_needs_it() -> None:
    """The short look is for instants that end days before it does: a zone may be ahead of UTC or behind it."""
    at = NEAR_OFFSET_DAY - LOOK
    assert known_until(pl.DataFrame({"at": [None, at - timedelta(seconds=1)]}), ["at"]) == NEAR_OFFSET_DAY
    assert known_until(pl.DataFrame({"at": [at, None]}), ["at"]) == LAST_OFFSET_DAY
    assert known_until(pl.DataFrame({"at": [None]}, schema={"at": pl.Datetime("us")}), ["at"]) == NEAR_OFFSET_DAY
