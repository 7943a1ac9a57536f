"""The watcher killed by kill -9 while messages come: every message that it acknowledged is in the lake, once."""

import os
import random
import socket
import struct
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from hl7.client import MLLPClient

from metrics import lake
from metrics.home import create_home
from metrics.journal import opened
from metrics.listen import drain

PROJECT = Path(__file__).parents[2]
MESSAGES = int(os.environ.get("TIMELY_SOAK_MESSAGES", "600"))
KILLS = int(os.environ.get("TIMELY_SOAK_KILLS", "4"))
DROP_EVERY = 50  # messages: twelve dropped connections in the short run, four hundred in `make soak`
PATIENCE = 60  # seconds for a watcher to listen
FIRST = datetime(2026, 11, 24, 6)


def message(number: int) -> bytes:
    at = f"{FIRST + timedelta(seconds=number):%Y%m%d%H%M%S}+0000"
    pv1 = "|".join(["PV1", "1", "E", "ED^^^HAR", *[""] * 15, f"v{number}"])
    return f"MSH|^~\\&|PAS|HAR|T|X|{at}||ADT^A04|{number}|P|2.5\rPID|1||{number}\r{pv1}".encode()


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def started(home: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "metrics", "--home", str(home), "watch", "--every", "0.1", "--mllp", str(port)]
    command += ["--drain-every", "0"]  # drains, too, are killed
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def connected(port: int, watcher: subprocess.Popen[bytes]) -> MLLPClient:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and watcher.poll() is None:
        try:
            client = MLLPClient("127.0.0.1", port)
        except OSError:
            time.sleep(0.05)
        else:
            client.socket.settimeout(PATIENCE)
            return client
    raise AssertionError("the watcher does not listen")


def dropped(client: MLLPClient, number: int) -> None:
    """The connection goes: in the middle of the message, after all of it but before the answer, torn (RST) after it, in turn."""
    whole = b"\x0b" + message(number) + b"\x1c\r"
    client.socket.sendall(whole if number % 3 else whole[:50])
    if number % 3 == 2:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def sent(port: int, watcher: subprocess.Popen[bytes], numbers: list[int]) -> set[int]:
    """The messages that were acknowledged until the watcher died; every DROP_EVERYth time the connection is dropped before."""
    acknowledged: set[int] = set()
    client = connected(port, watcher)
    try:
        for number in numbers:
            if number % DROP_EVERY == DROP_EVERY // 2:
                dropped(client, number)
                client = connected(port, watcher)
            if b"MSA|AA|" in client.send_message(message(number)):
                acknowledged.add(number)
    except (OSError, AssertionError):
        pass  # killed: what was not acknowledged is sent again in the next round
    finally:
        client.close()
    return acknowledged


def test_every_acknowledged_message_is_in_the_lake_once_whenever_the_watcher_is_killed(tmp_path: Path) -> None:
    home, port, moments = create_home(tmp_path / "home"), free_port(), random.Random(5)
    acknowledged: set[int] = set()
    share = MESSAGES // (KILLS + 1)
    for round_number in range(KILLS + 1):
        last = round_number == KILLS
        watcher = started(home.path, port)
        killer = None
        try:
            connected(port, watcher).close()
            if not last:
                killer = subprocess.Popen(["sh", "-c", f"sleep {moments.uniform(0.1, 1.0):.2f}; kill -9 {watcher.pid}"])
            top = MESSAGES if last else share * (round_number + 1)
            rest = [number for number in range(top) if number not in acknowledged]
            acknowledged |= sent(port, watcher, rest)
        finally:
            if killer is not None:
                killer.wait()
            watcher.kill()
            watcher.wait()
    assert acknowledged == set(range(MESSAGES))
    journal, now = opened(home.path), FIRST + timedelta(days=1)
    while drain(home, journal, now).left:
        pass
    visits = lake.scan(home.lake, "visits").select("visit_id").collect()["visit_id"].to_list()
    assert sorted(visits) == sorted(f"v{number}" for number in range(MESSAGES))
    assert journal.feeds().select("received", "bad", "depth").row(0) == (MESSAGES, 0, 0)
