"""Field maps: which column of an event table comes from which field of a resource, and how it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from metrics.messages.change import Value
from metrics.messages.fhir.resource import Resource

Read = Literal["text", "time", "day", "patient", "site", "reference", "worked out"]
PRACTITIONERS = ("Practitioner", "PractitionerRole")
OTHERWISE = "*"  # in codes: every code that is not listed


@dataclass(frozen=True)
class Field:
    """r4, r5: FHIRPath in each version; of several, separated by commas, the first that leads to a value counts. r5 is None where
    it is as in R4; an empty text: that version has no field for it.

    read: how the value is taken; 'worked out': by the resource's own module, as `note` says. of: only references to these types.
    codes: what a code becomes; one that is not listed is nothing. keep: a resource without it leaves what was said before.
    """

    column: str
    r4: str
    r5: str | None = None
    read: Read = "text"
    of: tuple[str, ...] = ()
    codes: Mapping[str, Value] | None = None
    keep: bool = False
    note: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """Those of R5, then those of R4: no resource has both."""
        every = [path.strip() for text in (self.r5 or "", self.r4) for path in text.split(",") if path.strip()]
        return tuple(dict.fromkeys(every))


def read_values(fields: Sequence[Field], one: Resource) -> dict[str, Value]:
    """The columns that are read straight from fields; None for one that the resource does not tell. The site comes first: times
    without an offset are of its clock."""
    ordered = sorted(fields, key=lambda field: field.read != "site")
    found = {field.column: value_of(field, one) for field in ordered if field.read != "worked out"}
    kept = {field.column for field in fields if field.keep}
    return {name: value for name, value in found.items() if value is not None or name not in kept}


def value_of(field: Field, one: Resource) -> Value:
    if field.read in ("time", "day"):
        return one.time(*field.paths, day=field.read == "day")
    if field.read == "patient":
        return one.patient(*field.paths)
    if field.read == "site":
        return one.site(*field.paths)
    if field.read == "reference":
        return one.reference(*field.paths, of=field.of)
    text = one.text(*field.paths)
    return text if field.codes is None or text is None else field.codes.get(text, field.codes.get(OTHERWISE))
