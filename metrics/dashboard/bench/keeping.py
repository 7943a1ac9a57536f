"""What the text changes in its file, and saving it."""

import re

import streamlit as st

from metrics.alerts.actions import Person
from metrics.dashboard import people, problems
from metrics.dashboard.bench import answers
from metrics.dashboard.bench.drafts import Draft, keep_in_url
from metrics.errors import UserError
from metrics.home import Home
from metrics.workbench import saving

SAVED = "saved_as"  # the session's: what to say after the page is drawn anew


def difference(home: Home, draft: Draft) -> None:
    """The text beside its file, as git shows it."""
    if draft.name is None:
        st.caption("This text is in no file yet: all of it is new.")
        return
    changed = saving.diff(home, draft.name, draft.text)
    if changed:
        st.code(changed, language="diff", wrap_lines=True)
    else:
        st.caption(problems.plain(f"Nothing differs from queries/{draft.name}.sql."))


def form(home: Home, draft: Draft, person: Person | None) -> None:
    """A name, a commit if wanted, and Save."""
    if said := st.session_state.pop(SAVED, None):
        st.success(said, icon=":material/check:")
    st.caption(
        "Saved in the home's queries/, where colleagues read and review it. A shipped question is left as it is: the copy wins."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="saving"):
        name = st.text_input("File name", draft.name or suggested(draft.text), key=f"save_as_{draft.version}", width=280)
        commit = st.checkbox("Commit to git", key="commit", help="When queries/ is in a git repository: this file alone, by you.")
        pressed = st.button("**Save**", key="save", icon=":material/save:", disabled=person is None)
    if person is None:
        st.caption("Pick your name first: a file says who saved it.")
    if pressed and person is not None:
        problems.guarded(lambda: save(home, draft, name.strip().removesuffix(".sql"), person, commit))


def save(home: Home, draft: Draft, name: str, person: Person, commit: bool) -> None:
    """Save, and go on with the saved file. Raises UserError where it may not be saved."""
    was = draft.was if name == draft.name else None
    if was is None and (home.queries / f"{name}.sql").exists():
        raise UserError(f"queries/{name}.sql: there is a question of that name already. Open it, or choose another name")
    path = saving.save(home, name, draft.text, people.recorded(person), commit, was)
    draft.name, draft.was = name, saving.saved_text(home, name)
    keep_in_url(draft)
    st.session_state[SAVED] = problems.plain(f"Saved as queries/{path.name}{' and committed' if commit else ''}.")
    st.rerun()


def suggested(text: str) -> str:
    """A file's name made of the title."""
    return re.sub(r"[^a-z0-9]+", "_", answers.title_of(text).lower()).strip("_")[:60] or "question"
