"""Every view is a URL: what is chosen stands in the query string in the words that are on the screen.

Widgets are bound by `bind="query-params"`, which writes an option's label, so a label must name one option only.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

import streamlit as st

from metrics.dashboard import numbers

ALL_SITES = "All sites"
ALL_SERVICES = "All services"

SITE, SERVICE, PERIOD, METRIC, STATISTIC, GRAIN = "site", "service", "period", "metric", "statistic", "grain"  # keys of the widgets


def more(family: str) -> str:
    """The key of a family's rows that are behind a click."""
    return f"more_{family.replace(' ', '_')}"


def distinct_labels(names: Mapping[str, str]) -> dict[str, str]:
    """Labels for ids: the name, with the id behind it where two ids share a name."""
    shared = {name for name, count in Counter(names.values()).items() if count > 1}
    return {key: f"{name} ({key})" if name in shared else name for key, name in names.items()}


def service_label(service_id: str) -> str:
    """'outpatient_cardiology' as 'Outpatient cardiology'."""
    return numbers.sentence(service_id.replace("_", " ").strip())


def query(state: Mapping[str, Any], **changed: str | None) -> dict[str, str]:
    """The parameters of a link to another view: the place now chosen (unless it is the default), and what the link changes."""
    place = {SITE: (state.get(SITE), ALL_SITES), SERVICE: (state.get(SERVICE), ALL_SERVICES)}
    kept = {key: label for key, (label, default) in place.items() if label and label != default}
    return {**kept, **{key: value for key, value in changed.items() if value}}


def choice(label: str, options: list[str], key: str, default: str | None = None) -> str:
    """A few options side by side, one of them always chosen, bound to the URL."""
    usual = default or options[0]
    chosen: str = st.segmented_control(label, options, default=usual, required=True, key=key, bind="query-params")
    return chosen


def pick(label: str, options: list[str], key: str, width: int = 230, labelled: bool = True) -> str:
    """Many options in a list, the first one usual, bound to the URL. `width` in px. labelled: its label is to be seen."""
    shown: Literal["visible", "collapsed"] = "visible" if labelled else "collapsed"
    chosen: str = st.selectbox(label, options, key=key, bind="query-params", width=width, label_visibility=shown)
    return chosen
