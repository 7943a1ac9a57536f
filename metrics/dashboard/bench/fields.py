"""A form field for each parameter of the text, bound by value: what is typed never becomes SQL."""

from datetime import date
from typing import Any

import streamlit as st

from metrics.dashboard.bench.drafts import Draft
from metrics.errors import UserError
from metrics.workbench.parameters import Param, parameters_in, value_of
from metrics.workbench.questions import header_of

NOTHING = "null"  # how the header and the URL write no value


def asked(text: str) -> list[Param]:
    """The parameters that the header declares, then those that the SQL uses besides, as texts without a default."""
    declared = header_of(text).params
    try:
        used = parameters_in(text)
    except ValueError:
        used = []
    names = {param.name for param in declared}
    return [*declared, *(Param(name, "text", None, "Not declared in the header") for name in used if name not in names)]


def values(draft: Draft) -> dict[str, Any]:
    """The fields, side by side, and the value of each. Raises UserError with each that cannot be read."""
    params = asked(draft.text)
    if not params:
        draft.given = {}
        return {}
    said: dict[str, str] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", key="params"):
        for param in params:
            usual = draft.given.get(param.name, as_text(param.default))
            said[param.name] = st.text_input(
                f"${param.name}", usual, key=f"param_{draft.version}_{param.name}", width=210, placeholder=param.type,
                help=f"{param.help or 'No meaning given'}. Of type {param.type}; {NOTHING} is no value.",
            )  # fmt: skip
    draft.given = {param.name: said[param.name] for param in params if said[param.name] != as_text(param.default)}
    return read(params, said)


def read(params: list[Param], said: dict[str, str]) -> dict[str, Any]:
    """Each parameter's text as its type. An empty field is no value, unless the parameter is a text with a default."""
    found: dict[str, Any] = {}
    problems: list[str] = []
    for param in params:
        text = said[param.name].strip()
        try:
            found[param.name] = value_of(
                NOTHING if not text and (param.type != "text" or param.default is None) else text, param.type
            )
        except ValueError as problem:
            problems.append(f"${param.name}: {problem}")
    if problems:
        raise UserError(*problems)
    return found


def as_text(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
