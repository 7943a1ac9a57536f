"""The header of a saved question: its lines, read one by one, and everything that is wrong with them."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from metrics.errors import did_you_mean
from metrics.workbench.chart import Chart, chart_of
from metrics.workbench.parameters import PARAM_TYPES, Param, value_of

HEADER = re.compile(r"--\s*(\w+):\s*(.*)")
PARAM = re.compile(r"(\w+)\s+(\w+)\s*=\s*('(?:[^']|'')*'|\S+)\s*(.*)")
METRIC = re.compile(r"(\w+)\s*=\s*(.*)")
ALWAYS = ("title",)
REVIEWED = ("title", "question", "owner", "reviewed", "returns")  # what a question has to say that others rely on
FIELDS = (*REVIEWED, "reviewer", "param", "chart", "metric", "note")


class Header:
    """What the header lines said so far, and what is wrong with them."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.said: dict[str, str] = {}
        self.params: list[Param] = []
        self.metric: dict[str, str] = {}  # key -> value as written; another room knows what they mean
        self.problems: list[str] = []

    @property
    def chart(self) -> Chart | None:
        return chart_of(self.said["chart"], self.returns)[0] if "chart" in self.said else None

    @property
    def returns(self) -> tuple[str, ...]:
        """The columns that the answer is said to have."""
        return tuple(name for part in self.said.get("returns", "").split(",") if (name := part.strip()))

    def read(self, number: int, line: str) -> None:
        """Take one line in. A comment that is no 'key: text' is only a comment."""
        found = HEADER.fullmatch(line.strip())
        if not found:
            return
        key, text = found[1], found[2].strip()
        where = f"{self.place}:{number}"
        if key not in FIELDS:
            self.problems.append(f"{where}: unknown header '{key}'.{did_you_mean(key, FIELDS)}")
        elif key == "param":
            self.read_param(f"{where}: param", text)
        elif key == "metric":
            self.read_metric(f"{where}: metric", text)
        elif key in self.said:
            self.problems.append(f"{where}: {key} is said twice")
        elif key == "reviewed" and not _is_date(text):
            self.problems.append(f"{where}: reviewed: '{text}' is not a date; write it as 2026-11-01")
        else:
            self.said[key] = text

    def read_param(self, where: str, text: str) -> None:
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

    def read_metric(self, where: str, text: str) -> None:
        found = METRIC.fullmatch(text)
        if not found:
            self.problems.append(f"{where}: '{text}' is not 'key = value'")
        elif found[1] in self.metric:
            self.problems.append(f"{where}: {found[1]} is said twice")
        else:
            self.metric[found[1]] = found[2].strip()

    def finished(self, saved: bool) -> Iterator[str]:
        """What can be told only when all lines were read: what is missing, and a chart of columns that are not there.

        A header that was there and wrong has been told already. A text that is not `saved` may go without a title.
        """
        told = " ".join(self.problems)
        for key in self._needed(saved):
            if not self.said.get(key) and f": {key}:" not in told:
                yield f"{self.place}: no header '-- {key}: ...'"
        if "chart" in self.said:
            yield from (f"{self.place}: chart: {problem}" for problem in chart_of(self.said["chart"], self.returns)[1])

    def _needed(self, saved: bool) -> tuple[str, ...]:
        if any("reviewed" in words for words in (self.said, " ".join(self.problems))):
            return REVIEWED
        return ALWAYS if saved else ()


def _default(text: str, kind: str) -> Any:
    """A default as the header writes it: in quotes where it holds blanks."""
    return text[1:-1].replace("''", "'") if text.startswith("'") else value_of(text, kind)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
