"""The application object and what every command shares: which home to work in."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from metrics import __version__

app = typer.Typer(
    name="timely",
    help="How long patients wait, how fast they are answered, how many do not come and how many come back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DEFAULT_HOME = Path("data")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"timely {__version__}")
        raise typer.Exit


@app.callback()
def chosen_home(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="The home to work in. Default: $TIMELY_HOME, else ./data.")] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """How long patients wait, how fast they are answered, how many do not come and how many come back."""
    context.obj = home or Path(os.environ.get("TIMELY_HOME") or DEFAULT_HOME)


def home_path(context: typer.Context) -> Path:
    path: Path = context.obj
    return path


def instant(context: typer.Context, now: datetime | None = None) -> datetime:
    """The instant given, else the present one (UTC) as the home's data has it: that of its clock where the home is a replay."""
    from metrics.home.replay import now_of

    return now or now_of(home_path(context))
