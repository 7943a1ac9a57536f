"""timely check: is the data whole and fresh?"""

from datetime import UTC, datetime
from typing import Annotated

import polars as pl
import typer

from metrics.cli.application import home_path
from metrics.cli.printing import Format, print_rows


def check(
    context: typer.Context,
    now: Annotated[datetime | None, typer.Option(help="Pretend it is this instant (UTC). Default: the clock.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Check data quality and freshness. Exit code 1 when something fails."""
    from metrics.check import check as run
    from metrics.home import open_home

    findings = run(open_home(home_path(context)), now or datetime.now(UTC).replace(tzinfo=None))
    rows = pl.DataFrame([finding.to_dict() for finding in findings])
    print_rows(rows, Format.json if as_json else Format.table)
    if any(not finding.passed for finding in findings):
        raise typer.Exit(1)
