"""Fields of an HL7 v2 message as plain values: null for what is empty."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import hl7

TIME = re.compile(r"(\d{8})(\d{2})(\d{2})(?:(\d{2})(?:\.\d*)?)?([+-]\d{4})?")


def decoded(raw: bytes) -> str:
    """The text with segments ended by carriage returns, whatever ended them; UTF-8, else Latin-1; no byte-order mark."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\r\n", "\r").replace("\n", "\r").strip("\r \t")


def instant(text: str | None, time_zone: str) -> datetime | None:
    """An HL7 time as UTC, without its zone; one without an offset is of `time_zone`, the first of two that the clocks repeat.

    None for what is no time or no more than a date.
    """
    found = TIME.fullmatch((text or "").strip())
    if found is None:
        return None
    try:
        local = datetime.strptime(f"{found[1]}{found[2]}{found[3]}{found[4] or '00'}", "%Y%m%d%H%M%S")
        zone = offset(found[5]) if found[5] else ZoneInfo(time_zone)
        return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def offset(text: str) -> timezone:
    length = timedelta(hours=int(text[1:3]), minutes=int(text[3:]))
    return timezone(-length if text[0] == "-" else length)


class Told:
    """A parsed message asked by segment, field and component, as HL7 counts them, from 1."""

    def __init__(self, message: hl7.Message, time_zone: str) -> None:
        self.message, self.time_zone = message, time_zone

    def has(self, segment: str) -> bool:
        return any(str(one[0]) == segment for one in self.message)

    def text(self, segment: str, field: int, component: int = 1) -> str | None:
        """The first repetition in the first segment of the name; the first part of a component that has parts."""
        if not self.has(segment):
            return None
        try:
            value = self.message.extract_field(segment, 1, field, 1, component, 1)
        except (LookupError, hl7.HL7Exception):
            return None
        return None if value in (None, "", '""') else str(value).strip() or None

    def time(self, segment: str, field: int, component: int = 1) -> datetime | None:
        return instant(self.text(segment, field, component), self.time_zone)

    def all_texts(self, segment: str, field: int) -> list[str]:
        """The first component of the field in every segment of the name."""
        count = sum(str(one[0]) == segment for one in self.message)
        found = [self.message.extract_field(segment, number, field, 1, 1, 1) for number in range(1, count + 1)]
        return [str(value) for value in found if value]
