"""A metric that a person's query counts: its contract, read from the query's header."""

from collections.abc import Iterator, Mapping
from typing import Any

from metrics.definitions.load import metric_from
from metrics.definitions.metric import ESTIMATES, QueryMetric
from metrics.errors import did_you_mean

WORDS = ("title", "question", "owner", "reviewed")  # said by the question's own header
LISTS = ("statistics", "caveats", "exclusions")
KEYS = ("kind", "family", "better", "unit", "statistics", "within", "matures", "authority", "headline", "caveats", "exclusions")
COUNTED = ("day", "site_id", "service_id", "numerator", "denominator")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "rate": COUNTED,
    "count": COUNTED[:-1],
    "duration": ("case_id", "day", "site_id", "service_id", "seconds"),
}
QUERY = "query"  # the `table` of such a metric
STAND_INS = {"rate": {"numerator": "numerator > 0"}, "duration": {"start": "started", "stop": "ended"}}


def query_metric(name: str, words: Mapping[str, Any], keys: Mapping[str, str], sql: str) -> tuple[QueryMetric | None, list[str]]:
    """The metric that a header makes, or None and every problem. words: WORDS and reviewer; keys: the metric header, as written.

    A list is written with commas (caveats with semicolons), a length in words, headline as true or false.
    """
    problems = list(_problems(words, keys))
    values = values_of(keys)
    kind = str(values.get("kind"))
    given = {key: words[key] for key in WORDS if words.get(key)} | values
    metric, wrong = metric_from(name, {**given, "table": "cases", **STAND_INS.get(kind, {})}, tried=False)
    problems += [problem for problem in wrong if not problem.startswith(tuple(f"{word}: missing" for word in WORDS))]
    if metric is None or problems:
        return None, list(dict.fromkeys(problems))
    said = metric.model_dump(exclude={"table", "numerator", "start", "stop"})
    return QueryMetric(**said, table=QUERY, sql=sql, reviewer=str(words.get("reviewer") or "")), []


def values_of(keys: Mapping[str, str]) -> dict[str, Any]:
    """The known keys of a metric header with their values, as a TOML file would have them."""
    return {key: _value(key, text) for key, text in keys.items() if key in KEYS}


def _problems(words: Mapping[str, Any], keys: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{word}: missing; write '-- {word}: ...' above the metric's keys" for word in WORDS if not words.get(word))
    yield from (f"metric: unknown key '{key}'.{did_you_mean(key, KEYS)}" for key in keys if key not in KEYS)
    yield from (
        f"statistics: a query has no '{name}'; its rows are finished cases, and do not say who still waits"
        for name in ESTIMATES
        if name in keys.get("statistics", "")
    )
    if keys.get("kind") not in (None, *COLUMNS):
        yield f"kind: '{keys['kind']}' is none of {', '.join(COLUMNS)}, which a query can be"


def _value(key: str, text: str) -> Any:
    if key in LISTS:
        return [part.strip() for part in text.split("," if key == "statistics" else ";") if part.strip()]
    return text
