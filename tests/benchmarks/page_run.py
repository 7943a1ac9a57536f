"""python -m tests.benchmarks.page_run ADDRESS SECONDS: a page as its server makes it, visit after visit, and nobody who draws it.

Each visit is a new one: it opens the scorecard's session, asks for its first run and takes all that the run sends. Prints the
seconds of each, as JSON. In a process of its own, so that whoever measures it beside a crowd does not share Python with the crowd.
"""

import json
import subprocess
import sys
import time

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

PATIENCE = 60  # seconds until one message has come
THINK = 0.5  # seconds between two visits


def run_seconds(address: str) -> float:
    """From opening the session until its first run has sent everything."""
    begun = time.perf_counter()
    with connect(f"{address.replace('http', 'ws', 1)}/_stcore/stream", origin=address, max_size=None) as socket:  # type: ignore[arg-type]
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        socket.send(asked.SerializeToString())
        sent = ForwardMsg()
        while sent.WhichOneof("type") != "script_finished":
            sent.ParseFromString(socket.recv(timeout=PATIENCE))  # type: ignore[arg-type]
    return time.perf_counter() - begun


def runs(address: str, seconds: float) -> list[float]:
    """The seconds of each visit of a process of their own, one after the other for so many seconds."""
    command = [sys.executable, "-m", __name__, address, str(seconds)]
    found: list[float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


if __name__ == "__main__":
    until, taken = time.monotonic() + float(sys.argv[2]), []
    while time.monotonic() < until:
        taken.append(run_seconds(sys.argv[1]))
        time.sleep(THINK)
    print(json.dumps(taken))
