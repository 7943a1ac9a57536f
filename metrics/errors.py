"""Mistakes a user can mend: shown as sentences, never as a traceback."""

from collections.abc import Sequence
from difflib import get_close_matches


class UserError(Exception):
    """Something the user can put right. Each problem names the thing, the value and the next step.

    `problems` holds every problem found, so that one run reports all of them; `str()` gives one a line.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """' Did you mean X?' for the nearest known word, or the known words when none is near."""
    near = get_close_matches(word, known, n=1)
    return f" Did you mean {near[0]}?" if near else f" Known: {', '.join(sorted(known))}."
