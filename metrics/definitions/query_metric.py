"""A metric that a person's query counts: its contract, read from the query's header, and the version that its SQL gives it."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from metrics.definitions.load import metric_from
from metrics.definitions.metric import ESTIMATES, Metric
from metrics.definitions.version import LENGTH, definition_version
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


class QueryMetric(Metric):
    """A metric whose rows are a query's. `sql` is the query below its header; table is 'query', the predicates say nothing."""

    sql: str


def query_metric(name: str, words: Mapping[str, Any], keys: Mapping[str, str], sql: str) -> tuple[QueryMetric | None, list[str]]:
    """The metric that a header makes, or None and every problem. words: WORDS; keys: the metric header, as written.

    A list is written with commas (caveats with semicolons), a length in words, headline as true or false.
    """
    problems = list(_problems(words, keys))
    values = {key: _value(key, text) for key, text in keys.items() if key in KEYS}
    kind = str(values.get("kind"))
    given = {key: words[key] for key in WORDS if words.get(key)} | values
    metric, wrong = metric_from(name, {**given, "table": "cases", **STAND_INS.get(kind, {})}, tried=False)
    problems += [problem for problem in wrong if not problem.startswith(tuple(f"{word}: missing" for word in WORDS))]
    if metric is None or problems:
        return None, list(dict.fromkeys(problems))
    return QueryMetric(**metric.model_dump(exclude={"table", "numerator", "start", "stop"}), table=QUERY, sql=sql), []


def query_version(metric: QueryMetric) -> str:
    """Eight hexadecimal digits of the contract and of the SQL to the letter: a blank inside a text changes figures."""
    return sha256(f"{definition_version(metric)}\n{metric.sql.strip()}".encode()).hexdigest()[:LENGTH]


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
