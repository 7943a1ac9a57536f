"""What went wrong, as sentences on the page with the next thing to do; never a traceback."""

import logging
from collections.abc import Callable

import duckdb
import streamlit as st

from metrics.errors import UserError

log = logging.getLogger(__name__)


def guarded(body: Callable[[], None]) -> None:
    """Runs a page; a mistake that can be mended is told in its own words, anything else goes to the server's log."""
    try:
        body()
    except UserError as error:
        told("Timely cannot show this yet", *error.problems)
    except (duckdb.Error, OSError) as error:
        log.exception("a page could not be read")
        told("The data could not be read", f"{type(error).__name__}. Make a new generation: timely refresh --full")


def told(title: str, *sentences: str) -> None:
    st.error("\n\n".join(plain(sentence) for sentence in sentences), title=title, icon=":material/report:")


def plain(sentence: str) -> str:
    """The sentence without Markdown's meaning, so that a path or a $ is shown as it is."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]$<>#" else sign for sign in sentence)
