"""timely check: is the data whole and fresh?"""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from metrics.cli.application import home_path, instant
from metrics.cli.printing import Format, print_json, print_rows, say

if TYPE_CHECKING:
    from metrics.check import Finding


def check(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Option("--check", help="Only this check, by code (TQ009) or name; may be repeated.")
    ] = None,
    table: Annotated[str | None, typer.Option(help="Only findings on this event table.")] = None,
    site: Annotated[str | None, typer.Option(help="Only findings at this site.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Print what passed, too.")] = False,
    now: Annotated[datetime | None, typer.Option(help="Pretend it is this instant (UTC). Default: the clock.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON, what passed too.")] = False,
) -> None:
    """Check data quality and freshness, worst first. Exit code 1 when something fails; warnings do not fail."""
    from metrics.check import check as run
    from metrics.check import failed
    from metrics.home import open_home

    found = run(open_home(home_path(context)), instant(context, now), names or (), table, site)
    if as_json:
        print_json([finding.to_dict() for finding in found])
    else:
        print_findings([finding for finding in found if every or finding.severity != "pass"])
        say(summary(found))
    if failed(found):
        raise typer.Exit(1)


def print_findings(found: "Collection[Finding]") -> None:
    """A row a finding, then what to do about each check that told of one."""
    if not found:
        return
    shown = [
        {"state": one.severity, "code": one.code, "what": one.title, "where": one.subject, "finding": one.sentence,
         "examples": " ".join(one.examples)}
        for one in found
    ]  # fmt: skip
    print_rows(pl.DataFrame(shown), Format.table)
    for code, step in dict.fromkeys((one.code, one.next_step) for one in found if one.severity != "pass"):
        print(f"{code}: {step}")


def summary(found: "Collection[Finding]") -> str:
    count = {word: sum(one.severity == word for one in found) for word in ("fail", "warn", "pass")}
    return f"{count['fail']:,} failed, {count['warn']:,} warned, {count['pass']:,} passed"
