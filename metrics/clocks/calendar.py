"""A calendar as people write it: weekly opening hours with breaks, from when to when, holidays, special days."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from metrics.clocks.holidays import HOLIDAYS_OF_THE_SITE, checked_country

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
DAY_MINUTES = 24 * 60
INTERVAL = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)|([01]\d|2[0-3]):([0-5]\d)-24:00")


def interval_from_words(words: object) -> tuple[int, int]:
    """'09:00-17:30' as minutes after midnight (540, 1050); one that ends at or before it starts ends the next day.

    A pair of minutes is given back as it is. Raises ValueError naming what was given and the form expected.
    """
    if isinstance(words, tuple) and len(words) == 2:
        return words
    match = INTERVAL.fullmatch(words.replace(" ", "")) if isinstance(words, str) else None
    if match is None:
        raise ValueError(f"{words!r} is not an opening interval; write it as in '09:00-17:30'")
    hour, minute, *end = (int(part) for part in match.groups() if part is not None)
    opens, closes = hour * 60 + minute, end[0] * 60 + end[1] if end else DAY_MINUTES
    if opens == closes:
        raise ValueError(f"{words!r} opens and closes at the same minute; a whole day is '00:00-24:00'")
    return opens, closes if closes > opens else closes + DAY_MINUTES


def intervals_in_order(intervals: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """The day's intervals sorted. Raises ValueError when two of them overlap."""
    ordered = tuple(sorted(intervals))
    for (_, closes), (opens, _) in pairwise(ordered):
        if opens < closes:
            raise ValueError(f"an interval that opens at {clock_time(opens)} overlaps one that closes at {clock_time(closes)}")
    return ordered


def clock_time(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}" if minutes != DAY_MINUTES else "24:00"


def day_from_words(value: object) -> tuple[tuple[int, int], ...]:
    """A list of intervals of one day, in order and free of overlap."""
    if not isinstance(value, list | tuple):
        raise ValueError(f"{value!r} is not a list of opening intervals; write it as in ['09:00-12:30', '13:30-17:00']")
    return intervals_in_order(tuple(interval_from_words(words) for words in value))


Day = Annotated[tuple[tuple[int, int], ...], BeforeValidator(day_from_words)]
STRICT = ConfigDict(frozen=True, strict=True, extra="forbid")


class Week(BaseModel):
    """Opening hours by weekday, in force from `valid_from` to `valid_to`, both days included."""

    model_config = STRICT

    valid_from: date | None = Field(default=None, description="First day these hours hold; left out: since ever.")
    valid_to: date | None = Field(default=None, description="Last day these hours hold; left out: until further notice.")
    monday: Day = Field(default=(), description="Opening intervals, as in ['09:00-12:30', '13:30-17:00']; the gap is a break.")
    tuesday: Day = Field(default=(), description="As monday.")
    wednesday: Day = Field(default=(), description="As monday.")
    thursday: Day = Field(default=(), description="As monday.")
    friday: Day = Field(default=(), description="As monday.")
    saturday: Day = Field(default=(), description="As monday.")
    sunday: Day = Field(default=(), description="As monday.")
    working: tuple[Weekday, ...] = Field(
        default=("monday", "tuesday", "wednesday", "thursday", "friday"),
        strict=False,
        description="Weekdays that count as working days, whatever the opening hours.",
    )

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> "Week":
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self

    def opens_on(self, weekday: Weekday) -> tuple[tuple[int, int], ...]:
        intervals: tuple[tuple[int, int], ...] = getattr(self, weekday)
        return intervals


class SpecialDay(BaseModel):
    """One date that differs from its week and from the holidays."""

    model_config = STRICT

    day: date = Field(description="The date.")
    opens: Day = Field(default=(), description="Opening intervals on that day; [] or left out: closed.")
    working: bool | None = Field(
        default=None, description="Whether it is a working day; left out: when it opens and its weekday is one."
    )
    why: str = Field(default="", description="A word for the people who read the calendar.")


class Calendar(BaseModel):
    """A named calendar. A special day outranks a holiday, and a holiday outranks the week."""

    model_config = STRICT

    holidays: str = Field(
        default=HOLIDAYS_OF_THE_SITE,
        description="'site' (the country of each site), an ISO code such as 'IE' or 'GB-ENG', or 'none'.",
    )
    open_on_holidays: bool = Field(
        default=False, description="Opening hours hold on holidays too; a holiday is still no working day."
    )
    not_observed: tuple[str, ...] = Field(
        default=(), strict=False, description="Holidays, by name, that are ordinary days here, as in ['Columbus Day']."
    )
    weeks: tuple[Week, ...] = Field(strict=False, description="Opening hours by weekday, one block for each period they hold.")
    special_days: tuple[SpecialDay, ...] = Field(
        default=(), strict=False, description="Single dates that differ: extra closures, short days, extra openings."
    )

    @model_validator(mode="after")
    def holidays_are_known(self) -> "Calendar":
        if self.holidays != HOLIDAYS_OF_THE_SITE:
            checked_country(self.holidays)
        return self

    @model_validator(mode="after")
    def weeks_follow_each_other(self) -> "Calendar":
        """Two weeks in force on one day, or days between two weeks with none, are mistakes, not closures."""
        if not self.weeks:
            raise ValueError("weeks is empty; write at least one [[...weeks]] block")
        ordered = sorted(self.weeks, key=lambda week: week.valid_from or date.min)
        for week, after in pairwise(ordered):
            last, first = week.valid_to or date.max, after.valid_from or date.min
            if last >= first:
                raise ValueError(
                    f"two weeks are in force on {first}; end the earlier one with valid_to = {first - timedelta(1)}"
                    if after.valid_from
                    else "two weeks are in force since ever; give one of them a valid_from"
                )
            if last + timedelta(1) < first:
                raise ValueError(
                    f"no week is in force from {last + timedelta(1)} to {first - timedelta(1)}; "
                    "write one without hours if it was closed"
                )
        return self

    @model_validator(mode="after")
    def special_days_are_single(self) -> "Calendar":
        days = [special.day for special in self.special_days]
        twice = sorted({day for day in days if days.count(day) > 1})
        if twice:
            raise ValueError(f"special day {twice[0]} is written more than once; join the blocks")
        return self


Calendars = Mapping[str, Calendar]
