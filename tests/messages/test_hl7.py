"""HL7 v2 messages, drawn: what each says, and the row that they make."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from metrics.messages import Change, Parsed, folded
from metrics.messages.hl7 import Reading, parsed
from metrics.messages.segments import instant

READING = Reading(lambda text: f"key of {text}", "Europe/London", {"Main": "north"})
FIXTURES = Path(__file__).parents[1] / "fixtures" / "hl7v2"


def message(event: str, time: str, *segments: str, control: str = "1", version: str = "2.5") -> bytes:
    kind = "SIU" if event.startswith("S") else "ADT"
    head = f"MSH|^~\\&|PAS|Main|TIMELY|X|{time}||{kind}^{event}|{control}|P|{version}"
    return "\r".join([head, "PID|1||77^^^H^MR||Doe^Jane", *segments]).encode()


def visit(event: str, time: str, visit_class: str = "E", disposition: str = "", **more: str) -> Parsed:
    pv1 = ["PV1", "1", visit_class, "ED^^^Main", *[""] * 6, "EMERGENCY", *[""] * 8, "v1", *[""] * 16, disposition]
    return parsed(message(event, time, f"EVN|{event}|{time}||||{more.get('occurred', '')}", "|".join(pv1)), READING)


def booking(event: str, time: str, start: str = "202611241400", status: str = "") -> Parsed:
    sch = ["SCH", "p1", "a1", *[""] * 5, "NEW", "30", "MIN", f"^^^{start}", *[""] * 13, status]
    return parsed(message(event, time, "|".join(sch), "AIP|1||D7^Who"), READING)


VISITS = """
    messages                               | arrived | roomed | departed | how it ended
    A04 1000                               | 10:00   |        |          |
    A04 1000, A02 1010                     | 10:00   | 10:10  |          |
    A02 1010, A04 1000                     | 10:00   | 10:10  |          |
    A04 1000, A01 1020                     | 10:00   |        |          |
    A04 1000, A08 1030                     | 10:00   |        |          |
    A04 1000, A02 1010, A12 1011           | 10:00   |        |          |
    A04 1000, A10 1015                     | 10:00   | 10:15  |          |
    A04 1000, A03 1130                     | 10:00   |        | 11:30    |
    A04 1000, A03 1130 07                  | 10:00   |        | 11:30    | left_against_advice
    A04 1000, A03 1130, A13 1131           | 10:00   |        |          |
    A04 1000, A13 1131, A03 1130           | 10:00   |        |          |
    A04 1000, A03 1130, A13 1131, A03 1200 | 10:00   |        | 12:00    |
    A04 1000, A06 1145 - I                 | 10:00   |        | 11:45    | admitted
    A04 1000, A11 1005                     | 10:00   |        |          | it never was
    A04 1000, A11 1005, A04 1020           | 10:20   |        |          |
    A04 1000, A01 1145 - I                 | 10:00   |        | 11:45    | admitted
    A04 1000, A01 1145 - I, A11 1150 - I   | 10:00   |        |          |
    A04 1000, A06 1145 - I, A07 1150       | 10:00   |        |          |
    A04 1000, A02 1010, A01 1145 - I, A02 1200 - I, A12 1205 - I | 10:00 | 10:10 | 11:45 | admitted
    A04 1000, A01 1145 - I, A03 1800 - I, A13 1805 - I | 10:00 | | 11:45 | admitted
    A04 1000, A05 0900, A07 1001, A09 1002 | 10:00   |        |          |
"""


def drawn(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()[1:]]


@pytest.mark.parametrize("case", drawn(VISITS), ids=lambda case: case[0])
def test_messages_of_a_visit_make_its_row(case: list[str]) -> None:
    changes: list[Change] = []
    for one in case[0].split(", "):
        event, time, *rest = one.split()
        code = rest[0].strip("-") if rest else ""
        changes += visit(event, f"20261124{time}", rest[1] if rest[1:] else "E", code).changes
    row = folded("visits", changes).row(0, named=True)
    shown = [f"{row[name]:%H:%M}" if row[name] else "" for name in ("arrived_at", "roomed_at", "departed_at")]
    ended = "it never was" if row["entered_in_error"] else row["disposition"] or ""
    assert [*shown, ended] == case[1:]
    assert (row["site_id"], row["patient_key"], row["service_id"]) == ("north", "key of 77", "EMERGENCY")


BOOKINGS = """
    messages                                | status           | booked | start | arrived | seen  | ended | cancelled
    S12 0900                                | booked           | 09:00  | 14:00 |         |       |       |
    S12 0900, S13 0930 1500                 | booked           | 09:00  | 15:00 |         |       |       |
    S13 0930 1500, S12 0900                 | booked           | 09:00  | 15:00 |         |       |       |
    S12 0900, S15 1000                      | cancelled        | 09:00  | 14:00 |         |       |       | 10:00
    S12 0900, S16 1000                      | cancelled        | 09:00  | 14:00 |         |       |       | 10:00
    S12 0900, S15 1000, S13 1010 1600       | booked           | 09:00  | 16:00 |         |       |       |
    S12 0900, S17 1000                      | entered-in-error | 09:00  | 14:00 |         |       |       |
    S12 0900, S26 1430                      | noshow           | 09:00  | 14:00 |         |       |       |
    S14 1355 1400 Arrived, S14 1405 1400 Started, S14 1430 1400 Complete, S12 0900|fulfilled|09:00|14:00|13:55|14:05|14:30 |
    S12 0900, S18 0910, S23 0915, S24 0920  | booked           | 09:00  | 14:00 |         |       |       |
