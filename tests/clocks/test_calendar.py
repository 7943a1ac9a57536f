"""Calendars: what is refused, and in which words."""

from datetime import date

import pytest
from pydantic import ValidationError

from metrics.clocks import Calendar, opening_hours
from metrics.clocks.calendar import interval_from_words
from metrics.errors import UserError
from tests.clocks.places import OFFICE, calendar, site

APRIL = date(2026, 4, 1)


@pytest.mark.parametrize(("words", "minutes"), [
    ("09:00-17:30", (540, 1050)), ("00:00-24:00", (0, 1440)), ("22:00-06:00", (1320, 1800)), ("09:00 - 17:30", (540, 1050)),
])  # fmt: skip
def test_intervals_are_minutes_after_midnight(words: str, minutes: tuple[int, int]) -> None:
    assert interval_from_words(words) == minutes


@pytest.mark.parametrize("words", ["9-17", "09:00", "24:00-25:00", "09:60-10:00", "", 9, "09:00-09:00"])
def test_other_words_are_refused_by_name(words: object) -> None:
    with pytest.raises(ValueError, match=r"opening interval|same minute") as refused:
        interval_from_words(words)
    assert repr(words) in str(refused.value)


@pytest.mark.parametrize(("keys", "says"), [
    ({"weeks": [{"monday": ["09:00-12:00", "11:00-17:00"]}]}, "opens at 11:00 overlaps one that closes at 12:00"),
    ({"weeks": [{"monday": "09:00-12:00"}]}, "is not a list of opening intervals"),
    ({"weeks": []}, "weeks is empty"),
    ({"weeks": [{}, {"valid_from": APRIL}]},
     "two weeks are in force on 2026-04-01; end the earlier one with valid_to = 2026-03-31"),
    ({"weeks": [{}, {}]}, "two weeks are in force since ever"),
    ({"weeks": [{"valid_to": date(2026, 3, 30)}, {"valid_from": APRIL}]},
     "no week is in force from 2026-03-31 to 2026-03-31"),
    ({"weeks": [{"valid_from": APRIL, "valid_to": date(2026, 3, 1)}]},
     "valid_to 2026-03-01 is before valid_from 2026-04-01"),
    ({"weeks": [{}], "holidays": "Engeland"}, "no holidays are known for 'Engeland'"),
    ({"weeks": [{}], "holidays": "GB-YORKS"}, "no holidays are known for 'GB-YORKS'"),
    ({"weeks": [{}], "special_days": [{"day": date(2026, 5, 1)}, {"day": date(2026, 5, 1), "opens": OFFICE}]},
     "special day 2026-05-01 is written more than once"),
])  # fmt: skip
def test_a_calendar_that_contradicts_itself_is_refused(keys: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Calendar.model_validate(keys)
    assert says in str(refused.value)


def test_a_site_with_a_calendar_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UserError, match=r"site A: there is no calendar 'ofice'\. Did you mean office\?"):
        opening_hours({"office": calendar()}, site(keeps="ofice"), date(2026, 1, 1), date(2026, 1, 2))
