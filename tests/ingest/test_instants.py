"""Local times as instants, exact where the clocks change."""

from datetime import datetime

import polars as pl
import pytest

from metrics.ingest.instants import with_instants

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
