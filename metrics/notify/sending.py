"""One message to one address, and what came of it in words that hold no secret."""

import re
from logging import WARNING

import apprise

from metrics.notify.addresses import Address

ANSWERED = re.compile(r"error=(\d{3})")  # how apprise writes the status that a server answered


def send(address: Address, subject: str, body: str) -> str | None:
    """Send it now. None when the receiver took it, else why not; of what apprise says only the status is kept."""
    with apprise.LogCapture(level=WARNING) as said:  # type: ignore[no-untyped-call]
        try:
            taken = address.service.notify(title=subject, body=body, body_format=apprise.NotifyFormat.TEXT)
        except Exception as problem:  # a plugin may raise anything; the next address must still get its message
            return f"sending failed ({type(problem).__name__})"
    return None if taken else reason_in(said.getvalue())


def reason_in(said: str) -> str:
    status = ANSWERED.search(said)
    if status:
        return f"the receiver answered {status[1]}"
    return "the receiver could not be reached" if "onnection error" in said else "the receiver did not take it"
