"""timely observe: any slice of any metric."""

from datetime import datetime
from typing import Annotated

import typer

from metrics.cli.application import home_path
from metrics.cli.printing import Format, print_rows, say

First = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day.")]
Last = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day.")]
Gap = Annotated[bool, typer.Option("--gap", help="Beside each group of patients, how far it is from the reference group.")]
Suppress = Annotated[str, typer.Option(metavar="POLICY", help="Withhold small numbers before they leave: cms, nhs, ehrql, or off.")]


def observe(
    context: typer.Context,
    metric: Annotated[str, typer.Argument(help="The metric's id; timely catalog lists them.")],
    statistic: Annotated[
        str | None, typer.Option(help="median, p90, within, share, count. Default: every one the metric has.")
    ] = None,
    by: Annotated[str, typer.Option(help="site, service or a stratum, with commas between.")] = "",
    grain: Annotated[str, typer.Option(help="day, week, month, quarter, year or all.")] = "month",
    since: First = None,
    until: Last = None,
    site: Annotated[str | None, typer.Option(help="Only this site.")] = None,
    service: Annotated[str | None, typer.Option(help="Only this service.")] = None,
    gap: Gap = False,
    suppress: Suppress = "off",
    form: Annotated[Format, typer.Option("--format", help="How to print the rows.")] = Format.table,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Print a metric's figures for any places, dates and grain, with their counts and intervals.

    Nothing is withheld of what is printed unless --suppress names a policy (docs/suppression.md): do so before a file leaves.
    """
    from metrics.errors import UserError
    from metrics.home import open_home
    from metrics.observe import COLUMNS, Slice, observed_gaps, published
    from metrics.suppression import policy_named

    asked = Slice(
        metric=metric, statistic=statistic, by=tuple(word.strip() for word in by.split(",") if word.strip()), grain=grain,
        since=since.date() if since else None, until=until.date() if until else None, site=site, service=service,
    )  # fmt: skip
    home, policy = open_home(home_path(context)), policy_named(suppress)
    if gap and policy.most_hidden:
        raise UserError(
            "--gap with --suppress: a gap beside a withheld group would tell of it. Ask without --gap, or with --suppress off"
        )
    rows = observed_gaps(home, asked) if gap else published(home, asked, policy)
    print_rows(rows if gap or policy.most_hidden else rows.select(COLUMNS), Format.json if as_json else form)
    if policy.most_hidden:
        say(f"Policy {policy.name}: {rows['withheld'].sum()} of {rows.height} rows withheld. {policy.words}")
