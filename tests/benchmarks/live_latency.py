"""From acknowledgement to the board: how long an HL7 message takes to stand in the data that the board shows.

A watcher listens in a process of its own, drains and refreshes as it does in service; another sends; this one looks at the board as
its page does, every two seconds, and notes when each arrival is there. Prints a line a rate.
"""

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from metrics import live
from metrics.home import Home, open_home
from tests.benchmarks.homes import make_home
from tests.benchmarks.live_screen import printed

EVERY = 2.0  # seconds between two looks of the board's page
COLUMNS = {"acknowledged/s": 0, "arrivals": 0, "lost": 0, "median s": 2, "p99 s": 2, "most s": 2, "one look ms": 0}  # digits
PATIENCE = 120  # seconds for the watcher to listen, and for the last messages to be seen


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def started(command: list[str], port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")


def measured(home: Home, port: int, rate: float, seconds: float, folder: Path) -> dict[str, float]:
    """Latencies of one rate; seconds, and milliseconds of one look at the board."""
    name, said = f"bench{time.time():.0f}", folder / "said.json"
    command = [sys.executable, "-m", "tests.benchmarks.hl7_sender", str(port), name, "--rate", str(rate), "--seconds", str(seconds)]
    with said.open("w") as answer:
        sender = subprocess.Popen([*command, "--sites", *home.sites["site_id"]], stdout=answer)
    seen: dict[str, float] = {}
    looks: list[float] = []
    told: dict[str, float] = {}
    until = time.time() + seconds + PATIENCE
    while time.time() < until and (not told or len(seen) < len(told)):
        began = time.time()
        looked(home, name, seen)
        looks.append(time.time() - began)
        if not told and sender.poll() is not None:
            told = json.loads(said.read_text())["acknowledged"]
        time.sleep(max(0.0, EVERY - (time.time() - began)))
    whole = json.loads(said.read_text())
    waits = pl.Series([max(0.0, seen[visit] - at) for visit, at in told.items() if visit in seen])
    return {
        "acknowledged/s": whole["messages"] / whole["seconds"], "arrivals": len(waits), "lost": len(told.keys() - seen.keys()),
        "median s": waits.median(), "p99 s": waits.quantile(0.99), "most s": waits.max(),
        "one look ms": pl.Series(looks).median() * 1000,
    }  # fmt: skip


def looked(home: Home, name: str, seen: dict[str, float]) -> None:
    """One look at the board of all sites, as its page looks; what arrived since the last stands in `seen` with the time."""
    now = live.now_of(home, datetime.now(UTC).replace(tzinfo=None))
    live.board_of(now)
    there = now.rows["visits"].filter(pl.col("visit_id").str.starts_with(name))["visit_id"]
    at = time.time()
    for visit in set(there) - seen.keys():
        seen[visit] = at


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=1_000_000, help="events of history beside the live ones")
    asked.add_argument("--home", type=Path, help="a home made before, to be measured again")
    asked.add_argument("--seconds", type=float, default=30.0, help="of each rate")
    asked.add_argument(
        "--rates", type=float, nargs="+", default=[20.0, 200.0, 0.0], help="messages a second; 0: as fast as it goes"
    )
    asked.add_argument(
        "--drain-every", type=float, default=60.0, help="seconds between two drains; in service 300, which might miss every rate"
    )
    asked.add_argument("--screen", action=argparse.BooleanOptionalAction, default=True, help="the same on the screen, in Chromium")
    asked.add_argument("--picture", type=Path, help="keep a picture of the board here")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = told.home or Path(folder) / "home"
        if not path.exists():
            print(f"{make_home(path, told.events):,} events of history")
        home, port = open_home(path), free_port()
        watching = ["watch", "--mllp", str(port), "--drain-every", str(told.drain_every)]
        watcher = started(["metrics", "--home", str(path), *watching], port)
        try:
            began = time.time()
            live.board_of(live.now_of(home, datetime.now(UTC).replace(tzinfo=None)))
            print(f"opening the board: {time.time() - began:.2f} s")
            print("  ".join(["asked/s", *(f"{name:>14}" for name in COLUMNS)]))
            for rate in told.rates:
                found = measured(home, port, rate, told.seconds, Path(folder))
                words = f"{rate:7.0f}" if rate else "highest"
                print("  ".join([words, *(f"{found[name]:14.{digits}f}" for name, digits in COLUMNS.items())]), flush=True)
            if told.screen:
                printed(home, port, told.rates, path=told.picture)
        finally:
            watcher.terminate()
            watcher.wait()


if __name__ == "__main__":
    main()
