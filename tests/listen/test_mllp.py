"""A real peer (the sender of python-hl7) speaks to the listener, with TLS and without; what it was told of is in the lake, once."""

import ssl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import hl7
import polars as pl
import pytest
from hl7.client import MLLPClient

from metrics import lake
from metrics.home import Home, create_home
from metrics.journal import Journal, opened
from metrics.listen import Listener, Renewing, drain, reading_of
from metrics.listen.mllp import tls_context
from metrics.messages.hl7 import Reading, parsed

NOW = datetime(2026, 11, 24, 12)
READING = Reading(lambda text: f"key of {text}", "Europe/London", {"Main": "HAR"})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return create_home(tmp_path / "home")


@pytest.fixture
def journal(home: Home) -> Journal:
    return opened(home.path)


@pytest.fixture
def listener(journal: Journal) -> Iterator[Listener]:
    listening = Listener(journal, READING, "127.0.0.1", 0, now=lambda: NOW)
    yield listening
    listening.close()


def message(event: str, time: str, control: str, visit: str = "v1", patient: str = "77", more: str = "") -> bytes:
    pv1 = "|".join(["PV1", "1", "E", "ED^^^Main", *[""] * 15, visit])
    head = f"MSH|^~\\&|PAS|Main|TIMELY|X|{time}||ADT^{event}|{control}|P|2.5"
    return "\r".join([head, f"PID|1||{patient}", pv1, *([more] if more else [])]).encode()


def told(client: MLLPClient, raw: bytes) -> tuple[str, str]:
    """The code and the control id of the acknowledgement."""
    ack = hl7.parse(client.send_message(raw).strip(b"\x0b\x1c\r").decode())
    return str(ack.segment("MSA")[1]), str(ack.segment("MSA")[2])


def visits(home: Home) -> list[tuple[object, ...]]:
    names = ("visit_id", "patient_key", "arrived_at", "departed_at")
    return lake.scan(home.lake, "visits").select(names).sort("visit_id").collect().rows()


def test_what_was_acknowledged_is_in_the_lake_once(home: Home, journal: Journal, listener: Listener) -> None:
    with MLLPClient("127.0.0.1", listener.port) as client:
        assert told(client, message("A03", "202611241130", "2")) == ("AA", "2")
        assert told(client, message("A04", "202611241000", "1")) == ("AA", "1")
        assert told(client, message("A04", "202611241000", "1")) == ("AA", "1")
    assert drain(home, journal, NOW).rows == {"visits": 1}
    ten, half_past = datetime(2026, 11, 24, 10), datetime(2026, 11, 24, 11, 30)
    assert visits(home) == [("v1", "key of 77", ten, half_past)]
    before = lake.head(home.lake).sequence
    assert drain(home, journal, NOW).rows == {} and lake.head(home.lake).sequence == before


