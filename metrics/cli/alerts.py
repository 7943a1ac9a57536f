"""timely alerts: what changed, who owns it, and what people do about it."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from metrics.cli.application import home_path, instant
from metrics.cli.printing import Format, print_json, print_rows, say
from metrics.cli.progress import progress_shown

if TYPE_CHECKING:  # for the types alone: a command imports what it runs when it runs
    from metrics.alerts.actions import Person
    from metrics.alerts.episode import Episode, Event
    from metrics.home import Home
    from metrics.ledger import Ledger

group = typer.Typer(help="What changed, who owns it, and what was done about it.", no_args_is_help=True)

CODES = "demand, staffing, capacity, process, system, data, one_off, planned, unknown or no_problem."  # as metrics.alerts.actions
Id = Annotated[str, typer.Argument(metavar="ALERT", help="The alert's id, or its first characters.")]
By = Annotated[str, typer.Option(envvar="TIMELY_USER", help="Who you are. Kept as unverified: nobody signed in.")]
Note = Annotated[str, typer.Option(help="A word for the others.")]
Now = Annotated[datetime | None, typer.Option(help="Pretend it is this instant (UTC). Default: the clock.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Form = Annotated[Format, typer.Option("--format", help="How to print the rows.")]
Until = Annotated[datetime | None, typer.Option(help="Until this instant (UTC).")]
For = Annotated[str, typer.Option("--for", help="For so long, as in '3 days'.")]


@group.command("list")
def list_alerts(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="open, all, or one of pending, firing, recovering, resolved, expired.")] = "open",
    owner: Annotated[str | None, typer.Option(help="Only this owner's.")] = None,
    site: Annotated[str | None, typer.Option(help="Only at this site.")] = None,
    form: Form = Format.table,
    as_json: AsJson = False,
) -> None:
    """List the alerts, the gravest first."""
    from metrics.cli.alert_rows import listed

    home, ledger = opened(context)
    print_rows(listed(home, ledger, state, owner, site), Format.json if as_json else form)


@group.command("show")
def show(context: typer.Context, alert: Id, form: Form = Format.table, as_json: AsJson = False) -> None:
    """Show an alert in words, with its whole history: what happened, who did it, and why."""
    from metrics.cli.alert_rows import history, in_words, whole
    from metrics.ledger.lives import full_id

    home, ledger = opened(context)
    alert_id = full_id(ledger, alert)
    if as_json:
        print_json(whole(home, ledger, alert_id))
        return
    if form is Format.table:
        print(in_words(home, ledger, alert_id) + "\n")
    print_rows(history(ledger, alert_id), form)


@group.command("ack")
def ack(context: typer.Context, alert: Id, by: By = "", note: Note = "", now: Now = None, as_json: AsJson = False) -> None:
    """Acknowledge an alert: you take it on. Where two do, the first has it."""
    from metrics.alerts.actions import acknowledged

    person, at = person_of(by), instant(context, now)
    after = done(context, alert, lambda episode: acknowledged(episode, person, at, note), as_json)
    if after.acked_by != person.name:
        say(f"{after.acked_by} has it since {after.acked_at:%Y-%m-%d %H:%M} UTC; that you took it on, too, is in the history")


@group.command("unack")
def unack(context: typer.Context, alert: Id, by: By = "", note: Note = "", now: Now = None, as_json: AsJson = False) -> None:
    """Give an alert back: nobody has it any more."""
    from metrics.alerts.actions import unacknowledged

    person, at = person_of(by), instant(context, now)
    done(context, alert, lambda episode: unacknowledged(episode, person, at, note), as_json)


@group.command("assign")
def assign(
    context: typer.Context,
    alert: Id,
    owner: Annotated[str, typer.Argument(metavar="OWNER", help="Whose it is from now on.")],
    by: By = "",
    note: Note = "",
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Hand an alert over to another owner."""
    from metrics.alerts.actions import assigned

    person, at = person_of(by), instant(context, now)
    done(context, alert, lambda episode: assigned(episode, person, at, owner, note), as_json)


