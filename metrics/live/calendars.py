"""The calendars and definitions by which the board counts opening hours and working days."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from metrics.clocks import opening_hours, working_days
from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.definitions.metric import Metric
from metrics.home import Home
from metrics.jobs.timetable import Timetable
from metrics.live.lake_rows import OPEN_FOR

SLACK = timedelta(days=2)  # the local day of a place is within a day of UTC's
_made: dict[str, Timetable] = {}


@lru_cache(maxsize=1)
def built_in() -> Mapping[str, Metric]:
    return load_catalog(BUILT_IN)


def timetable(home: Home, today: date) -> Timetable:
    """The calendars of the home over all days of which something may still be open; made once a day, and when they are edited."""
    made_of = f"{home.path} {home.calendars_fingerprint} {home.zones_fingerprint} {today}"
    if made_of not in _made:
        first, last = today - max(OPEN_FOR.values()) - SLACK, today + SLACK
        hours = opening_hours(home.calendars, home.sites, first, last)
        days = working_days(home.calendars, home.sites, first, last)
        _made.clear()  # one home a process is usual; another is made again
        _made[made_of] = Timetable(home.sites, home.settings.default_time_zone, hours, days)
    return _made[made_of]
