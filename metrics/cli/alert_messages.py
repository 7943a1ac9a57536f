"""timely alerts silence, notify, quality: which messages go out, what became of them, and whether they were worth it."""

from datetime import datetime
from typing import Annotated

import typer

from metrics.cli.alerts import AsJson, By, For, Form, Now, Until, end_of, group, opened, person_of
from metrics.cli.application import instant
from metrics.cli.printing import Format, print_json, print_rows, say

__all__ = ["group"]  # with these commands, too


@group.command("silence")
def silence(
    context: typer.Context,
    matchers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LABEL=NAME]...",
            help="Which alerts, as in site_id=CEN metric=no_show_rate; a label given twice: either. None: list the silences.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    length: For = "",
    until: Until = None,
    since: Annotated[datetime | None, typer.Option(help="From this instant (UTC). Default: now.")] = None,
    end: Annotated[str | None, typer.Option(metavar="SILENCE", help="End the silence of this id now.")] = None,
    by: By = "",
    now: Now = None,
    form: Form = Format.table,
    as_json: AsJson = False,
) -> None:
    """Silence alerts for a while: no messages, but they go on and are shown. Without arguments, list the silences."""
    from metrics.ledger import quiet

    _, ledger = opened(context)
    at = instant(context, now)
    if end is not None:
        quiet.end_silence(ledger, end, at)
        say(f"silence {end} has ended")
    elif matchers:
        begins = since or at
        made = quiet.silence(ledger, asked(matchers), begins, end_of(begins, length, until), reason, person_of(by).name, at)
        say(f"silence {made} is set; end it with: timely alerts silence --end {made}")
    else:
        print_rows(quiet.silences(ledger), Format.json if as_json else form)


def asked(matchers: list[str]) -> dict[str, list[str]]:
    """Label -> names. Raises UserError with every word that is not LABEL=NAME."""
    from metrics.errors import UserError

    pairs = [word.partition("=") for word in matchers]
    wrong = [word for word, (label, _, name) in zip(matchers, pairs, strict=True) if not (label.strip() and name.strip())]
    if wrong:
        raise UserError(*(f"{word!r} is not LABEL=NAME; write it as in site_id=CEN." for word in wrong))
    labels = dict.fromkeys(label.strip() for label, _, _ in pairs)
    return {known: [name.strip() for label, _, name in pairs if label.strip() == known] for known in labels}


@group.command("notify")
def notify(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent and to whom; send nothing.")] = False,
    log: Annotated[bool, typer.Option("--log", help="Print every attempt that was made; send nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="First take up again the messages that were given up.")] = False,
    now: Now = None,
    form: Form = Format.table,
    as_json: AsJson = False,
) -> None:
    """Send the messages that are due to their owners. Exit code 1 when one could not be sent."""
    from metrics.cli.alert_rows import attempts
    from metrics.ledger.outbox import send_again
    from metrics.notify import deliver

    home, ledger = opened(context)
    if log:
        print_rows(attempts(ledger), Format.json if as_json else form)
        return
    if again and not dry_run:
        say(f"{send_again(ledger, instant(context, now))} messages are taken up again")
    report = deliver(home, instant(context, now), dry_run)
    if as_json:
        print_json(report.to_dict())
    else:
        for message in report.would_send:
            print(
                f"To {message['owner']} ({', '.join(message['to']) or 'no address'}): {message['subject']}\n\n{message['body']}\n"
            )
        say(report.sentence())
        for problem in report.problems:
            say(f"timely: {problem}")
    if not report.passed:
        raise typer.Exit(1)


@group.command("quality")
def quality(context: typer.Context, now: Now = None, form: Form = Format.table, as_json: AsJson = False) -> None:
    """Print how good the alerts are: how many an owner gets a week, how soon they are taken, how many were for nothing."""
    import polars as pl

    from metrics.alerts.quality import alert_quality
    from metrics.ledger.lives import episodes, events

    _, ledger = opened(context)
    weekdays = pl.Series("working_days", [], pl.Date)  # none named: Monday to Friday
    print_rows(alert_quality(episodes(ledger), events(ledger), weekdays, instant(context, now)), Format.json if as_json else form)
