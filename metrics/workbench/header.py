"""The header of a saved question: its lines, read one by one, and everything that is wrong with them."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from metrics.errors import did_you_mean
from metrics.workbench.parameters import PARAM_TYPES, Param, value_of

HEADER = re.compile(r"--\s*(\w+):\s*(.*)")
PARAM = re.compile(r"(\w+)\s+(\w+)\s*=\s*('(?:[^']|'')*'|\S+)\s*(.*)")
REQUIRED = ("title", "question", "owner", "reviewed", "returns")
FIELDS = (*REQUIRED, "param", "note")


class Header:
    """What the header lines said so far, and what is wrong with them."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.said: dict[str, str] = {}
        self.params: list[Param] = []
        self.problems: list[str] = []

    def read(self, number: int, line: str) -> None:
        found = HEADER.fullmatch(line.strip())
        if not found:
            return
        key, text = found[1], found[2].strip()
        if key not in FIELDS:
            self.problems.append(f"{self.place}:{number}: unknown header '{key}'.{did_you_mean(key, FIELDS)}")
        elif key == "param":
            self.read_param(number, text)
        elif key in self.said:
            self.problems.append(f"{self.place}:{number}: {key} is said twice")
        elif key == "reviewed" and not _is_date(text):
            self.problems.append(f"{self.place}:{number}: reviewed: '{text}' is not a date; write it as 2026-11-01")
        else:
            self.said[key] = text

    def read_param(self, number: int, text: str) -> None:
        where = f"{self.place}:{number}: param"
        found = PARAM.fullmatch(text)
        if not found:
            self.problems.append(f"{where}: '{text}' is not 'name type = default   meaning'")
        elif found[2] not in PARAM_TYPES:
            self.problems.append(f"{where} {found[1]}: unknown type '{found[2]}'.{did_you_mean(found[2], PARAM_TYPES)}")
        elif found[1] in {param.name for param in self.params}:
            self.problems.append(f"{where} {found[1]}: is said twice")
        else:
            try:
                default = _default(found[3], found[2])
            except ValueError as problem:
                self.problems.append(f"{where} {found[1]}: {problem}")
                default = None
            self.params.append(Param(found[1], found[2], default, found[4]))

    def missing(self) -> Iterator[str]:
        """Each header that is not there; one that was there and wrong has been told already."""
        told = " ".join(self.problems)
        for key in REQUIRED:
            if not self.said.get(key) and f": {key}:" not in told:
                yield f"{self.place}: no header '-- {key}: ...'"


def _default(text: str, kind: str) -> Any:
    """A default as the header writes it: in quotes where it holds blanks."""
    return text[1:-1].replace("''", "'") if text.startswith("'") else value_of(text, kind)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
