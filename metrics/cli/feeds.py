"""timely feeds: how each live feed is, and what was refused of it."""

from datetime import datetime
from typing import Annotated

import polars as pl
import typer

from metrics.cli.application import home_path, instant
from metrics.cli.printing import Format, print_rows

group = typer.Typer(invoke_without_command=True)
SHOWN = ("feed", "kind", "state", "reason", "last_at", "lag", "waiting", "received", "refused", "last_error")
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@group.callback()
def feeds(
    context: typer.Context,
    now: Annotated[datetime | None, typer.Option(help="Pretend it is this instant (UTC). Default: the clock.")] = None,
    as_json: Json = False,
) -> None:
    """Live feeds: how each is, by its own expected interval. Exit code 1 when one is stale or no data.

    Lag is how long after an event its message came, in seconds. Waiting: messages that the lake lacks, files that are not taken.
    """
    if context.invoked_subcommand is not None:
        return
    from metrics.home import open_home
    from metrics.watch import standings

    found = standings(open_home(home_path(context)), instant(context, now))
    rows = pl.DataFrame([one.to_dict() for one in found], infer_schema_length=None)
    if as_json or rows.is_empty():
        print_rows(rows, Format.json)
    else:
        print_rows(rows.select(SHOWN), Format.table)
    if any(one.failed for one in found):
        raise typer.Exit(1)


@group.command()
def refused(
    context: typer.Context,
    feed: Annotated[str | None, typer.Argument(metavar="[FEED]", help="Only of this feed.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    raw: Annotated[
        bool, typer.Option("--raw", help="Show the messages themselves, which hold names: needs the home's key.")
    ] = False,
    as_json: Json = False,
) -> None:
    """What was refused, the newest first, with the reason."""
    from metrics.home import open_home
    from metrics.watch import refused as found

    home = open_home(home_path(context))
    rows = found(home, feed, limit)
    if raw:
        home.key()  # whoever may not read it may not read names
        texts = [None if text is None else text.decode("utf-8", "replace").replace("\r", "\n") for text in rows["raw"]]
        rows = rows.with_columns(pl.Series("raw", texts, pl.String))
    else:
        rows = rows.drop("raw")
    print_rows(rows, Format.json if as_json else Format.table)
