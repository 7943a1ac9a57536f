"""Local times as instants, exact where the clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from metrics.ingest.instants import skipped_rules, with_instants

SITES = pl.DataFrame({"site_id": ["CEN", "HAR"], "time_zone": ["Europe/London", "America/New_York"]})


def instant(local: datetime | None, zone: str = "site", site: str | None = "CEN") -> datetime | None:
    frame = pl.DataFrame({"site_id": [site], "at": [local]}, schema={"site_id": pl.String, "at": pl.Datetime("us")})
    return with_instants(frame, ["at"], zone, SITES, "Europe/Dublin")["at"][0]


@pytest.mark.parametrize(
    ("local", "zone", "site", "utc"),
    [
        # local time                        zone                site    UTC
        (datetime(2024, 1, 15, 9, 0), "Europe/London", "HAR", datetime(2024, 1, 15, 9, 0)),
        (datetime(2024, 7, 15, 9, 0), "Europe/London", "HAR", datetime(2024, 7, 15, 8, 0)),
        (datetime(2024, 7, 15, 9, 0), "site", "CEN", datetime(2024, 7, 15, 8, 0)),
        (datetime(2024, 7, 15, 9, 0), "site", "HAR", datetime(2024, 7, 15, 13, 0)),
        (datetime(2024, 7, 15, 9, 0), "site", "NEW", datetime(2024, 7, 15, 8, 0)),  # not listed: the default zone
        (datetime(2024, 7, 15, 9, 0), "site", None, datetime(2024, 7, 15, 8, 0)),
        (datetime(2024, 7, 15, 9, 0), "UTC", "CEN", datetime(2024, 7, 15, 9, 0)),
        (None, "site", "CEN", None),
        # the clocks go back on 27 October at 02:00 summer time: 01:00 to 02:00 comes twice, the first one is meant
        (datetime(2024, 10, 27, 0, 59, 59), "site", "CEN", datetime(2024, 10, 26, 23, 59, 59)),
        (datetime(2024, 10, 27, 1, 0), "site", "CEN", datetime(2024, 10, 27, 0, 0)),
        (datetime(2024, 10, 27, 1, 59, 59), "site", "CEN", datetime(2024, 10, 27, 0, 59, 59)),
        (datetime(2024, 10, 27, 2, 0), "site", "CEN", datetime(2024, 10, 27, 2, 0)),
        # they go forward on 31 March at 01:00: 01:30 is on no clock and is read by winter time
        (datetime(2024, 3, 31, 0, 59, 59), "site", "CEN", datetime(2024, 3, 31, 0, 59, 59)),
        (datetime(2024, 3, 31, 1, 30), "site", "CEN", datetime(2024, 3, 31, 1, 30)),
        (datetime(2024, 3, 31, 2, 0), "site", "CEN", datetime(2024, 3, 31, 1, 0)),
        # dates of de-identified records, and placeholders, which a rule rejects later
        (datetime(2150, 7, 1, 12), "America/New_York", "CEN", datetime(2150, 7, 1, 16)),
        (datetime(1900, 1, 1), "America/New_York", "CEN", datetime(1900, 1, 1)),
    ],
)
def test_a_local_time_is_read_on_the_right_clock(local, zone, site, utc):
    assert instant(local, zone, site) == utc


def test_a_time_with_its_own_offset_is_left_alone():
    at = datetime(2024, 7, 15, 9)
    frame = pl.DataFrame({"site_id": ["CEN", "CEN"], "at": [at, at], "_zoned_at": [True, False]})
    assert with_instants(frame, ["at"], "site", SITES, "UTC")["at"].to_list() == [at, datetime(2024, 7, 15, 8)]


@pytest.mark.parametrize(
    ("local", "site", "warned"),
    [
        # in London the clocks go from 01:00 to 02:00 on 31 March, in New York from 02:00 to 03:00 on 10 March
        (datetime(2024, 3, 31, 0, 59, 59), "CEN", False),
        (datetime(2024, 3, 31, 1, 0), "CEN", True),
        (datetime(2024, 3, 31, 1, 59, 59), "CEN", True),
        (datetime(2024, 3, 31, 2, 0), "CEN", False),
        (datetime(2024, 3, 31, 1, 30), "HAR", False),
        (datetime(2024, 3, 10, 2, 30), "HAR", True),
        (datetime(2024, 3, 10, 2, 30), "CEN", False),
        (datetime(2024, 10, 27, 1, 30), "CEN", False),  # twice on the clock, not never
        (datetime(1900, 1, 1), "CEN", False),
        (None, "CEN", False),
    ],
)
def test_a_time_that_no_clock_showed_is_marked(local, site, warned):
    beside = (datetime(2024, 2, 1), datetime(2024, 11, 1))  # the frame's times lie on both sides of the change
    frame = pl.DataFrame({"site_id": [site] * 3, "at": [beside[0], local, beside[1]]}, schema_overrides={"at": pl.Datetime("us")})
    for given in (frame, frame[1:2]):
        marked = with_instants(given, ["at"], "site", SITES, "UTC")
        rules = [(rule.name, rule.broken, rule.column, rule.severity) for rule in skipped_rules(marked.columns)]
        assert rules == ([("at_on_a_clock", "_skipped_at", "at", "warn")] if warned else [])
        assert not warned or marked.filter("_skipped_at").height == 1


ZONES = (
    "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Monrovia", "Asia/Kathmandu", "Pacific/Apia",
    "Africa/Casablanca", "America/Sao_Paulo",
)  # fmt: skip


@pytest.mark.parametrize(("first", "last"), [(1968, 1973), (2010, 2013), (2049, 2052), (2100, 2102)])
def test_every_quarter_of_an_hour_is_read_as_the_zones_own_rules_say(first, last):
    local = pl.datetime_range(datetime(first, 1, 1), datetime(last, 1, 1), "15m", time_unit="us", eager=True)
    sites = pl.DataFrame({"site_id": [str(place) for place in range(len(ZONES))], "time_zone": list(ZONES)})
    frame = sites.select("site_id").join(pl.DataFrame({"at": local}), how="cross").sample(30_000, seed=first)
    found = with_instants(frame, ["at"], "site", sites, "UTC").join(sites, on="site_id")
    for at, utc, zone in found.with_columns(local=frame["at"]).select("local", "at", "time_zone").iter_rows():
        if at.year >= 1970:
            assert utc == at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None), (at, zone)


def test_a_time_with_its_own_offset_was_on_its_clock():
    at = datetime(2024, 3, 31, 1, 30)
    frame = pl.DataFrame({"site_id": ["CEN", "CEN"], "at": [at, at], "_zoned_at": [True, False]})
    assert with_instants(frame, ["at"], "site", SITES, "UTC")["_skipped_at"].to_list() == [False, True]
    assert "_skipped_at" not in with_instants(frame[:1], ["at"], "site", SITES, "UTC").columns
