"""The text being written, where it came from, and the URL that brings it back."""

import binascii
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from metrics.home import Home
from metrics.workbench.guard import LONGEST
from metrics.workbench.saving import ending_in_a_line, saved_text

DRAFT = "draft"  # the session's
QUESTION, TEXT, PARAM = "question", "text", "p_"  # in the URL: a saved question, a text of its own, each parameter's value
NEW = """-- title: New question
-- param: site text = null    One site; null for all
select metric, period_start, value, n
from observations
where statistic = 'median' and grain = 'week' and stratum is null and service_id is null
  and ($site is null or site_id = $site)
order by metric, period_start desc
limit 100
"""


@dataclass
class Draft:
    """`name`: the saved question it was opened as, None for none. `was`: that file's text when it was opened.

    `version` grows when the page, not the person, changes the text. `given`: parameters' values as text, from the URL.
    """

    text: str
    name: str | None = None
    was: str | None = None
    version: int = 1
    given: dict[str, str] = field(default_factory=dict)
    url: tuple[str | None, str | None] = (None, None)

    @property
    def changed(self) -> bool:
        """Whether it differs from the file it was opened from."""
        return self.was is None or ending_in_a_line(self.text) != ending_in_a_line(self.was)

    def take(self, text: str) -> None:
        """The file's text as it is now, in place of what is in the editor."""
        self.was = text
        self.put(text)

    def put(self, text: str) -> None:
        """A text that the page writes: formatted, or with a header for a metric."""
        self.text, self.version = text, self.version + 1


def in_view(home: Home) -> Draft:
    """The draft of this session; a new one where the URL names another."""
    said = st.query_params.get(QUESTION), st.query_params.get(TEXT)
    held: Draft | None = st.session_state.get(DRAFT)
    if held is not None and said in (held.url, (None, None)):
        if not held.changed and (now := elsewhere(home, held)) is not None:
            held.take(now)
        return held
    version = held.version + 1 if held else 1
    made = opened(home, *said, {name: value for name, value in st.query_params.items() if name.startswith(PARAM)})
    made.version, made.url = version, said
    st.session_state[DRAFT] = made
    return made


def elsewhere(home: Home, draft: Draft) -> str | None:
    """The text of the draft's file where somebody changed it on disk since it was opened; None where it is as it was, or gone."""
    now = saved_text(home, draft.name) if draft.name else None
    if now is None or draft.was is None or ending_in_a_line(now) == ending_in_a_line(draft.was):
        return None
    return now


def opened(home: Home, name: str | None, packed: str | None, given: Mapping[str, str]) -> Draft:
    """What a URL asks for: a file, a text, or a text that began as a file. Nothing known: a new question."""
    was = saved_text(home, name) if name else None
    text = unpacked(packed) if packed else was
    values = {key.removeprefix(PARAM): value for key, value in given.items()}
    return Draft(text if text is not None else NEW, name if was is not None else None, was, given=values)


def keep_in_url(draft: Draft) -> None:
    """Write the draft into the URL: the file's name, the text only where it differs."""
    text = packed(draft.text) if draft.changed and draft.text != NEW else None
    wanted = {QUESTION: draft.name, TEXT: text, **{PARAM + name: value for name, value in draft.given.items()}}
    stale = [key for key in st.query_params if key.startswith(PARAM) and key not in wanted]
    for key in (*stale, *(key for key, value in wanted.items() if value is None and key in st.query_params)):
        del st.query_params[key]
    for key, value in wanted.items():
        if value is not None and st.query_params.get(key) != value:
            st.query_params[key] = value
    draft.url = draft.name, text


def link(text: str, given: Mapping[str, Any]) -> dict[str, str]:
    """The URL's parameters of a text."""
    return {TEXT: packed(text), **{PARAM + name: str(value) for name, value in given.items()}}


def packed(text: str) -> str:
    return urlsafe_b64encode(zlib.compress(text.encode("utf-8", "replace"), 9)).decode().rstrip("=")


def unpacked(said: str) -> str | None:
    """The text that was packed; None when it is none. No longer than a query may be, however small it was packed."""
    try:
        raw = urlsafe_b64decode(said + "=" * (-len(said) % 4))
        return zlib.decompressobj().decompress(raw, LONGEST).decode("utf-8", "replace")
    except (binascii.Error, ValueError, zlib.error):
        return None
