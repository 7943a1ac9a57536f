"""timely observe: any slice of any metric."""

from datetime import datetime
from typing import Annotated

import typer

from metrics.cli.application import home_path
from metrics.cli.printing import Format, print_rows


def observe(
    context: typer.Context,
    metric: Annotated[str, typer.Argument(help="The metric's id; timely catalog lists them.")],
    statistic: Annotated[
        str | None, typer.Option(help="median, p90, within, share, count. Default: every one the metric has.")
    ] = None,
    by: Annotated[str, typer.Option(help="site, service or a stratum, with commas between.")] = "",
    grain: Annotated[str, typer.Option(help="day, week, month, quarter, year or all.")] = "month",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day.")] = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    service: Annotated[str | None, typer.Option(help="Only this service.")] = None,
    gap: Annotated[
        bool, typer.Option("--gap", help="Beside each group of patients, how far it is from the reference group.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print the rows.")] = Format.table,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Print a metric's figures for any places, dates and grain, with their counts and intervals."""
    from metrics.home import open_home
    from metrics.observe import Slice, observed_gaps
    from metrics.observe import observe as run

    asked = Slice(
        metric=metric, statistic=statistic, by=tuple(word.strip() for word in by.split(",") if word.strip()), grain=grain,
        since=since.date() if since else None, until=until.date() if until else None, site=site, service=service,
    )  # fmt: skip
    answered = observed_gaps if gap else run
    print_rows(answered(open_home(home_path(context)), asked), Format.json if as_json else form)
