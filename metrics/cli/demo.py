"""timely demo: a simulated provider from raw files to the dashboard."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from metrics.cli.application import home_path
from metrics.cli.going_on import go_on_live
from metrics.cli.printing import say
from metrics.cli.progress import progress_shown
from metrics.cli.serve import DEFAULT_PORT, run_dashboard


def demo(
    context: typer.Context,
    scale: Annotated[float, typer.Option(min=0.01, max=100, help="1 is about 2 million events over two years.")] = 0.5,
    seed: Annotated[int, typer.Option(help="The same seed gives the same provider.")] = 1,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Open the dashboard when done.")] = True,
    port: Annotated[int, typer.Option(help="The dashboard's port.")] = DEFAULT_PORT,
    live: Annotated[bool, typer.Option("--live", help="The provider goes on: HL7 to `timely watch`, files to its inbox.")] = False,
    speed: Annotated[float, typer.Option(min=1, max=600, help="With --live: how many times as fast as the clock.")] = 1,
    mllp: Annotated[int, typer.Option(min=1, max=65535, help="With --live: the port that HL7 is spoken to.")] = 2575,
) -> None:
    """Simulate a provider, ingest its raw files, refresh, and serve the dashboard.

    With --live it goes on until Ctrl-C; a home that was made already goes on from where it stopped.
    """
    from metrics.demo import demo as run
    from metrics.demo import is_made

    path = home_path(context)
    if not live or not is_made(path):
        with progress_shown() as progress:
            report = run(path, scale, seed, datetime.now(UTC).replace(tzinfo=None), progress)
        say(report.sentence())
    if live:
        go_on_live(path, speed, mllp, port if serve else None)
    elif serve:
        run_dashboard(path, port)
