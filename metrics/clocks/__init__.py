"""Clocks: local days, opening hours, working days, and the time between two instants by each of them."""

from metrics.clocks.calendar import Calendar, Calendars, SpecialDay, Week
from metrics.clocks.hours import opening_hours, working_days
from metrics.clocks.waits import with_clock
from metrics.clocks.zones import offsets, with_local_day

__all__ = [
    "Calendar", "Calendars", "SpecialDay", "Week", "offsets", "opening_hours", "with_clock", "with_local_day", "working_days",
]  # fmt: skip
