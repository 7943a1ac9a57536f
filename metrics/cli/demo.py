"""timely demo: a simulated provider from raw files to the dashboard."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from metrics.cli.application import home_path
from metrics.cli.printing import say
from metrics.cli.progress import progress_shown
from metrics.cli.serve import DEFAULT_PORT, run_dashboard


def demo(
    context: typer.Context,
    scale: Annotated[float, typer.Option(min=0.01, max=100, help="1 is about 2 million events over two years.")] = 0.5,
    seed: Annotated[int, typer.Option(help="The same seed gives the same provider.")] = 1,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Open the dashboard when done.")] = True,
    port: Annotated[int, typer.Option(help="The dashboard's port.")] = DEFAULT_PORT,
) -> None:
    """Simulate a provider, ingest its raw files, refresh, and serve the dashboard."""
    from metrics.demo import demo as run

    path = home_path(context)
    with progress_shown() as progress:
        report = run(path, scale, seed, datetime.now(UTC).replace(tzinfo=None), progress)
    say(report.sentence())
    if serve:
        run_dashboard(path, port)
