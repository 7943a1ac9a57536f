"""FHIR dates and times as instants."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
TIME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(\.\d+)?(Z|[+-]\d{2}:?\d{2})?")


def instant(text: object, time_zone: str) -> datetime | None:
    """UTC without a zone; None for a date alone. One without an offset (FHIR allows none) is of `time_zone`.

    Raises ValueError for what is neither.
    """
    if isinstance(text, str) and DATE.fullmatch(text):
        return None
    found = TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError
    return in_utc(datetime.fromisoformat(f"{found[1]}{(found[2] or '')[:7]}{found[3] or ''}"), time_zone)


def day_or_instant(text: object, time_zone: str) -> datetime | None:
    """As `instant`; a whole date is the beginning of its day on the clock of `time_zone`, a month or a year is none."""
    if isinstance(text, str) and DATE.fullmatch(text):
        return in_utc(datetime.fromisoformat(text), time_zone) if len(text) == 10 else None
    return instant(text, time_zone)


def in_utc(at: datetime, time_zone: str) -> datetime:
    """Raises ValueError where the instant has no place in the calendar."""
    try:
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(time_zone))).astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError from None
