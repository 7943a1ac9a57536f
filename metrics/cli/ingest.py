"""timely ingest: raw files to events."""

from pathlib import Path
from typing import Annotated

import typer

from metrics.cli.application import home_path
from metrics.cli.printing import print_json, say
from metrics.cli.progress import progress_shown


def ingest(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(help="SOURCE FILE...; only FILE... with --mapping.", metavar="[SOURCE] FILE...")],
    mapping: Annotated[Path | None, typer.Option(help="A mapping file to use in place of a named source.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Read raw files into events: what was read, accepted, unchanged, superseded, rejected, and why.

    SOURCE names a mapping in queries/sources. The same file twice changes nothing; the newest statement of a
    row wins; a broken row goes to rejects with its file, line, rule and value.
    """
    from metrics.home import open_home
    from metrics.ingest import ingest as run
    from metrics.sources import find_mapping, load_mapping

    home = open_home(home_path(context))
    source = load_mapping(mapping) if mapping else find_mapping(home, names[0])
    files = [Path(name) for name in (names if mapping else names[1:])]
    with progress_shown(quiet=as_json) as progress:
        report = run(home, source, files, progress=progress)
    if as_json:
        print_json(report.to_dict())
    else:
        say(report.sentence())
