"""timely catalog: what each metric means, and the SQL that reproduces it."""

from typing import Annotated

import polars as pl
import typer

from metrics.cli.application import home_path
from metrics.cli.printing import Format, print_json, print_rows, say


def catalog(
    context: typer.Context,
    metric: Annotated[str | None, typer.Argument(help="The metric's id. Without it, the list of all.")] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL that reproduces the metric's figures.")] = False,
    statistic: Annotated[str | None, typer.Option(help="With --sql: which statistic. Default: the metric's first.")] = None,
    grain: Annotated[str, typer.Option(help="With --sql: the grain.")] = "week",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List the metrics, or print one's definition card, or its SQL."""
    from metrics.definitions import card, definition_version, sql_for
    from metrics.workbench.query_metrics import known_metrics

    known = known_metrics(home_path(context))
    metrics = known.metrics
    if metric is None:
        for problem in (problem for several in known.broken.values() for problem in several):
            say(problem)
        rows = [
            {"metric": m.id, "family": m.family, "kind": m.kind, "title": m.title, "statistics": ", ".join(m.statistics)}
            for m in metrics.values()
        ]
        print_rows(pl.DataFrame(rows), Format.json if as_json else Format.table)
        return
    chosen = known.of(metric)
    if sql:
        print(sql_for(chosen, statistic or chosen.statistics[0], grain=grain).sql)
    elif as_json:
        print_json({"metric": chosen.id, "definition_version": definition_version(chosen), "card": card(chosen, metrics)})
    else:
        print_rows(pl.DataFrame(card(chosen, metrics), schema=["", chosen.title], orient="row"), Format.table)
