"""POST /fhir: requests a second, and resources a processor second of the server, over one connection and many, alone, in Bundles.

The server is the dashboard's own, in a process of its own; the senders are in another. The ratio is of many connections to one.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from metrics.home import create_home
from metrics.journal import opened
from tests.browser.conftest import served

SENT = "2026-11-24T10:00:00Z"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Rate:
    """requests, resources: a second. processor: resources a second of the server's processor time."""

    requests: float
    resources: float
    processor: float


def visit(ident: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter", "id": ident, "meta": {"versionId": "1", "lastUpdated": SENT}, "status": "arrived",
        "class": {"code": "EMER"}, "subject": {"reference": f"Patient/{ident}"},
        "location": [{"location": {"reference": "Location/CEN"}}], "period": {"start": SENT},
    }  # fmt: skip


def body_of(name: str, size: int) -> bytes:
    """One resource, or a Bundle of so many."""
    visits = [visit(f"{name}-{number}") for number in range(size)]
    whole = visits[0] if size == 1 else {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": one} for one in visits]}
    return json.dumps(whole).encode()


def sent(address: str, name: str, size: int, until: float) -> int:
    """Requests answered with 2xx on one connection until then; any other answer ends the benchmark."""
    peer, count = HTTPConnection(urlsplit(address).netloc, timeout=60), 0
    while time.time() < until:
        peer.request("POST", "/fhir", body_of(f"{name}-{count}", size), {"Content-Type": "application/fhir+json"})
        answer = peer.getresponse()
        told = answer.read()
        if answer.status not in (200, 201):
            raise SystemExit(f"{answer.status}: {told!r}")
        count += 1
    peer.close()
    return count


def processor_seconds(port: int) -> float:
    """Of the process that listens on the port, and its threads."""
    found = subprocess.run(["pgrep", "-f", f"server.port {port}"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    fields = Path(f"/proc/{found[0]}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measured(address: str, connections: int, size: int, seconds: float) -> Rate:
    port = int(urlsplit(address).port or 0)
    arguments = [address, str(connections), str(size), str(seconds)]
    before, began = processor_seconds(port), time.time()
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.fhir_rate", "--send", *arguments], stdout=subprocess.PIPE, check=True
    )
    count, took, used = int(done.stdout), time.time() - began, processor_seconds(port) - before
    return Rate(count / took, count * size / took, count * size / used)


def send(address: str, connections: int, size: int, seconds: float) -> None:
    until, run = time.time() + seconds, f"{time.time():.0f}"
    with ThreadPoolExecutor(connections) as every:
        names = [f"{run}-{connections}-{size}-{number}" for number in range(connections)]
        print(sum(every.map(lambda name: sent(address, name, size, until), names)))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=10.0, help="of each line")
    asked.add_argument("--send", nargs=4, help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.send:
        address, connections, size, seconds = told.send
        send(address, int(connections), int(size), float(seconds))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = create_home(Path(folder) / "home")
        with served(home.path) as address:
            measured(address, 1, 1, 1.0)
            print("connections  in each  requests/s  resources/s  resources/processor s  to one connection")
            first: dict[int, Rate] = {}
            for connections, size in ((1, 1), (8, 1), (32, 1), (1, 100), (8, 100)):
                rate = measured(address, connections, size, told.seconds)
                one = first.setdefault(size, rate)
                figures = f"{rate.requests:10.0f}  {rate.resources:11.0f}  {rate.processor:21.0f}"
                print(f"{connections:11}  {size:7}  {figures}  {rate.resources / one.resources:16.1f}x", flush=True)
        kept = opened(home.path).feeds().select("received", "bad").row(0)
        print(f"{kept[0]:,} resources in the journal, {kept[1]} of them bad")


if __name__ == "__main__":
    main()
