"""timely targets: what each figure should be, where, from when, and who says so."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import polars as pl
import typer

from metrics.cli.application import home_path, instant
from metrics.cli.printing import Format, print_rows


class Asked(StrEnum):
    list = "list"
    check = "check"
    packs = "packs"


def targets(
    context: typer.Context,
    what: Annotated[
        Asked, typer.Argument(help="list: those in force; check: whether all make sense; packs: those to choose.")
    ] = Asked.list,
    metric: Annotated[str | None, typer.Option(help="Only of this metric.")] = None,
    site: Annotated[str | None, typer.Option(help="Those that count at this site. Default: each at the place it names.")] = None,
    service: Annotated[str | None, typer.Option(help="Those that count in this service.")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="In force on this day. Default: today.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print the rows.")] = Format.table,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """List the targets in force, with their sources; check targets.toml; or list the packs it may name."""
    from metrics.home import open_home
    from metrics.home.known_targets import with_known_targets
    from metrics.home.target_list import READ, pack_list, targets_on
    from metrics.workbench.query_metrics import known_metrics

    form = Format.json if as_json else form
    if what is Asked.packs:
        print_rows(pack_list(), form)
        return
    known = known_metrics(home_path(context))
    metrics = known.metrics
    home = with_known_targets(open_home(home_path(context)), metrics, known.broken)
    if what is Asked.check:
        count, read = home.targets.height, int(home.targets["verified"].sum())
        if form is Format.table:
            print(f"{count} targets, each of a figure that there is; {count - read} not verified")
        else:
            print_rows(pl.DataFrame({"targets": [count], "not_verified": [count - read]}), form)
        return
    rows = targets_on(home, metrics, instant(context, on).date(), metric, site, service)
    words = pl.when("verified").then(pl.lit("yes")).otherwise(pl.lit("not yet")).alias("verified")
    print_rows(rows.select(READ).with_columns(words) if form is Format.table else rows, form)
