"""timely init: make a home."""

import typer

from metrics.cli.application import home_path
from metrics.cli.printing import say


def init(context: typer.Context) -> None:
    """Make a home: settings, sites, calendars, targets and a key. What is there already is left as it is."""
    from metrics.home import create_home

    home = create_home(home_path(context))
    say(f"{home.path}: ready. Next: list your sites in {home.path / 'sites.csv'}, then timely ingest SOURCE FILE...")