@group.command("note")
def note_on(
    context: typer.Context,
    alert: Id,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What others should know.")],
    by: By = "",
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Write a note on an alert, whether it is over or not."""
    from metrics.alerts.actions import commented

    person, at = person_of(by), instant(context, now)
    done(context, alert, lambda episode: commented(episode, person, at, text), as_json)


@group.command("cause")
def cause(
    context: typer.Context,
    alert: Id,
    code: Annotated[str, typer.Argument(metavar="CODE", help=CODES)],
    by: By = "",
    note: Note = "",
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Say why an alert was raised, by a code that can be counted."""
    from metrics.alerts.actions import cause_set

    person, at = person_of(by), instant(context, now)
    done(context, alert, lambda episode: cause_set(episode, person, at, code, note), as_json)


@group.command("snooze")
def snooze(
    context: typer.Context,
    alert: Id,
    length: For = "",
    until: Until = None,
    by: By = "",
    note: Note = "",
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Put an alert off: no messages about it until then. It wakes when it grows graver."""
    from metrics.alerts.actions import snoozed

    person, at = person_of(by), instant(context, now)
    end = end_of(at, length, until)
    done(context, alert, lambda episode: snoozed(episode, person, at, end, note), as_json)


@group.command("evaluate")
def evaluate(context: typer.Context, now: Now = None, as_json: AsJson = False) -> None:
    """Ask every rule of alerts.toml of the newest figures, and move the alerts. Run it after each refresh."""
    from metrics.evaluate import evaluate as run
    from metrics.home import open_home

    home = open_home(home_path(context))
    with progress_shown(quiet=as_json) as progress:
        report = run(home, instant(context, now), progress)
    if as_json:
        print_json(report.to_dict())
        return
    say(report.sentence())
    for problem in report.problems:
        say(f"timely: {problem}")


@group.command("catch-up")
def catch_up(
    context: typer.Context,
    weeks: Annotated[int, typer.Option(min=1, max=520, help="How many weeks back, at most.")] = 26,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate past weeks that nobody evaluated, so that alerts have their history. No message goes out."""
    from metrics.evaluate import catch_up as run
    from metrics.home import open_home

    with progress_shown(quiet=as_json) as progress:
        report = run(open_home(home_path(context)), instant(context, now), weeks, progress)
    if as_json:
        print_json(report.to_dict())
    else:
        say(report.sentence())


def opened(context: typer.Context) -> "tuple[Home, Ledger]":
    from metrics.home import open_home
    from metrics.ledger import open_ledger

    home = open_home(home_path(context))
    return home, open_ledger(home)


def done(context: typer.Context, alert: str, action: "Callable[[Episode], tuple[Episode, Event]]", as_json: bool) -> "Episode":
    """Do it, and say how the alert stands after it."""
    from metrics.cli.alert_rows import as_it_stands
    from metrics.ledger.lives import act, full_id

    home, ledger = opened(context)
    after = act(ledger, full_id(ledger, alert), action)
    if as_json:
        print_json(after.__dict__)
    else:
        say(as_it_stands(home, after))
    return after


def person_of(by: str) -> "Person":
    """Who acts. Raises UserError when nobody says so: every act is kept with a name."""
    from metrics.alerts.actions import Person
    from metrics.errors import UserError

    if not by.strip():
        raise UserError("nobody said who acts. Say it with --by NAME, or once for all: export TIMELY_USER=NAME")
    return Person(by.strip(), verified=False)


def end_of(at: datetime, length: str, until: datetime | None) -> datetime:
    """When it ends, by a length or by an instant. Raises UserError unless exactly one of them is given."""
    from metrics.definitions.lengths import length_from_words
    from metrics.errors import UserError

    if bool(length) == (until is not None):
        raise UserError("say how long: with --for, as in --for '3 days', or with --until, as in --until 2026-11-30T09:00:00.")
    if until is not None:
        return until
    try:
        return at + length_from_words(length)
    except ValueError as problem:
        raise UserError(f"--for {length!r}: {problem}.") from None
