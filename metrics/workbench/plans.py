"""EXPLAIN in plain words: what is read, kept, joined and added up, how many rows that is, and where the time went."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from metrics.errors import UserError
from metrics.warehouse import Generation, Limits, run_query
from metrics.warehouse.explaining import split_explain
from metrics.warehouse.limits import OWN
from metrics.workbench.guard import refusal
from metrics.workbench.query import check_params

Step = dict[str, Any]

SLOW_SHARE = 0.25  # of the whole time: a step that takes this much is worth a thought
WORTH = 0.1  # seconds: below this nobody waits, and no step is called slow
COUNTED = ("intermediate_rows", "rows_scanned", "timing")  # of the parts of one reading, added up
MANY = 1_000_000  # rows out of one step that is worth a warning
JOINS = {
    "INNER": "keeps the rows that have a partner",
    "LEFT": "keeps every row of the first",
    "RIGHT": "keeps every row of the second",
    "OUTER": "keeps every row of both",
    "FULL": "keeps every row of both",
    "SEMI": "keeps rows that have a partner",
    "ANTI": "keeps rows that have none",
    "MARK": "marks the rows that have a partner",
    "SINGLE": "looks up one value for each row",
}


def in_words(
    generation: Generation, sql: str, params: Mapping[str, Any] | None = None, limits: Limits | None = None, run: bool = True
) -> list[str]:
    """What the query does, a sentence a step, in the order in which it happens; last, the slowest step and what to do.

    It is run to be measured (within `limits`); with run=False DuckDB's estimates are told. Raises UserError as running it would.
    """
    why = refusal(sql)
    if why:
        raise UserError(why)
    check_params(sql, dict(params or {}))
    body = split_explain(sql)[1]
    answer = run_query(generation, f"explain {'analyze ' if run else ''}{body}", params, limits or OWN, form="json")
    plan = json.loads(answer.frame["explain_value"][0])
    steps = [
        step for step in _in_order(plan["operator"] if run else plan) if _kind(step) not in ("RESULT_COLLECTOR", "EXPLAIN_ANALYZE")
    ]
    told = [sentence for step in steps if (sentence := _told(step))]
    return [*told, *(_slow(steps, answer.seconds if run else 0.0))]


def _in_order(steps: list[Step]) -> Iterator[Step]:
    """The steps as they happen: what feeds a step before it. What an overlay puts together of its two files is one reading."""
    for step in steps:
        if (overlaid := _overlaid(step)) is not None:
            yield overlaid
            continue
        yield from _in_order(step.get("children", []))
        yield step


def _overlaid(step: Step) -> Step | None:
    """One scan in the place of a table's base rows, the keys of those replaced, and the overlay's own rows; else None."""
    parts = step.get("children", [])
    if _kind(step) == "UNION" and parts and any(_overlaid(part) for part in parts):
        scans = [_overlaid(part) or part for part in parts]
        return {**scans[0], **{key: sum(scan.get(key, 0) for scan in scans) for key in COUNTED if key in scans[0]}}
    gone = next((part for part in parts if _table(part).endswith("__replaced")), None)
    if "JOIN" not in _kind(step) or gone is None:
        return None
    empty = {"type": "TABLE_SCAN", "extra_info": {"Table": _table(gone).removesuffix("__replaced")}}
    base = next((part for part in parts if "SCAN" in _kind(part) and part is not gone), empty)
    return {**base, **{key: step[key] for key in ("intermediate_rows",) if key in step}}


def _table(step: Step) -> str:
    return str(step.get("extra_info", {}).get("Table", ""))


def _kind(step: Step) -> str:
    return str(step.get("type") or step.get("name") or "").strip().upper()


def _rows(step: Step) -> str:
    if "intermediate_rows" in step:
        return _count(int(step["intermediate_rows"]))
    estimate = step.get("extra_info", {}).get("Estimated Cardinality")
    return f"about {_count(int(estimate))}" if estimate else "an unknown number of rows"


def _count(rows: int) -> str:
    return f"{rows:,} row{'' if rows == 1 else 's'}"


def _told(step: Step) -> str:
    kind, info, rows = _kind(step), step.get("extra_info", {}), _rows(step)
    if "SCAN" in kind:
        return _scan(step, info, rows)
    if "JOIN" in kind or kind == "CROSS_PRODUCT":
        return _join(kind, info, rows)
    if "GROUP_BY" in kind or "AGGREGATE" in kind:
        groups = info.get("Groups")
        return f"Groups them: {rows} come out" if groups else f"Adds all of them up: {rows}"
    words = {
        "FILTER": f"Keeps those where {_plain(info.get('Expression') or info.get('Condition') or 'the condition holds')}: {rows}",
        "TOP_N": f"Keeps the first {info.get('Top', '')} in order of {_plain(info.get('Order By', ''))}",
        "ORDER_BY": f"Sorts {rows} by {_plain(info.get('Order By', ''))}",
        "WINDOW": f"Works out each row from its neighbours (window), for {rows}",
        "STREAMING_WINDOW": f"Works out each row from those before it (window), for {rows}",
        "UNION": f"Puts both lists together: {rows}",
        "STREAMING_LIMIT": f"Stops after {rows}",
        "LIMIT": f"Stops after {rows}",
        "RECURSIVE_CTE": f"Repeats itself until nothing new comes: {rows}",
        "UNNEST": f"Makes a row of each element of a list: {rows}",
    }
    return words.get(kind, "")


def _scan(step: Step, info: Step, rows: str) -> str:
    table = str(info.get("Table", "")).rpartition(".")[2].removesuffix("__own")
    if not table:
        return "" if "DUMMY" in _kind(step) or "DELIM" in _kind(step) else f"Reads {rows} worked out before"
    where = f" where {_plain(info['Filters'])}" if info.get("Filters") else ""
    read = f" of {int(step['rows_scanned']):,}" if where and step.get("rows_scanned") else ""
    return f"Reads {table}{where}: {rows}{read}"


def _join(kind: str, info: Step, rows: str) -> str:
    if kind == "CROSS_PRODUCT":
        return f"Puts every row of one beside every row of the other: {rows}"
    words = JOINS.get(str(info.get("Join Type", "INNER")).upper(), "joins them")
    on = _plain(info.get("Conditions") or "")
    near = " to the nearest before" if "ASOF" in kind else ""
    return f"Joins{near}{f' on {on}' if on else ''} ({words}): {rows}"


def _slow(steps: list[Step], seconds: float) -> Iterator[str]:
    """Where the time went, and what could be asked instead."""
    total = sum(float(step.get("timing", 0)) for step in steps)
    slowest = max(steps, key=lambda step: float(step.get("timing", 0)), default=None)
    if seconds:
        yield f"It took {seconds:.2f} seconds"
    if slowest and total >= WORTH and (share := float(slowest["timing"]) / total) >= SLOW_SHARE:
        what = _told(slowest) or _kind(slowest)
        yield f"Slowest: {what[0].lower()}{what[1:]} ({share:.0%} of the work). {_advice(slowest)}"
    if any(int(step.get("intermediate_rows", 0)) > MANY and ("JOIN" in _kind(step) or "PRODUCT" in _kind(step)) for step in steps):
        yield "A join makes more than a million rows: check that its condition names every key"


def _advice(step: Step) -> str:
    kind = _kind(step)
    if "SCAN" in kind:
        return "Ask for fewer days, or read observations instead of facts"
    if "JOIN" in kind or kind == "CROSS_PRODUCT":
        return "Group before joining, or join on more columns"
    if kind in ("ORDER_BY", "WINDOW"):
        return "Keep fewer rows first"
    return "Ask for fewer days or places"


def _plain(said: Any) -> str:
    """A condition as DuckDB writes it: on one line, without what it adds for itself."""
    text = " and ".join(said) if isinstance(said, list) else " ".join(str(said).split())
    return text.replace("optional: ", "")
