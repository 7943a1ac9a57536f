"""POST /fhir and /fhir/TYPE, PUT /fhir/TYPE/ID: FHIR resources, answered when they are in the journal, with an OperationOutcome."""

import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from metrics.api.access import NotAllowedError, sender_of
from metrics.api.here import home_path
from metrics.api.replies import RETRY_AFTER
from metrics.errors import UserError
from metrics.home import current_home
from metrics.home.replay import now_of
from metrics.journal import Journal, opened
from metrics.listen import Outcome, Received, Sent, Together, reading_of, received_each
from metrics.messages.fhir import Document, document, lines

FHIR_JSON = "application/fhir+json"
ONE, LINED = (FHIR_JSON, "application/json"), ("application/fhir+ndjson", "application/ndjson", "application/x-ndjson")
LARGEST = 16 * 1024 * 1024  # bytes of one request; more is sent as a file to the inbox
FEED = "fhir"
log = logging.getLogger(__name__)


class TooLargeError(Exception):
    """The request is longer than LARGEST."""


def routes() -> list[Route]:
    every = ["GET", "POST", "PUT", "DELETE", "PATCH"]
    return [Route(path, answered_to, methods=every) for path in ("/fhir", "/fhir/{kind}", "/fhir/{kind}/{ident}")]


async def answered_to(request: Request) -> Response:
    """POST to /fhir and /fhir/TYPE, PUT to /fhir/TYPE/ID. Nothing is given out here."""
    allowed = "PUT" if "ident" in request.path_params else "POST"
    if request.method == allowed:
        return await posted(request)
    return outcome(405, issue("error", "not-supported", f"Here is {allowed} only: events are taken, and none are given out."))


async def posted(request: Request) -> Response:
    """201 where the one resource is in the journal, 200 where those of a Bundle that were not refused are; 422 where nothing was
    taken, 400 where it cannot be read. Nothing is acknowledged that is not on the disk."""
    try:
        sender = sender_of(request)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in (*ONE, *LINED) or request.headers.get("content-encoding", "identity") != "identity":
            return outcome(415, issue("error", "not-supported", f"Send {FHIR_JSON} or {LINED[0]}, not compressed."))
        body = await read(request)
        return await run_in_threadpool(answered, body, kind in LINED, request.path_params, sender)
    except NotAllowedError as problem:
        return outcome(401, issue("error", "login", str(problem)))
    except TooLargeError:
        most = f"A request may have {LARGEST // 1024 // 1024} MB; send more as a file to inbox/{FEED}/."
        return outcome(413, issue("error", "too-costly", most))
    except (UserError, sqlite3.Error, OSError) as problem:
        log.exception("resources could not be kept")
        told = f"Nothing was kept ({type(problem).__name__}); send it again in a moment."
        return outcome(503, issue("error", "transient", told))


async def read(request: Request) -> bytes:
    """The request's body. Raises TooLargeError as soon as it is known to be too long."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > LARGEST:
        raise TooLargeError
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise TooLargeError
        parts.append(part)
    return b"".join(parts)


def answered(body: bytes, lined: bool, place: Mapping[str, str], sender: str) -> Response:
    """What became of the resources; they are in the journal when this returns."""
    sent = lines(body) if lined else document(body)
    alone = not lined and sent.bundle is None
    wrong = misplaced(sent, place)
    if wrong:
        return outcome(400, issue("error", "invalid", wrong))
    if not sent.entries:
        return outcome(422, issue("error", "invalid", "There is no resource in it."))
    found = keeping(home_path()).told((sender, sent, now_of(home_path())))
    return outcome(status_of(found, alone, sent), *issues(found))


def misplaced(sent: Document, place: Mapping[str, str]) -> str | None:
    """Why what was sent does not belong to the address: another type, another id."""
    for name, key in (("kind", "resourceType"), ("ident", "id")):
        if name in place and any(not one.problem and one.body.get(key) != place[name] for one in sent.entries):
            return f"What is sent to /fhir/{'/'.join(place.values())} must have its {key}."
    return None


Posted = tuple[str, Document, datetime]
"""The sender, what was sent, when it came (UTC)."""


@lru_cache(maxsize=4)
def keeping(path: Path) -> Together[Posted, Received]:
    """Requests that come together are kept by one wait for the disk."""
    journal = opened(path)
    return Together(lambda posted: kept(path, journal, posted))


def kept(path: Path, journal: Journal, posted: Sequence[Posted]) -> list[Received]:
    """They are of the feed that has the sender's name, else of the first FHIR feed of feeds.toml."""
    home = current_home(path)
    named = {feed.name: feed for feed in reversed(home.feeds) if feed.kind == "fhir"}
    usual = next(reversed(named.values()), None)
    feeds = {sender: named.get(sender) or usual for sender, *_ in posted}
    read = {sender: reading_of(home, feed) for sender, feed in feeds.items()}
    sent = [Sent(feed.name if (feed := feeds[sender]) else FEED, read[sender], what, at) for sender, what, at in posted]
    return received_each(home, journal, sent, now_of(path))


def status_of(found: Received, alone: bool, sent: Document) -> int:
    if alone and sent.entries[0].problem:
        return 400
    if alone:
        return 201 if found.taken else 422
    return 200 if found.applied and (found.taken or not found.refused) else 422


def issues(found: Received) -> Iterator[dict[str, Any]]:
    """How many were taken; each that was refused, with every reason; the types that were let by."""
    if found.taken:
        yield issue("information", "informational", f"{found.taken} taken")
    if not found.applied:
        yield issue("error", "conflict", "The transaction was not taken: an entry of it was refused.")
    for one in found.refused:
        yield from (issue("error", "invalid", f"{placed(one)}{problem}") for problem in one.problems)
    beside = sorted({one.kind for one in found.outcomes if one.beside})
    if beside:
        yield issue("information", "not-supported", f"Not needed, and not kept: {', '.join(beside)}.")


def placed(one: Outcome) -> str:
    return f"{one.place}: " if one.place else ""


def issue(severity: str, code: str, diagnostics: str) -> dict[str, Any]:
    return {"severity": severity, "code": code, "diagnostics": diagnostics}


def outcome(status: int, *found: dict[str, Any]) -> Response:
    headers = {401: {"WWW-Authenticate": "Bearer"}, 405: {"Allow": "POST, PUT"}, 503: {"Retry-After": RETRY_AFTER}}.get(status, {})
    body = {"resourceType": "OperationOutcome", "issue": list(found)}
    return JSONResponse(body, status, {"Cache-Control": "no-store", **headers}, FHIR_JSON)
