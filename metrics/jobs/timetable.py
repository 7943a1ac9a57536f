"""What the jobs need to know of places and their calendars, worked out at the edge and passed in."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Timetable:
    """Sites with their zones, and the opening hours and working days of every site over the events' span.

    sites: site_id, time_zone, ...; hours: site_id, opens_at, closes_at, seconds_before; days: site_id, day,
    working, days_before. `default_zone` is used at a site that sites.csv does not list.
    """

    sites: pl.DataFrame
    default_zone: str
    hours: pl.DataFrame
    days: pl.DataFrame
