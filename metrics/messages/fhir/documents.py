"""What was sent as resources: one resource, a Bundle, or a resource a line (NDJSON). Nothing here raises for what is in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from json import JSONDecodeError, dumps, loads
from typing import Any, NoReturn

from metrics.messages.fhir import times

BUNDLE, LINKED = "Bundle", ("Schedule", "Location", "HealthcareService", "PractitionerRole")
ADDRESS = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9_.\-]{1,128})$")
MARK = b"\xef\xbb\xbf"
DEEPEST = 60  # levels; FHIR's own deepest resources have some twenty


class UnreadableError(Exception):
    """It is no JSON that FHIR allows. The sentence says why, and holds nothing of it."""


@dataclass(frozen=True)
class Entry:
    """One resource. place: where it stood ('entry 3', 'line 12', '' when it came alone). digest: of what it says, however it is
    laid out. problem: why it is none; then the body is empty."""

    place: str
    raw: bytes
    body: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    problem: str | None = None


@dataclass(frozen=True)
class Document:
    """bundle: the Bundle's type. beside, links: as in Standing. timestamp: of the Bundle, UTC."""

    entries: tuple[Entry, ...]
    bundle: str | None = None
    beside: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    timestamp: datetime | None = None


def document(raw: bytes) -> Document:
    """One JSON text: a resource alone, or a Bundle with its entries."""
    entry = entry_of("", raw)
    if entry.problem or entry.body.get("resourceType") != BUNDLE:
        return Document((entry,))
    return bundled(entry.body)


def lines(raw: bytes, first: int = 1) -> Document:
    """NDJSON: a resource a line, empty lines left out. first: the number of the first line."""
    found = enumerate(raw.removeprefix(MARK).split(b"\n"), start=first)
    entries = tuple(entry_of(f"line {number}", line) for number, line in found if line.strip())
    return Document(entries, beside=beside_of(entry.body for entry in entries))


def bundled(bundle: dict[str, Any]) -> Document:
    given = bundle.get("entry", [])
    if not isinstance(given, list):
        return Document((Entry("", b"", problem="Bundle.entry is no list."),))
    entries = tuple(bundle_entry(f"entry {number}", one) for number, one in enumerate(given, start=1))
    addresses = [one.get("fullUrl") if isinstance(one, dict) else None for one in given]
    links = {
        address: f"{entry.body.get('resourceType')}/{entry.body.get('id')}"
        for address, entry in zip(addresses, entries, strict=True)
        if isinstance(address, str) and address.startswith("urn:")
    }
    kind = bundle.get("type")
    try:
        timestamp = times.instant(bundle.get("timestamp"), "UTC")
    except ValueError:
        timestamp = None
    return Document(
        entries, kind if isinstance(kind, str) else "", beside_of(entry.body for entry in entries), links, timestamp
    )  # fmt: skip


def bundle_entry(place: str, given: Any) -> Entry:
    """The entry's resource. One that was created has the id of its temporary address; one that was deleted never was."""
    if not isinstance(given, dict):
        return Entry(place, b"", problem="It is no entry of a Bundle.")
    body, request = given.get("resource"), given.get("request")
    if body is None and isinstance(request, dict) and request.get("method") == "DELETE":
        body = deleted(str(request.get("url")), given)
    if not isinstance(body, dict):
        return Entry(place, b"", problem="The entry holds no resource.")
    address = given.get("fullUrl")
    if "id" not in body and isinstance(address, str) and address.startswith("urn:uuid:"):
        body = {**body, "id": address.removeprefix("urn:uuid:")}
    return entry_of_body(place, body)


def deleted(url: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """A resource that was deleted, as one that was entered in error."""
    named, response = ADDRESS.match(url), given.get("response")
    if named is None:
        return None
    modified = response.get("lastModified") if isinstance(response, dict) else None
    meta = {"meta": {"lastUpdated": modified}} if modified else {}
    return {"resourceType": named[1], "id": named[2], "status": "entered-in-error", **meta}


def beside_of(bodies: Iterator[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {f"{body['resourceType']}/{body.get('id')}": body for body in bodies if body.get("resourceType") in LINKED}


def entry_of(place: str, raw: bytes) -> Entry:
    try:
        return entry_of_body(place, resource(raw), raw)
    except UnreadableError as error:
        return Entry(place, raw, problem=str(error))


def entry_of_body(place: str, body: dict[str, Any], raw: bytes | None = None) -> Entry:
    """The entry with its digest. Raw is the body as JSON where it did not come alone."""
    try:
        text = dumps(body, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return Entry(place, raw or b"", problem="It holds a number or a character that JSON does not allow.")
    if b"\\u0000" in text:
        return Entry(place, raw or text, problem="It holds a null character.")
    return Entry(place, text if raw is None else raw, body, sha256(text).hexdigest())


def resource(raw: bytes) -> dict[str, Any]:
    """The JSON object. Raises UnreadableError: other encodings than UTF-8, no JSON, nested too deep, numbers that are none."""
    try:
        text = raw.removeprefix(MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"It is not UTF-8 text (byte {error.start + 1}); FHIR allows no other encoding.") from None
    try:
        body = loads(text, parse_constant=refuse_constant)
    except JSONDecodeError as error:
        raise UnreadableError(f"It is no JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    except RecursionError:
        raise UnreadableError(f"It is nested deeper than {DEEPEST} levels.") from None
    except ValueError:
        raise UnreadableError("It holds a number that JSON does not allow.") from None
    if not isinstance(body, dict):
        raise UnreadableError("It is no resource: a resource is a JSON object with a resourceType.")
    if deeper(body):
        raise UnreadableError(f"It is nested deeper than {DEEPEST} levels.")
    return body


def refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


def deeper(body: Any) -> bool:
    """Whether it is nested deeper than DEEPEST levels."""
    level = [body]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in inner_values(one)]
        if not level:
            return False
    return True


def inner_values(one: Any) -> list[Any]:
    values = one.values() if isinstance(one, dict) else one
    return [value for value in values if isinstance(value, dict | list)]
