"""MLLP: HL7 v2 messages over a connection, each in the journal before it is acknowledged.

The acknowledgement is HL7's original mode (v2.5.1, 2.9.2): AA stored and read; AE stored, but bad; AR refused, and
sending it again is of no use. A bad message is kept with its raw text.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from metrics.errors import UserError
from metrics.home import Home
from metrics.journal import Journal
from metrics.journal.journal import Letter
from metrics.listen.reading import reading_of
from metrics.messages.change import Parsed
from metrics.messages.hl7 import FORMAT, parsed
from metrics.messages.reading import Reading
from metrics.messages.segments import decoded

START, END = b"\x0b", b"\x1c\r"
LONGEST = 4 * 1024 * 1024  # bytes of one message; a real one has a few thousand
MOST_AT_ONCE = 500  # messages stored together: more would make the first of them wait for longer than the disk does
UNNAMED = "mllp"  # the feed of a message whose sender cannot be read


def clock() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def answers(raws: Sequence[bytes], journal: Journal, reading: Reading, now: datetime, name: str = "") -> list[bytes]:
    """The acknowledgements of the messages, which are all on the disk when this returns, by one wait for it."""
    told = [parsed(raw, reading) for raw in raws]
    heads = [decoded(raw).split("\r", 1)[0].split("|") for raw in raws]
    letters = [(feed_of(head, name), Letter(raw, one)) for raw, head, one in zip(raws, heads, told, strict=True)]
    numbers = journal.store_each(letters, FORMAT, now)
    problems = [journal.problem_of(number) for number in numbers]
    return [answer(*one, now) for one in zip(heads, told, numbers, problems, strict=True)]


def feed_of(head: list[str], name: str) -> str:
    """The feed's name in feeds.toml, if any, and the sender, by the first segment's fields: application/facility (MSH-3, MSH-4)."""
    named = [part.split("^")[0] for part in head[2:4] if part] if head[0] == "MSH" else []
    return "/".join(part for part in (name, *named) if part) or UNNAMED


def answer(head: list[str], told: Parsed, number: int, problem: str | None, now: datetime) -> bytes:
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


def listeners_of(home: Home, journal: Journal) -> "list[Listener]":
    """A listener for each feed of feeds.toml that has a port. Raises UserError, and listens nowhere, where one cannot."""
    made: list[Listener] = []
    try:
        for feed in home.feeds:
            if feed.port is not None:
                secure = feed.tls_cert is not None and feed.tls_key is not None
                tls = tls_context(home.path / str(feed.tls_cert), home.path / str(feed.tls_key)) if secure else None
                made.append(Listener(journal, reading_of(home, feed), feed.host, feed.port, tls, name=feed.name))
    except UserError:
        for one in made:
            one.close()
        raise
    return made


class Listener:
    """Listens on a thread of its own, until it is closed. port: where it listens (0 asks for any that is free)."""

    def __init__(
        self, journal: Journal, reading: Reading, host: str, port: int, tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = clock, name: str = "",
    ) -> None:  # fmt: skip
        self.name = name
        self.journal, self.reading, self.now, self.tls = journal, reading, now, tls
        self.waiting: asyncio.Queue[tuple[bytes, asyncio.Future[bytes]]] = asyncio.Queue()
        self.writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mllp-journal")
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="mllp", daemon=True)
        self.thread.start()
        listening = asyncio.start_server(self.served, host, port, ssl=tls, limit=LONGEST)
        try:
            self.server = asyncio.run_coroutine_threadsafe(listening, self.loop).result()
        except OSError as error:
            self._end()
            raise UserError(f"port {port} of {host} cannot be listened on: {error.strerror or error}. Name another.") from None
        self.storing = asyncio.run_coroutine_threadsafe(self.stored(), self.loop)
        self.port: int = self.server.sockets[0].getsockname()[1]

    async def served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: message after message, each answered before the next is read. What is no whole message is not stored."""
        try:
            while True:
                block = await reader.readuntil(END)
                raw = block[: -len(END)].rpartition(START)[2]
                told: asyncio.Future[bytes] = self.loop.create_future()
                await self.waiting.put((raw, told))
                writer.write(START + await told + END)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError, OSError):
            pass  # the peer or this listener goes away, or what is sent has no end: it was not acknowledged, so it comes again
        finally:
            writer.close()

    async def stored(self) -> None:
        """Stores what came while the disk was busy with what came before, all at once: each connection waits for its own answer."""
        while True:
            batch = [await self.waiting.get()]
            while len(batch) < MOST_AT_ONCE and not self.waiting.empty():
                batch.append(self.waiting.get_nowait())
            raws = [raw for raw, _ in batch]
            try:
                acks = await self.loop.run_in_executor(
                    self.writer, answers, raws, self.journal, self.reading, self.now(), self.name
                )
            except Exception as error:  # the disk is full, or the like: nobody is acknowledged, and the senders send again
                for _, told in batch:
                    if not told.done():
                        told.set_exception(error)
            else:
                for (_, told), ack in zip(batch, acks, strict=True):
                    if not told.done():  # a connection that went away waits no more
                        told.set_result(ack)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.server.close)
        self._end()

    async def _ended(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _end(self) -> None:
        asyncio.run_coroutine_threadsafe(self._ended(), self.loop).result()
        self.writer.shutdown(wait=True)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
