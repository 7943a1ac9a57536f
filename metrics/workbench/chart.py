"""How a question's answer is drawn, as its header says it: `-- chart: line x=week y=share colour=site`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from metrics.errors import did_you_mean

KINDS = ("line", "bar", "area", "point", "heat")  # heat: a rectangle for each x and y, its shade by colour
PARTS = ("x", "y", "colour")
PART = re.compile(r"(\w+)=(\S+)")


@dataclass(frozen=True)
class Chart:
    """kind is one of KINDS; x, y and colour are columns of the answer."""

    kind: str
    x: str
    y: str
    colour: str | None = None


def chart_of(text: str, returns: Sequence[str]) -> tuple[Chart | None, list[str]]:
    """The chart that the words ask for, and what is wrong with them. `returns`: the answer's columns; none, none is checked."""
    kind, *words = text.split() or [""]
    problems = [] if kind in KINDS else [f"unknown kind '{kind}'.{did_you_mean(kind, KINDS)}"]
    parts: dict[str, str] = {}
    for word in words:
        found = PART.fullmatch(word)
        if not found:
            problems.append(f"'{word}' is not part=column, such as x=week")
        elif found[1] not in PARTS:
            problems.append(f"unknown part '{found[1]}'.{did_you_mean(found[1], PARTS)}")
        elif returns and found[2] not in returns:
            problems.append(f"{found[1]}={found[2]} is no column of the answer.{did_you_mean(found[2], returns)}")
        else:
            parts[found[1]] = found[2]
    if not problems:
        needed = ("x", "y", "colour") if kind == "heat" else ("x", "y")
        problems = [f"a {kind} chart needs {part}=COLUMN" for part in needed if part not in parts]
    return (None, problems) if problems else (Chart(kind, parts["x"], parts["y"], parts.get("colour")), [])