"""


@pytest.mark.parametrize("case", drawn(BOOKINGS), ids=lambda case: case[0])
def test_messages_of_an_appointment_make_its_row(case: list[str]) -> None:
    changes: list[Change] = []
    for one in case[0].split(", "):
        event, time, *rest = one.split()
        start, status = (rest[0] if rest else "1400"), (rest[1] if rest[1:] else "")
        changes += booking(event, f"20261124{time}", f"20261124{start}", status).changes
    row = folded("appointments", changes).row(0, named=True)
    names = ("booked_at", "scheduled_start", "arrived_at", "seen_at", "ended_at", "cancelled_at")
    assert [row["status"], *(f"{row[name]:%H:%M}" if row[name] else "" for name in names)] == case[1:]
    assert (row["appointment_id"], row["scheduled_minutes"], row["provider_id"]) == ("a1", 30, "D7")


def test_what_occurred_comes_before_what_was_recorded() -> None:
    assert visit("A04", "202611241100", occurred="202611241015").changes[0].event_at == datetime(2026, 11, 24, 10, 15)


def test_a_time_without_an_offset_is_of_its_site_and_a_place_that_is_not_listed_is_refused_where_it_must_be() -> None:
    there = Reading(str, "Europe/London", {"Main": "north"}, {"north": "America/New_York"}, listed_only=True)
    arrived = message("A04", "202611241000", "PV1|1|E|ED^^^Main||||||||||||||||v1")
    assert parsed(arrived, there).changes[0].event_at == datetime(2026, 11, 24, 15)
    elsewhere = parsed(arrived.replace(b"Main", b"Elsewhere"), there)
    assert "Elsewhere" in elsewhere.problems[0] and not elsewhere.changes and not elsewhere.refused
    kept = parsed(arrived.replace(b"Main", b"Elsewhere"), replace(there, site="north"))
    assert kept.changes[0].values["site_id"] == "north", "the feed's own site"
    assert parsed(arrived.replace(b"202611241000", b"202611241000+0215"), there).changes[0].event_at == datetime(
        2026, 11, 24, 7, 45
    )


@pytest.mark.parametrize("version", ["2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8^USA"])
def test_every_version_is_read(version: str) -> None:
    assert not parsed(message("A08", "202611241000", "PV1|1|E", version=version), READING).problems


def test_a_merge_names_both_keys_and_no_identifier_is_left() -> None:
    told = parsed(message("A40", "202611241100", "MRG|55^^^H^MR", "MRG|56^^^H^MR"), READING)
    assert [(one.old, one.new) for one in told.merges] == [("key of 55", "key of 77"), ("key of 56", "key of 77")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("202607010930", datetime(2026, 7, 1, 8, 30)),
        ("20260701093015.25+0215", datetime(2026, 7, 1, 7, 15, 15)),
        ("20260101093000-0500", datetime(2026, 1, 1, 14, 30)),
        ("20260701", None), ("99999999999999", None), ("soon", None), (None, None),
    ],
)  # fmt: skip
def test_a_time_is_an_instant(text: str | None, expected: datetime | None) -> None:
    assert instant(text, "Europe/London") == expected


@pytest.mark.parametrize(
    ("raw", "word", "refused"),
    [
        (b"hello", "no HL7", True),
        (b"", "no HL7", True),
        (b"MSH|^~\\&|A|B|C|D|202611241000||ORU^R01|1|P|2.5", "ADT and SIU", True),
        (b"MSH|^~\\&|A|B|C|D|202611241000||ADT^A04||P|2.5", "MSH-10", True),
        (b"MSH|^~\\&|A|B|C|D|202611241000||ADT^A04|1|P|3.0", "MSH-12", True),
        (b"MSH|^~\\&|A|B|C|D|20261124||ADT^A04|1|P|2.5", "MSH-7", False),
        (b"MSH|^~\\&|A|B|C|D|202611241000||ADT^A04|1|P|2.5\rPV1|1|E", "PV1-19", False),
        (b"MSH|^~\\&|A|B|C|D|202611241000||SIU^S12|1|P|2.5\rSCH|1|2", "TQ1-7", False),
    ],
)
def test_a_bad_message_says_why(raw: bytes, word: str, refused: bool) -> None:
    told = parsed(raw, READING)
    assert word in " ".join(told.problems) and told.refused == refused and not told.changes


def of_folder(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("*.hl7"))]


def read_or_refused(messages: list[bytes]) -> list[Parsed]:
    """What each says, every one read or with a reason, and none with the patient's name."""
    told = [parsed(raw, READING) for raw in messages]
    assert all(one.control_id or one.problems for one in told)
    assert not any(one.changes and one.problems for one in told)
    assert not any("EVERYMAN" in str(one).upper() for one in told)
    return told


def test_every_message_of_the_fixtures_is_read_or_has_a_reason() -> None:
    told = read_or_refused(of_folder(FIXTURES))
    assert len(told) == 8 and sum(bool(one.changes) for one in told) >= 3
    assert [len(one.merges) for one in told if one.merges] == [2]


def test_every_real_message_is_read_or_has_a_reason(real: Path) -> None:
    told = read_or_refused(of_folder(real / "hl7v2"))
    assert len(told) == 73 and sum(bool(one.changes) for one in told) >= 14
    text = (real / "simhospital" / "messages.out").read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    simulated = read_or_refused([one for one in text.split(b"\n\n") if one.strip()])
    assert len(simulated) == 1013
    assert sum(one.refused for one in simulated) == 612, "those are the ORU and MDM messages"
    assert sum(len(one.merges) for one in simulated) == 1
