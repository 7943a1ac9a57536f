"""timely signals: what changed."""

from typing import Annotated

import typer

from metrics.cli.application import home_path
from metrics.cli.printing import Format, print_rows, say

READ = ("metric", "statistic", "site_id", "service_id", "period_start", "value", "n", "variation", "assurance", "rules", "since",
        "centre", "lower", "upper", "target")  # fmt: skip


def signals(
    context: typer.Context,
    metric: Annotated[str | None, typer.Argument(help="Only this metric; timely catalog lists them.")] = None,
    grain: Annotated[str, typer.Option(help="week or month.")] = "week",
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    service: Annotated[str | None, typer.Option(help="Only this service.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also the series where no rule fired.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print the rows.")] = Format.table,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Print what changed: every series whose newest closed period a rule of its control chart flags, concerns first."""
    from metrics.home import open_home
    from metrics.observe.signals import signals as judged

    rows = judged(open_home(home_path(context)), grain, metric, site, service, everything)
    form = Format.json if as_json else form
    if form is Format.table and rows.is_empty():
        say("no significant change")
        return
    print_rows(rows.select(READ) if form is Format.table else rows, form)
