"""Who acts: the person signed in, or a name picked on the page, which is kept as unverified."""

from collections.abc import Iterable

import polars as pl
import streamlit as st

from metrics.alerts.actions import Person
from metrics.alerts.episode import SYSTEM
from metrics.ledger import Ledger, lives, series_words

NAME = "who"  # the session's name, kept from page to page


UNVERIFIED = " (unverified)"


def recorded(person: Person) -> str:
    """The name as records without a column for it keep it: a name that was only picked proves nothing, and says so."""
    return person.name if person.verified else f"{person.name}{UNVERIFIED}"


def known(ledger: Ledger) -> list[str]:
    """Everybody who has written in the ledger, by the name alone. Raises UserError when it cannot be read."""
    acts = lives.events(ledger).filter(pl.col("actor") != SYSTEM)["actor"]
    written = [acts, series_words.annotations(ledger)["created_by"], series_words.baselines(ledger)["created_by"]]
    return pl.concat(written).str.strip_suffix(UNVERIFIED).unique().sort().to_list()


def signed_in() -> Person | None:
    """The user of the server's sign-in; None where nobody is signed in or no sign-in is set up."""
    if not getattr(st.user, "is_logged_in", False):
        return None
    name = getattr(st.user, "email", None) or getattr(st.user, "name", None)
    return Person(str(name), verified=True) if name else None


def present() -> Person | None:
    """The user signed in; else the name picked on a page of this visit, unverified; None before there is one."""
    name = st.session_state.get(NAME)
    return signed_in() or (Person(name, verified=False) if name else None)


def who(known: Iterable[str], key: str) -> Person | None:
    """The person signed in; else the name picked in a list of those known here, or typed; None before there is one."""
    person = signed_in()
    if person is not None:
        st.caption(f"Signed in as {person.name}")
        return person
    usual = st.session_state.get(NAME)
    names = sorted({*known, *([usual] if usual else [])})
    name = st.selectbox(
        "Your name",
        names,
        names.index(usual) if usual else None,
        key=key,
        placeholder="Pick or type your name",
        accept_new_options=True,
        width=280,
        help="Nobody is signed in, so the name is kept as unverified.",
    )
    st.session_state[NAME] = name.strip() if name else None
    return Person(name.strip(), verified=False) if name and name.strip() else None
