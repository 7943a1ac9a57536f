"""What a database says when it cannot go on, as sentences for a person. No password, statement or parameter is told."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from metrics.errors import UserError

DAMAGED = ("not a database", "malformed", "disk image", "unsupported file format", "encrypted")
# What SQLite says -> what a person may do about it.
SQLITE = {
    "locked": "another process has been writing to it for too long. Try again; if it stays so, stop that process.",
    "full": "the disk is full. Make room, then try again; nothing was lost.",
    "disk i/o": "the disk does not answer as it should. See to the disk, then try again.",
    "unable to open": "it cannot be opened. See that the folder is there and that you may write to it.",
    "readonly": "it may not be written to. See to its permissions.",
}
POSTGRES = {
    "connection": "it cannot be reached. See that it runs and that ledger.url in timely.toml (or $TIMELY_LEDGER) is right.",
    "authentication": "it refuses the user or the password. See to ledger.url in timely.toml (or $TIMELY_LEDGER).",
    "does not exist": "the database is not there. Make it, or see to ledger.url in timely.toml (or $TIMELY_LEDGER).",
    "permission denied": "the user may not do that. Let it make tables in the database.",
    "lock timeout": SQLITE["locked"],
}


@contextmanager
def told(place: str, is_file: bool) -> Iterator[None]:
    """Turns what the database refuses into a UserError that names the ledger and the next step.

    A broken promise of the tables (a key twice, a null where there may be none) is the program's fault, and goes on as it is.
    """
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except sa.exc.DBAPIError as problem:
        raise UserError(f"the ledger {place}: {sentence_of(str(problem.orig), is_file)}") from None


def sentence_of(said: str, is_file: bool) -> str:
    words = said.lower()
    if is_file and any(word in words for word in DAMAGED):
        return damaged(said)
    known = SQLITE if is_file else POSTGRES
    first = (said.splitlines() or ["no answer"])[0]
    return next((sentence for word, sentence in known.items() if word in words), f"{first}.")


def damaged(said: str) -> str:
    return (
        f"it is damaged ({said.splitlines()[0]}). Put it back from your backup. "
        "Without one, move it away: a new ledger is begun, and the alerts' histories, notes and baselines of the old one are lost."
    )
