"""timely simulate: the raw files of a simulated provider."""

from pathlib import Path
from typing import Annotated

import typer

from metrics.cli.printing import print_json, say
from metrics.cli.progress import progress_shown


def simulate(
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    scale: Annotated[float, typer.Option(min=0.01, max=100, help="1 is about 2 million events over two years.")] = 0.1,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Write the raw files of a simulated health system: a dozen sites, two years, known changes in truth.json."""
    from metrics.simulate import simulate as run

    with progress_shown(quiet=as_json) as progress:
        report = run(out, scale=scale, seed=seed, progress=progress)
    if as_json:
        print_json(report.to_dict())
    else:
        say(report.sentence())
