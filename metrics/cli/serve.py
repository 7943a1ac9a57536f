"""timely serve: the dashboard."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from metrics.cli.application import home_path
from metrics.cli.printing import say
from metrics.errors import UserError

DEFAULT_PORT = 8501  # Streamlit's own
FRONT_DOOR = Path(__file__).parents[2] / "app.py"


def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="The port to listen on.")] = DEFAULT_PORT,
) -> None:
    """Serve the dashboard of the home."""
    run_dashboard(home_path(context), port)


def run_dashboard(home: Path, port: int) -> None:
    """Run Streamlit on the front door until it is stopped. Raises UserError when the project's app.py is not there."""
    command, environment, folder = dashboard_command(home, port)
    say(f"The dashboard is at http://localhost:{port} (Ctrl-C stops it).")
    raise typer.Exit(subprocess.run(command, env=environment, cwd=folder, check=False).returncode)


def dashboard_command(home: Path, port: int) -> tuple[list[str], dict[str, str], Path]:
    """The command that serves the home, its environment and its folder. Raises UserError as `run_dashboard` does."""
    if not FRONT_DOOR.is_file():
        raise UserError(f"{FRONT_DOOR}: not found. Serve from a checkout of the project, or: streamlit run app.py")
    command = [sys.executable, "-m", "streamlit", "run", str(FRONT_DOOR), "--server.port", str(port), "--server.headless", "true"]
    environment = {**os.environ, "TIMELY_HOME": str(home.resolve())}
    return command, environment, FRONT_DOOR.parent
