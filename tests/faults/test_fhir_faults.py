"""The server killed by kill -9 while resources come on several connections: each that it acknowledged is in the lake, once."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import repeat
from json import dumps
from pathlib import Path
from typing import Any

from metrics import lake
from metrics.api.fhir import FHIR_JSON
from metrics.home import Home, create_home
from metrics.journal import opened
from metrics.listen import clock, drain
from tests.faults.test_watcher_faults import free_port

PROJECT = Path(__file__).parents[2]
VISITS = int(os.environ.get("TIMELY_SOAK_RESOURCES", "400"))
KILLS = int(os.environ.get("TIMELY_SOAK_SERVER_KILLS", "2"))
CONNECTIONS = 8
IN_A_BUNDLE = 5
LATEST = 30  # answers before it is killed: far from all
PATIENCE = 60  # seconds for a server to answer
SERVER = "import sys, uvicorn; from starlette.applications import Starlette; from metrics.api import routes;"
SERVER += " uvicorn.run(Starlette(routes=routes()), port=int(sys.argv[1]), log_level='warning')"


def visit(number: int) -> dict[str, Any]:
    at = f"2026-11-24T{6 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    return {
        "resourceType": "Encounter", "id": f"v{number}", "meta": {"versionId": "1", "lastUpdated": at}, "status": "arrived",
        "class": {"code": "EMER"}, "subject": {"reference": f"Patient/{number}"},
        "location": [{"location": {"reference": "Location/CEN"}}], "period": {"start": at},
    }  # fmt: skip


def posts(numbers: Sequence[int]) -> list[list[int]]:
    """What goes into one request: every third alone, the others as Bundles."""
    alone = [[number] for number in numbers if number % 3 == 0]
    others = [number for number in numbers if number % 3]
    return [*alone, *(others[first : first + IN_A_BUNDLE] for first in range(0, len(others), IN_A_BUNDLE))]


@dataclass
class Server:
    """The routes of the API in a process of its own. fuse: how many answers come before it is killed; None: it lives."""

    port: int
    process: subprocess.Popen[bytes]
    fuse: int | None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self) -> None:
        with self.lock:
            if self.fuse is not None:
                self.fuse -= 1
                if self.fuse == 0:
                    self.process.kill()


def posted(server: Server, numbers: list[int]) -> list[int]:
    """Those of the visits that were acknowledged: all, or none when the server died."""
    bodies = [visit(number) for number in numbers]
    whole = {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": one} for one in bodies]}
    peer = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        peer.request("POST", "/fhir", dumps(bodies[0] if len(bodies) == 1 else whole).encode(), {"Content-Type": FHIR_JSON})
        answer = peer.getresponse()
        told = answer.read()
        assert answer.status in (200, 201), told
        server.answered()
        return numbers
    except (OSError, HTTPException):
        return []  # killed: it is sent again in the next round
    finally:
        peer.close()


def started(home: Home, fuse: int | None) -> Server:
    port, environment = free_port(), {**os.environ, "TIMELY_HOME": str(home.path)}
    environment.pop("TIMELY_FEED_TOKENS", None)
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], cwd=PROJECT, env=environment)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        peer = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            peer.request("GET", "/fhir")
            assert peer.getresponse().status == 405
            return Server(port, process, fuse)
        except OSError:
            time.sleep(0.05)
        finally:
            peer.close()
    raise AssertionError("the server does not answer")


def drained(home: Home) -> None:
    while drain(home, opened(home.path), clock()).left:
        pass


def test_every_acknowledged_resource_is_in_the_lake_once_whenever_the_server_is_killed(tmp_path: Path) -> None:
    home, moments = create_home(tmp_path / "home"), random.Random(5)
    acknowledged: set[int] = set()
    for round_number in range(KILLS + 1):
        server = started(home, moments.randrange(5, LATEST) if round_number < KILLS else None)
        try:
            rest = [number for number in range(VISITS) if number not in acknowledged]
            acknowledged |= all_posted(home, server, rest)
        finally:
            server.process.kill()
            server.process.wait()
        drained(home)
        assert acknowledged <= set(visits(home)), "acknowledged, and lost"
    assert acknowledged == set(range(VISITS))
    assert sorted(visits(home)) == list(range(VISITS))
    assert opened(home.path).feeds().select("received", "bad", "depth").row(0) == (VISITS, 0, 0)


def all_posted(home: Home, server: Server, numbers: Sequence[int]) -> set[int]:
    """Those that were acknowledged. The journal is drained while they come: a drain takes what is whole."""
    with ThreadPoolExecutor(CONNECTIONS) as senders:
        found = senders.map(posted, repeat(server), posts(numbers))
        drained(home)
        return {number for acknowledged in found for number in acknowledged}


def visits(home: Home) -> list[int]:
    """Their numbers, as often as each is in the lake."""
    if "visits" not in lake.head(home.lake).versions:
        return []
    return [int(ident.partition(":v")[2]) for ident in lake.scan(home.lake, "visits").select("visit_id").collect()["visit_id"]]
