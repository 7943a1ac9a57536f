"""The short hash that says whether two figures were made by the same definition."""

import json
from hashlib import sha256

from metrics.definitions.metric import Metric, QueryMetric

# What changes a figure. Words for people, the list of statistics, maturity and owner do not.
MEANING = (
    "table", "kind", "where", "numerator", "denominator", "open", "start", "stop", "censor", "clock", "unit", "within", "tally",
)  # fmt: skip
LENGTH = 8  # hexadecimal digits: enough to tell apart the versions of one metric


def definition_version(metric: Metric) -> str:
    """Eight hexadecimal digits of the meaning-bearing fields.

    Spacing inside an expression does not count; a query counts to the letter, for a blank inside one of its texts changes figures.
    """
    keys = {*MEANING, *(["value"] if metric.kind == "score" else []), *(["met_until"] if metric.met_until else [])}
    meaning = {key: _plain(value) for key, value in metric.model_dump(mode="json", include=keys).items()}
    if metric.parts:
        meaning["parts"] = [definition_version(part) for part in metric.parts]
    if isinstance(metric, QueryMetric):
        meaning["sql"] = metric.sql.strip()
    return sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()[:LENGTH]


def _plain(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value
