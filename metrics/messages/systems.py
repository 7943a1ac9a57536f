"""Case numbers are a system's own: number 4711 of the emergency system and of a FHIR server are two cases."""

from collections.abc import Iterable
from dataclasses import replace

from metrics.events import TABLES
from metrics.messages.change import Change

BETWEEN = ":"  # the system and its number, as in 'fhir:4711'
NAMED_BY = ("reschedule_of",)  # columns, besides the key, that hold a case's number


def of_system(changes: Iterable[Change], system: str) -> tuple[Change, ...]:
    """The same changes, every case under the system's name and its number; as they are where the system has no name."""
    return tuple(named(change, f"{system}{BETWEEN}") for change in changes) if system else tuple(changes)


def named(change: Change, head: str) -> Change:
    numbers = (TABLES[change.table].key[0], *NAMED_BY)  # the key's other columns are an instant, an item
    values = {name: f"{head}{value}" if name in numbers and value else value for name, value in change.values.items()}
    return replace(change, key=f"{head}{change.key}", values=values)
