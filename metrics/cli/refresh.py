"""timely refresh: run the jobs and publish a generation."""

from datetime import datetime
from typing import Annotated

import typer

from metrics.cli.application import home_path, instant
from metrics.cli.printing import print_json, say
from metrics.cli.progress import progress_shown


def refresh(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Compute everything again, not only what new events touch.")] = False,
    now: Annotated[datetime | None, typer.Option(help="Pretend it is this instant (UTC). Default: the clock.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Run the jobs over the events and publish a generation. Nothing is published that fails its audit."""
    from metrics.home import open_home
    from metrics.refresh import refresh as run

    home = open_home(home_path(context))
    with progress_shown(quiet=as_json) as progress:
        report = run(home, instant(context, now), full=full, progress=progress)
    if as_json:
        print_json(report.to_dict())
    else:
        say(report.sentence())
        for problem in report.problems:
            say(problem)
