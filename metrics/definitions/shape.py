"""Whether the keys of a definition belong together: what each kind needs, and what it cannot have."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from metrics.definitions.lengths import length_from_words, unit_in_words
from metrics.definitions.metric import DAY_CLOCKS, ESTIMATES, MEAN_WAIT
from metrics.errors import did_you_mean
from metrics.events import STRATA, TABLES

Given = Mapping[str, Any]  # a TOML file's keys and values, as written

NEEDS = {
    "rate": ("numerator",), "duration": ("start", "stop"), "count": (), "score": ("value",), "census": ("start", "stop"),
    "ratio": ("numerator_of", "denominator_of"),
}  # fmt: skip
ONLY_FOR = {
    "numerator": "rate", "denominator": "rate", "open": "rate", "value": "score",
    "censor": "duration", "clock": "duration", "met_until": "census",
    "numerator_of": "ratio", "denominator_of": "ratio",
}  # fmt: skip
SHARED = {  # key -> its kinds
    "start": ("duration", "census"), "stop": ("duration", "census"), "within": ("duration", "census"),
    "unit": ("duration", "ratio"),
}  # fmt: skip
STATISTICS = {
    "census": ("count", "within", "share"),
    "rate": ("share",), "duration": ("median", "p90", "p95", "within", MEAN_WAIT, *ESTIMATES),
    "count": ("count",), "score": ("mean",),
    "ratio": ("ratio",),
}  # fmt: skip
LIMITED = ("within", "km_within")  # statistics that need a length
PREDICATES = ("where", "numerator", "denominator", "open")
INSTANTS = ("start", "stop", "censor", "met_until")
WHOLE_NUMBERS = ("value",)
TALLY_KINDS = ("rate", "duration")
PLACES = ("site", "service")


def shape_problems(given: Given) -> list[str]:
    """Every way in which the keys do not fit together, each as 'key: what and what to do'."""
    return [
        problem
        for check in (_table, _kind_keys, _tally, _statistics, _within, _unit, _dimensions, _variant)
        for problem in check(given)
    ]


def _table(given: Given) -> Iterator[str]:
    table = given.get("table")
    if isinstance(table, str) and table not in TABLES:
        yield f"table: unknown table '{table}'.{did_you_mean(table, tuple(TABLES))}"
    elif table == "patients":
        yield "table: patients have no date of their own, so nothing can be counted by period; use a dated table"


def _kind_keys(given: Given) -> Iterator[str]:
    kind = str(given.get("kind"))
    if kind not in NEEDS:
        return
    if kind == "ratio":
        yield from (f"{key}: a ratio has no {key}; its counts say what they count" for key in ("where",) if key in given)
    if "parts" in given:
        yield "parts: unknown key. Did you mean numerator_of and denominator_of?"
    if kind == "census" and {"within", "met_until"} <= set(given):
        yield "met_until: a census has one share; name within or met_until"
    if "tally" not in given:
        yield from (f"{key}: missing; a {kind} needs it" for key in NEEDS[kind] if key not in given)
    for key, owner in ONLY_FOR.items():
        if key in given and owner != kind:
            yield f"{key}: a {kind} has no {key}; it belongs to a {owner}"
    for key, owners in SHARED.items():
        if key in given and kind not in owners:
            yield f"{key}: a {kind} has no {key}; it belongs to a {' or a '.join(owners)}"
    if kind == "census":
        named = [key for key in ("where", *INSTANTS) if re.search(r"\bas_of\b", str(given.get(key, "")))]
        yield from (f"{key}: a census counts on many days, and as_of is one; name an instant of the row's own" for key in named)


def _tally(given: Given) -> Iterator[str]:
    if given.get("table") == "tallies" and "tally" not in given:
        yield "tally: missing; a metric on tallies names the tally it adds up"
    if "tally" not in given:
        return
    if given.get("table") != "tallies":
        yield f"tally: only a metric on tallies has one, and table is {given.get('table')!r}"
    if given.get("kind") in ("count", "score", "census", "ratio"):
        yield f"kind: a tally adds up to a {' or a '.join(TALLY_KINDS)}, not to a {given['kind']}"
    listed = given.get("statistics", [])
    for name in listed if isinstance(listed, list) else ():
        if name in ESTIMATES:
            yield f"statistics: a tally has no '{name}'; its counts do not say who still waits"
    if isinstance(listed, list) and MEAN_WAIT in listed:
        yield f"statistics: a tally has no '{MEAN_WAIT}'; its bins do not say how long each waited"
    for key in (*PREDICATES, *INSTANTS, *WHOLE_NUMBERS):
        if key in given:
            yield f"{key}: a metric on tallies has no {key}; its counts are already made"


def _statistics(given: Given) -> Iterator[str]:
    allowed = STATISTICS.get(str(given.get("kind")))
    listed = given.get("statistics", [])
    if allowed is None or not isinstance(listed, list):
        return
    for statistic in listed:
        if isinstance(statistic, str) and statistic not in allowed:
            yield f"statistics: a {given['kind']} has no '{statistic}'; it has {', '.join(allowed)}"
    if given.get("kind") == "census" and "share" in listed and "met_until" not in given:
        yield "met_until: missing; the share of a census needs the instant until which somebody counts in it"
    if len(set(map(str, listed))) < len(listed):
        yield "statistics: one is listed twice"


def _within(given: Given) -> Iterator[str]:
    listed, length, clock = given.get("statistics"), given.get("within"), _clock(given)
    needing = [name for name in LIMITED if isinstance(listed, list) and name in listed]
    if needing and length is None:
        yield f"within: missing; the statistic '{needing[0]}' needs a length, as in within = \"60 minutes\""
    if length is None:
        return
    if isinstance(listed, list) and listed and not needing:
        yield "within: a length is given, but statistics does not list 'within'"
    try:
        unit, seconds = unit_in_words(length), length_from_words(length).total_seconds()
    except ValueError:
        return  # the model says so
    if clock in DAY_CLOCKS and seconds % length_from_words("1 day").total_seconds():
        yield f"within: the {clock} clock counts whole days; '{length}' is not whole days"
    if clock == "business" and unit in ("day", "week"):
        yield f"within: the business clock counts opening hours; write '{length}' in hours (a day at the desk is not 24)"


def _clock(given: Given) -> Any:
    return "calendar_days" if given.get("kind") == "census" else given.get("clock", "elapsed")


def _unit(given: Given) -> Iterator[str]:
    unit, clock = given.get("unit"), _clock(given)
    if clock in DAY_CLOCKS and unit in ("seconds", "minutes", "hours"):
        yield f"unit: the {clock} clock counts days; unit is days or weeks, not {unit}"
    if clock == "business" and unit in ("days", "weeks"):
        yield f"unit: the business clock counts opening hours; unit is seconds, minutes or hours, not {unit}"
    if isinstance(unit, str) and (given.get("kind") == "ratio") != unit.startswith("per "):
        yield f"unit: a {given.get('kind')} is not told in {unit!r}; a ratio is told per so many, a wait in a length of time"


def _dimensions(given: Given) -> Iterator[str]:
    listed = given.get("dimensions", [])
    for name in listed if isinstance(listed, list) else ():
        if name not in (*PLACES, *STRATA):
            yield f"dimensions: unknown dimension '{name}'.{did_you_mean(str(name), (*PLACES, *STRATA))}"


def _variant(given: Given) -> Iterator[str]:
    if "variant_of" in given and "variant" not in given:
        yield 'variant: missing; a variant says in a few words what sets it apart, as in variant = "48 hours"'
