"""The field that SQL is written in: coloured, with words to complete, run by Ctrl+Enter. Its label and keys are a text field's.

Small assets of its own, drawn in the page and not in a frame: it takes the page's colours, needs no network, and Tab leaves it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from metrics.workbench.completion import Completion

PARTS = Path(__file__).parent
LINES = 14  # seen at once; longer texts scroll
WORDS = tuple((PARTS / "words.txt").read_text(encoding="utf-8").split())  # SQL's own, to colour


@dataclass(frozen=True)
class Edited:
    """The text as it stands, and whether its writer pressed Ctrl+Enter just now."""

    text: str
    run: bool


def _asset(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")


_FIELD = st.components.v2.component("timely_editor", html=_asset("editor.html"), css=_asset("editor.css"), js=_asset("editor.js"))


def field(label: str, text: str, version: int, known: Iterable[Completion], key: str) -> Edited:
    """The field. A new `version` puts `text` into it; with the same one, what was typed stays."""
    data: dict[str, Any] = {
        "label": label,
        "text": text,
        "version": version,
        "lines": LINES,
        "keywords": list(WORDS),
        "words": [[word.kind, word.name, word.meaning, word.table, word.type] for word in known],
    }
    told = _FIELD(key=key, data=data, on_typed_change=_nothing, on_run_change=_nothing)
    typed = told.run or told.typed
    if not typed or typed["version"] != version:
        return Edited(text, False)
    return Edited(str(typed["text"]), bool(told.run))


def _nothing() -> None:
    """Streamlit asks for a function to call; the page reads the values itself."""
