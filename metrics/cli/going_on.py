"""timely demo --live: the watcher, the dashboard and the simulated provider that speaks to them, until Ctrl-C."""

import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from metrics.cli.printing import say
from metrics.cli.serve import dashboard_command
from metrics.errors import UserError

PATIENCE = 20  # seconds for the watcher to finish its look, and the dashboard to close


def go_on_live(path: Path, speed: float, mllp: int, port: int | None) -> None:
    """port: of the dashboard; None: it is not served. Raises UserError when the watcher or the dashboard ends by itself."""
    from metrics.demo.going_on import Provider, Saying, go_on
    from metrics.home import open_home
    from metrics.home.replay import Clock, now_of, set_clock

    stopped = threading.Event()

    def stop(*_: int | FrameType | None) -> None:
        stopped.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    home = open_home(path)
    saying = Saying(home, Provider.of(home), mllp)
    real = datetime.now(UTC).replace(tzinfo=None)
    clock = Clock(real, now_of(path), speed)
    set_clock(path, clock)
    watcher = [sys.executable, "-m", "metrics", "--home", str(path), "watch", "--every", "1", "--mllp", str(mllp)]
    with ExitStack() as running:
        running.callback(lambda: set_clock(path, Clock(now := datetime.now(UTC).replace(tzinfo=None), clock.at(now))))
        started = [running.enter_context(Ended(watcher))]
        if port is not None:
            command, environment, folder = dashboard_command(path, port)
            started.append(running.enter_context(Ended(command, environment, folder)))
            say(f"The board is at http://localhost:{port}/board; on a wall: http://localhost:{port}/board?view=wall")
        since = f"{clock.data:%d %B %Y, %H:%M} UTC"
        say(f"The provider speaks on port {mllp} from {since} on, {speed:g} times as fast. Ctrl-C stops it.")
        threading.Thread(target=stop_when_one_ends, args=(started, stopped), daemon=True).start()
        go_on(saying, clock, stopped)
        gone = [process.args for process in started if process.poll() not in (None, 0, -signal.SIGINT, -signal.SIGTERM)]
    if gone:
        raise UserError("The watcher or the dashboard ended by itself: what it said stands above. Is another one using its port?")
    say("Stopped. Start it again, and the provider goes on where it is by then.")


class Ended:
    """A process that is asked to end, and waited for, when the block ends."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None, folder: Path | None = None) -> None:
        self.command, self.environment, self.folder = command, environment, folder

    def __enter__(self) -> "subprocess.Popen[bytes]":
        self.process = subprocess.Popen(self.command, env=self.environment, cwd=self.folder, start_new_session=True)
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def stop_when_one_ends(started: list["subprocess.Popen[bytes]"], stopped: threading.Event) -> None:
    while not stopped.wait(0.5):
        if any(process.poll() is not None for process in started):
            stopped.set()
