"""One FHIR resource and what it stands in, asked by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from metrics.messages.change import Value
from metrics.messages.fhir import paths, times
from metrics.messages.reading import Reading

REFERENCE = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)(?:/|\?)")
TAIL = re.compile(r"[^/|:]+$")
LONGEST = 200  # characters of a code or a word
SHOWN = 40  # characters of a wrong value in a reason


@dataclass(frozen=True)
class Standing:
    """What a resource stands in: a Bundle, a file, a request.

    beside: other resources by 'Type/id'. links: 'Type/id' by the temporary address (urn:uuid) that a Bundle gives its entries.
    said_at: when it was said, where the resource itself does not say so and the sender speaks as things happen; received_at: when
    it was received; census_at: when the slots of a Bundle or a file were looked at. UTC.
    """

    received_at: datetime
    said_at: datetime | None = None
    census_at: datetime | None = None
    beside: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


class Resource:
    """`problems` gathers what is wrong with the values that were asked for."""

    def __init__(self, body: dict[str, Any], reading: Reading, standing: Standing) -> None:
        self.body, self.reading, self.standing = body, reading, standing
        self.problems: list[str] = []
        self.zone = reading.time_zone
        self.stamp = self.time("meta.lastUpdated") or standing.said_at
        """When this version was said; None where nobody knows."""

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def at(self) -> datetime:
        return self.stamp or self.standing.received_at

    @property
    def source(self) -> str:
        return self.reading.source or "fhir"

    def all(self, *asked: str) -> list[Any]:
        """The values of the first of the paths that leads to any."""
        return next((found for path in asked if (found := paths.values(self.body, path))), [])

    def text(self, *asked: str) -> str | None:
        """The first value that is a text or a number, as a text."""
        found = (str(value).strip()[:LONGEST] for value in self.all(*asked) if isinstance(value, str | int | float))
        return next((text for text in found if text), None)

    def time(self, *asked: str, day: bool = False) -> datetime | None:
        """The earliest instant there; a date alone is one only where `day` allows it."""
        read, found = times.day_or_instant if day else times.instant, []
        for value in self.all(*asked):
            try:
                found.append(read(value, self.zone))
            except ValueError:
                self.problems.append(f"{self.named(asked)}: {str(value)[:SHOWN]!r} is no FHIR date or time.")
        return min((at for at in found if at is not None), default=None)

    def needed_time(self, *asked: str, day: bool = False) -> datetime | None:
        """As `time`; that there is none is a problem."""
        at = self.time(*asked, day=day)
        if at is None and not self.problems:
            why = "is no more than a date" if self.all(*asked) else "is missing"
            self.problems.append(f"{self.named(asked)} {why}: nobody knows when it was.")
        return at

    def named(self, asked: tuple[str, ...]) -> str:
        """The field that was read, or those in which it was looked for."""
        there = next((path for path in asked if paths.values(self.body, path)), None)
        return f"{self.body['resourceType']}.{there or ' or '.join(asked)}"

    def references(self, *asked: str, of: tuple[str, ...] = ()) -> list[str]:
        """The ids that the references of the first path with any lead to; `of`: only to resources of these types.

        A reference into the resource itself ('#p1') is the identifier there; without one it is nobody.
        """
        found = [self.target(value) for value in self.all(*asked) if isinstance(value, dict)]
        return [ident for kind, ident in found if ident and (not of or kind in of)]

    def reference(self, *asked: str, of: tuple[str, ...] = ()) -> str | None:
        return next(iter(self.references(*asked, of=of)), None)

    def target(self, reference: dict[str, Any]) -> tuple[str, str | None]:
        """Type and id of what is referred to; an id is the identifier's value where the reference names no address."""
        address = str(reference.get("reference") or "")
        address = self.standing.links.get(address, address).partition("/_history/")[0]
        said, value = str(reference.get("type") or ""), paths.values(reference, "identifier.value")
        if address.startswith("#"):
            inner = [
                one for one in paths.values(self.body, "contained") if isinstance(one, dict) and f"#{one.get('id')}" == address
            ]
            kinds, value = paths.values(inner, "resourceType"), [v for one in inner for v in paths.values(one, "identifier.value")]
            return str(kinds[0]) if kinds else said, str(value[0]) if value else None
        kind, tail = REFERENCE.match(address), TAIL.search(address)
        return kind[1] if kind else said, tail[0] if tail else str(value[0]) if value else None

    def patient(self, *asked: str) -> str | None:
        """The keyed hash of the patient referred to."""
        ident = self.reference(*asked, of=("Patient", ""))
        return self.reading.key_of(ident) if ident else None

    def site(self, *asked: str) -> str | None:
        """The place: the first reference, by id or by name, that is a listed site; else the feed's; else the first. Times without
        an offset are of its clock from here on."""
        referred = [value for path in asked for value in paths.values(self.body, path) if isinstance(value, dict)]
        ids = [self.target(value)[1] for value in referred]
        names = [str(value["display"]) for value in referred if value.get("display")]
        site = self.reading.site_of([*ids, *(name for name in names if name in self.reading.sites)])
        self.zone = self.reading.zone_at(site)
        return site

    def near(self, kind: str, *asked: str) -> dict[str, Any] | None:
        """The resource of the type that a reference leads to, where it stands beside this one."""
        ident = self.reference(*asked)
        return self.standing.beside.get(f"{kind}/{ident}")


def told(values: Mapping[str, Value]) -> dict[str, Value]:
    """Without the values that are not told: what is not spoken of is left as others said it."""
    return {name: value for name, value in values.items() if value is not None}