def test_an_undo_after_a_drain_reaches_the_lake_and_a_drain_twice_changes_nothing(
    home: Home, journal: Journal, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MLLPClient("127.0.0.1", listener.port) as client:
        told(client, message("A04", "202611241000", "1"))
        told(client, message("A03", "202611241130", "2"))
        with monkeypatch.context() as crash:
            crash.setattr(Journal, "drained", lambda self, done: None)  # killed after the commit, before the mark
            drain(home, journal, NOW)
        once = lake.scan(home.lake, "visits").collect()
        assert drain(home, journal, NOW).rows == {"visits": 0}
        assert lake.scan(home.lake, "visits").collect().equals(once)
        told(client, message("A13", "202611241130", "3"))
    drain(home, journal, NOW)
    assert [row[3] for row in visits(home)] == [None]


def test_what_is_old_goes_from_the_journal_though_messages_never_cease(home: Home, journal: Journal, listener: Listener) -> None:
    with MLLPClient("127.0.0.1", listener.port) as client:
        told(client, message("A04", "202611241000", "1"))
        drain(home, journal, NOW)
        listener.now = lambda: NOW + timedelta(days=4)
        told(client, message("A04", "202611281000", "2", visit="v2"))
        drain(home, journal, NOW + timedelta(days=4))
    assert journal.rows("visits")["visit_id"].to_list() == ["v2"]
    assert [row[0] for row in visits(home)] == ["v1", "v2"]


def test_a_merge_moves_the_past_to_the_patient_that_stays(home: Home, journal: Journal, listener: Listener) -> None:
    with MLLPClient("127.0.0.1", listener.port) as client:
        told(client, message("A04", "202611241000", "1", patient="55"))
        drain(home, journal, NOW)
        assert told(client, message("A40", "202611241100", "2", more="MRG|55"))[0] == "AA"
        drain(home, journal, NOW)
    assert [row[1] for row in visits(home)] == ["key of 77"]


def test_a_merge_and_a_later_word_in_one_drain_keep_both(home: Home, journal: Journal, listener: Listener) -> None:
    with MLLPClient("127.0.0.1", listener.port) as client:
        told(client, message("A04", "202611241000", "1", patient="55"))
        drain(home, journal, NOW)
        told(client, message("A40", "202611241100", "2", more="MRG|55"))
        told(client, message("A03", "202611241030", "3", patient="55"))  # happened before the merge, came after
        drain(home, journal, NOW)
    assert [row[1::2] for row in visits(home)] == [("key of 77", datetime(2026, 11, 24, 10, 30))]


def test_bad_messages_are_refused_by_the_standards_codes_and_kept(journal: Journal, listener: Listener) -> None:
    with MLLPClient("127.0.0.1", listener.port) as client:
        assert told(client, message("A04", "202611241000", "1", visit="")) == ("AE", "1")
        assert told(client, message("A04", "202611241000", "2").replace(b"ADT", b"ORU")) == ("AR", "2")
        assert told(client, b"hello") == ("AR", "")
    bad = journal.bad(10)
    assert bad.height == 3 and bad["raw"].null_count() == 0 and bad.filter(pl.col("reason").str.contains("PV1-19")).height == 1


def test_a_dropped_connection_stores_no_half_message_and_stops_nobody(journal: Journal, listener: Listener) -> None:
    with MLLPClient("127.0.0.1", listener.port) as client:
        client.socket.sendall(b"\x0b" + message("A04", "202611241000", "1")[:60])
    with MLLPClient("127.0.0.1", listener.port) as client:
        assert told(client, message("A04", "202611241000", "1"))[0] == "AA"
    assert journal.feeds()["received"].to_list() == [1]


def test_several_connections_at_once_each_get_the_answer_to_their_own(journal: Journal, listener: Listener) -> None:
    def sent(peer: int) -> list[tuple[str, str]]:
        with MLLPClient("127.0.0.1", listener.port) as client:
            numbers = [f"{peer}-{number}" for number in range(10)]
            return [told(client, message("A04", "202611241000", number, visit=f"v{number}")) for number in numbers]

    with ThreadPoolExecutor(8) as peers:
        answers = list(peers.map(sent, range(8)))
    assert answers == [[("AA", f"{peer}-{number}") for number in range(10)] for peer in range(8)]
    assert journal.feeds()["received"].item() == journal.rows("visits").height == 80


def test_a_full_disk_acknowledges_nobody_and_the_next_message_is_stored(
    journal: Journal, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full, MLLPClient("127.0.0.1", listener.port) as client:
        full.setattr(Journal, "store_each", lambda *_: 1 / 0)
        client.socket.settimeout(10)
        assert client.send_message(message("A04", "202611241000", "1")) == b""
    with MLLPClient("127.0.0.1", listener.port) as client:
        assert told(client, message("A04", "202611241000", "1")) == ("AA", "1")


def test_a_place_that_is_listed_now_is_known_from_the_next_look(home: Home, journal: Journal) -> None:
    listening = Listener(journal, reading_of(home), "127.0.0.1", 0, now=lambda: NOW)
    readings = Renewing(home.path, [listening])
    try:
        with MLLPClient("127.0.0.1", listening.port) as client:
            raw = message("A04", "202611241000", "1").replace(b"Main", b"XXX")
            assert told(client, raw) == ("AE", "1")
            with (home.path / "sites.csv").open("a") as file:
                file.write("XXX,New place,Europe/London,North,GB-ENG,hospital\n")
            readings.renew()
            assert told(client, raw) == ("AA", "1"), "what was refused is taken when it comes again"
    finally:
        listening.close()
    assert journal.feeds().select("received", "bad").row(0) == (1, 0) and journal.rows("visits")["site_id"].to_list() == ["XXX"]


def test_a_peer_with_tls(journal: Journal, tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    listening = Listener(journal, READING, "127.0.0.1", 0, tls_context(certificate, key), now=lambda: NOW)
    try:
        with MLLPClient("127.0.0.1", listening.port) as client:
            trusting = ssl.create_default_context(cafile=str(certificate))
            client.socket = trusting.wrap_socket(client.socket, server_hostname="localhost")
            assert told(client, message("A04", "202611241000", "1"))[0] == "AA"
    finally:
        listening.close()
    assert journal.rows("visits").height == 1


def numbered(raw: bytes, number: int) -> bytes:
    """The message with a control id of its own (MSH-10): the samples use one for several messages."""
    head, end, rest = raw.replace(b"\n", b"\r").partition(b"\r")
    fields = head.split(b"|")
    return b"|".join([*fields[:9], str(number).encode(), *fields[10:]]) + end + rest


@pytest.mark.real
def test_every_real_message_is_answered_as_it_was_read(real: Path, journal: Journal, listener: Listener) -> None:
    paths = sorted((real / "hl7v2").glob("*.hl7"))
    raws = [numbered(path.read_bytes(), number) for number, path in enumerate(paths, start=1)]
    said = [parsed(raw, READING) for raw in raws]
    with MLLPClient("127.0.0.1", listener.port) as client:
        answers = [told(client, raw) for raw in raws]
        reused = told(client, numbered(paths[0].read_bytes(), 2))
    assert answers == [("AR" if one.refused else "AE" if one.problems else "AA", str(n)) for n, one in enumerate(said, start=1)]
    assert len(answers) == 73 and [code for code, _ in answers].count("AA") == 71 and reused == ("AE", "2")
    bad = journal.bad(1_000)
    assert bad.height == 3 and bad["raw"].null_count() == 0
    assert "control id is that of message 2" in bad["reason"][0]
