"""timely snapshot: the weekly page for executives, issued once, verifiable for ever."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from metrics.cli.application import home_path, instant
from metrics.cli.printing import Format, print_json, print_rows, say
from metrics.cli.progress import progress_shown

if TYPE_CHECKING:
    from metrics.home import Home

group = typer.Typer(help="The weekly snapshot: one page that never changes after it is issued.", no_args_is_help=True)

Week = Annotated[str | None, typer.Argument(metavar="[WEEK]", help="As 2026-W47, or any day of the week. Default: the newest.")]
Audience = Annotated[str, typer.Option(help="An audience of snapshot.toml. Default: its first.")]
Number = Annotated[int | None, typer.Option("--edition", min=1, help="Default: the newest edition.")]
Now = Annotated[datetime | None, typer.Option(help="Pretend it is this instant (UTC). Default: the clock.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@group.command("make")
def make(
    context: typer.Context,
    week: Week = None,
    audience: Audience = "",
    every: Annotated[bool, typer.Option("--all", help="For every audience of snapshot.toml.")] = False,
    reason: Annotated[str, typer.Option(help="Issue a correction: a new edition, and why there is one.")] = "",
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Issue the snapshot of the newest closed week, or of the one named. What was issued stays: run again, it says so."""
    from metrics.home.snapshot_settings import read_snapshot_settings
    from metrics.snapshot.making import make as run

    home = opened(context)
    known = [one.name for one in read_snapshot_settings(home.path, home.sites).audience]
    with progress_shown(quiet=as_json) as progress:
        asked = known if every else [audience]
        reports = [run(home, instant(context, now), monday(week), name, reason, progress) for name in asked]
    if as_json:
        print_json([report.to_dict() for report in reports] if every else reports[0].to_dict())
        return
    for report in reports:
        say(report.sentence())


@group.command("list")
def list_snapshots(
    context: typer.Context,
    form: Annotated[Format, typer.Option("--format", help="How to print the rows.")] = Format.table,
    as_json: AsJson = False,
) -> None:
    """List what was issued, the newest week first."""
    from metrics.snapshot.listing import listed

    rows = listed(home_path(context))
    form = Format.json if as_json else form
    if form is Format.table and rows.is_empty():
        say("no snapshot was issued yet. Issue one: timely snapshot make")
        return
    print_rows(rows, form)


@group.command("show")
def show(
    context: typer.Context, week: Week = None, audience: Audience = "", edition: Number = None, as_json: AsJson = False
) -> None:
    """Print what a snapshot says, in words, and where it lies."""
    from metrics.snapshot.listing import words_of

    home = opened(context)
    said, text = words_of(home, monday(week), audience, edition)
    if as_json:
        print_json(said)
    else:
        print(text)


@group.command("verify")
def verify(
    context: typer.Context,
    week: Week = None,
    audience: Audience = "",
    edition: Number = None,
    as_it_was: Annotated[bool, typer.Option(help="That today's definitions are others is a note, not a difference.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a snapshot again from the lake as it was, and say equal or what differs. Exit 1 when not equal."""
    from metrics.snapshot.listing import audience_of
    from metrics.snapshot.verifying import verify as run

    home = opened(context)
    with progress_shown(quiet=as_json) as progress:
        report = run(home, monday(week), audience_of(home, audience), edition, as_it_was, progress)
    if as_json:
        print_json(report.to_dict())
    else:
        for sentence in report.sentences():
            say(sentence)
    if not report.passed:
        raise typer.Exit(1)


@group.command("send")
def send(
    context: typer.Context,
    week: Week = None,
    audience: Audience = "",
    edition: Number = None,
    dry_run: Annotated[bool, typer.Option(help="Say what is due, and change nothing.")] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Send an issued snapshot to its audience's recipients, each once; what failed is tried again. Exit 1 when something failed."""
    from metrics.snapshot.delivery import send as run
    from metrics.snapshot.editions import edition_of
    from metrics.snapshot.listing import audience_of

    home = opened(context)
    report = run(home, edition_of(home.path, monday(week), audience_of(home, audience), edition), instant(context, now), dry_run)
    if as_json:
        print_json(report.to_dict())
    else:
        for sentence in (report.sentence(), *report.problems):
            say(sentence)
    if not report.passed:
        raise typer.Exit(1)


def opened(context: typer.Context) -> "Home":
    from metrics.home import open_home

    return open_home(home_path(context))


def monday(week: str | None) -> date | None:
    from metrics.snapshot.asked import week_of

    return None if week is None else week_of(week)
