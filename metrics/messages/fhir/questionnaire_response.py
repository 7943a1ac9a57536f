"""QuestionnaireResponse: a row for each item that was answered by a number. Words are not read: they may hold names."""

from collections.abc import Iterator
from typing import Any

from metrics.messages.change import STATE, WITHDRAWN, Change, Value
from metrics.messages.fhir.fields import Field, read_values
from metrics.messages.fhir.paths import listed, values
from metrics.messages.fhir.resource import Resource
from metrics.messages.folding import case_key

TABLE = "surveys"
ORDINALS = ("http://hl7.org/fhir/StructureDefinition/ordinalValue", "http://hl7.org/fhir/StructureDefinition/itemWeight")
UNANSWERED, NEVER = ("in-progress", "stopped"), "entered-in-error"
LARGEST = 1e9  # no scale goes so far; a number with hundreds of digits is no answer
ANSWERED = ("completed", "amended")
FIELDS = (
    Field("survey_id", "id", read="worked out"),
    Field("item", "item.linkId", read="worked out", note="items within items too"),
    Field("site_id", "encounter, author", read="site", note="one that is a listed site, else the feed's site"),
    Field("patient_key", "subject, source", read="patient"),
    Field("instrument", "questionnaire", read="worked out", note="the last part of its address, without the version"),
    Field("sent_at", "authored", read="worked out", note="FHIR does not say when a survey was sent: when it was answered"),
    Field("responded_at", "authored", read="day"),
    Field("score", "item.answer.valueDecimal, item.answer.valueInteger, item.answer.valueCoding", read="worked out",
          note="of a coding: its ordinal value (R5: item weight), else a code that is a number; of a boolean: 1 or 0"),
)  # fmt: skip


def said(one: Resource) -> list[Change]:
    """One change an item; a response that is under way says nothing, and one with no number among its answers is bad."""
    status = one.text("status") or ""
    if status in UNANSWERED:
        return []
    if status not in (*ANSWERED, NEVER):
        one.problems.append(f"QuestionnaireResponse.status {status!r} is not one of {', '.join((*UNANSWERED, *ANSWERED, NEVER))}.")
    common = read_values(FIELDS, one)
    authored = one.needed_time("authored", day=True)
    name = (one.text("questionnaire") or "").partition("|")[0].rstrip("/").rpartition("/")[2]
    if not name:
        one.problems.append("QuestionnaireResponse.questionnaire is missing: nobody knows what was asked.")
    common |= {"survey_id": one.id, "instrument": name, "sent_at": authored, "source": one.source}
    scores = dict(scored(one.body))
    if not scores:
        one.problems.append("QuestionnaireResponse.item has no answer that is a number.")
    kind = WITHDRAWN if status == NEVER else STATE
    rows: list[dict[str, Value]] = [{**common, "item": item, "score": score} for item, score in scores.items()]
    return [Change(TABLE, case_key(TABLE, row), one.at, kind, row if kind == STATE else {}) for row in rows]


def scored(body: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """linkId and number of every item that has one, at any depth; an item answered twice has its last answer."""
    waiting = [body]
    while waiting:
        node = waiting.pop()
        waiting += [inner for place in ("item", "answer") for inner in listed(node.get(place)) if isinstance(inner, dict)]
        numbers = [number for answer in listed(node.get("answer")) if (number := number_of(answer)) is not None]
        if numbers and node.get("linkId"):
            yield str(node["linkId"]), numbers[-1]


def number_of(answer: Any) -> float | None:
    if not isinstance(answer, dict):
        return None
    given = next((answer[name] for name in ("valueDecimal", "valueInteger", "valueBoolean") if name in answer), None)
    if isinstance(given, bool | int | float) and abs(given) < LARGEST:
        return float(given)
    coding = answer.get("valueCoding")
    extensions = [one for one in values(coding, "extension") if isinstance(one, dict) and one.get("url") in ORDINALS]
    weights = [one.get("valueDecimal", one.get("valueInteger")) for one in extensions]
    if weights and isinstance(weights[0], int | float) and abs(weights[0]) < LARGEST:
        return float(weights[0])
    code = next(iter(values(coding, "code")), None)
    return float(code) if isinstance(code, str) and code.isdecimal() and len(code) < 6 else None
