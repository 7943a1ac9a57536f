"""MLLP: HL7 v2 messages over a connection, each in the journal before it is acknowledged.

The acknowledgement is HL7's original mode (v2.5.1, 2.9.2): AA stored and read; AE stored, but bad; AR refused, and
sending it again is of no use. A bad message is kept with its raw text.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from metrics.errors import UserError
from metrics.journal import Journal
from metrics.messages.hl7 import FORMAT, parsed
from metrics.messages.reading import Reading
from metrics.messages.segments import decoded

START, END = b"\x0b", b"\x1c\r"
LONGEST = 4 * 1024 * 1024  # bytes of one message; a real one has a few thousand
UNNAMED = "mllp"  # the feed of a message whose sender cannot be read


def clock() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def answer(raw: bytes, journal: Journal, reading: Reading, now: datetime) -> bytes:
    """The acknowledgement of the message, which is on the disk when this returns."""
    told = parsed(raw, reading)
    head = decoded(raw).split("\r", 1)[0].split("|")
    feed = "/".join(part.split("^")[0] for part in head[2:4] if part) if head[0] == "MSH" else ""
    number = journal.store(feed or UNNAMED, FORMAT, raw, told.control_id, now, told)
    problem = journal.problem_of(number)
    code = "AA" if problem is None else "AR" if told.refused else "AE"
    return acknowledgement(head if head[0] == "MSH" else [], code, told.control_id or "", problem or "", number, now)


def acknowledgement(head: list[str], code: str, control_id: str, problem: str, number: int, now: datetime) -> bytes:
    """MSH and MSA (with MSA-3, why) for a message with the header given; sender and receiver change places."""
    part = head + [""] * (12 - len(head))
    event = part[8].split("^")[1] if "^" in part[8] else ""
    kind = f"ACK^{event}" if event else "ACK"
    msh = ["MSH", "^~\\&", part[4], part[5], part[2], part[3], f"{now:%Y%m%d%H%M%S}+0000", "", kind, f"TIMELY{number}",
           part[10] or "P", part[11] or "2.5"]  # fmt: skip
    why = problem.replace("\\", "").replace("|", " ").replace("^", " ").replace("&", " and ").replace("\n", " ")
    return ("|".join(msh) + "\r" + "|".join(["MSA", code, control_id, why]) + "\r").encode()


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Raises UserError when the files are not a certificate and its key."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise UserError(f"{certificate}, {key}: not a certificate and its key in PEM ({error.strerror or error}).") from None
    return context


class Listener:
    """Listens on a thread of its own, until it is closed. port: where it listens (0 asks for any that is free)."""

    def __init__(
        self, journal: Journal, reading: Reading, host: str, port: int, tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = clock,
    ) -> None:  # fmt: skip
        self.journal, self.reading, self.now, self.tls = journal, reading, now, tls
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="mllp", daemon=True)
        self.thread.start()
        listening = asyncio.start_server(self.served, host, port, ssl=tls, limit=LONGEST)
        try:
            self.server = asyncio.run_coroutine_threadsafe(listening, self.loop).result()
        except OSError as error:
            self._end()
            raise UserError(f"port {port} of {host} cannot be listened on: {error.strerror or error}. Name another.") from None
        self.port: int = self.server.sockets[0].getsockname()[1]

    async def served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: message after message, each answered before the next is read. What is no whole message is not stored."""
        try:
            while True:
                block = await reader.readuntil(END)
                raw = block[: -len(END)].rpartition(START)[2]
                writer.write(START + answer(raw, self.journal, self.reading, self.now()) + END)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            pass  # the peer went away, or sends what has no end: it was not acknowledged, so it will send again
        finally:
            writer.close()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.server.close)
        self._end()

    def _end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
