"""HL7 v2: an ADT or SIU message as changes of visits and appointments.

Sources: HL7 v2.5.1 chapters 2 (control), 3 (patient administration), 10 (scheduling); tables 0112 (discharge disposition), 0278
(filler status), 0430 (mode of arrival). Versions 2.1 to 2.8 place these fields alike.
"""

from datetime import datetime

import hl7

from metrics.messages import adt, siu
from metrics.messages.change import Parsed
from metrics.messages.reading import Reading
from metrics.messages.segments import Told, decoded, instant
from metrics.messages.systems import of_system

FORMAT = "hl7v2"
VERSIONS = ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8")


def parsed(raw: bytes, reading: Reading) -> Parsed:
    """What the message says. Never raises: a message that cannot be read is bad, with the reason.

    The event time is EVN-6 (occurred), else EVN-2 (recorded), else MSH-7. A08 repeats a case and is no event; other ADT and SIU
    events that speak of no wait change nothing. Kinds of messages that are neither are refused.
    """
    try:
        message = Told(hl7.parse(decoded(raw)), reading.time_zone)
    except (hl7.HL7Exception, ValueError, IndexError, KeyError):
        return Parsed(
            None, problems=("It is no HL7 v2 message: it does not begin with an MSH segment that can be read.",), refused=True
        )
    return said_by(message, reading)


def said_by(message: Told, reading: Reading) -> Parsed:
    control_id = message.text("MSH", 10)
    kind, event = message.text("MSH", 9), message.text("MSH", 9, 2)
    version = message.text("MSH", 12) or ""
    if control_id is None:
        return Parsed(None, problems=("MSH-10 is empty: without a control id a message cannot be acknowledged.",), refused=True)
    if version[:3] not in VERSIONS:
        return Parsed(control_id, problems=(f"Version {version!r} (MSH-12) is not read; send 2.1 to 2.8.",), refused=True)
    if kind not in ("ADT", "SIU"):
        return Parsed(control_id, problems=(f"Messages of type {kind!r} (MSH-9) are not read; send ADT and SIU.",), refused=True)
    site = site_of(message, reading)
    message.time_zone = reading.zone_at(site)
    at = happened_at(message)
    if at is None:
        return Parsed(control_id, problems=("No time to the minute in EVN-6, EVN-2 or MSH-7.",))
    read = adt.said if kind == "ADT" else siu.said
    changes, merges, problems = read(message, event or "", at, site, reading)
    if any(reading.unlisted(site) for one in changes if "site_id" in one.values):
        problems = (*problems, f"The site {site!r} (PV1-3, AIL-3 or MSH-4) is not listed in sites.csv.")
    return Parsed(
        control_id, of_system(changes, reading.system or "") if not problems else (), problems, merges if not problems else ()
    )


def happened_at(message: Told) -> datetime | None:
    """UTC. A time that is only a date is not one."""
    told = (message.time("EVN", 6), message.time("EVN", 2), message.time("MSH", 7))
    return next((at for at in told if at is not None), None)


def site_of(message: Told, reading: Reading) -> str | None:
    """The facility of PV1-3 or AIL-3, else the sender's (MSH-4), under its site_id."""
    return reading.site_of((message.text("PV1", 3, 4), message.text("AIL", 3, 4), message.text("MSH", 4)))


__all__ = ["FORMAT", "Reading", "instant", "parsed"]
