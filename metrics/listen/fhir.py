"""FHIR resources, by HTTP or from a file: each in the journal, or refused with a reason, before anybody is told so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from metrics.events import TABLES, EventTable
from metrics.events.validation import judged
from metrics.home import Home
from metrics.ingest.intake import unlisted
from metrics.journal import Journal, Letter
from metrics.messages import STATE, Change, Parsed
from metrics.messages.change import Value
from metrics.messages.fhir import FORMAT, Document, Entry, Standing, is_beside, parsed
from metrics.messages.reading import Reading

WHOLE = "transaction"  # the type of Bundle of which all is taken, or nothing


@dataclass(frozen=True)
class Outcome:
    """What became of one resource. beside: it is of a type of which no case is made. problems: why it was refused."""

    place: str
    kind: str
    beside: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Received:
    """What became of a document, resource by resource. applied: what was not refused is in the journal, on the disk."""

    outcomes: tuple[Outcome, ...]
    applied: bool = True

    @property
    def taken(self) -> int:
        return sum(not one.beside and not one.problems for one in self.outcomes) if self.applied else 0

    @property
    def refused(self) -> tuple[Outcome, ...]:
        return tuple(one for one in self.outcomes if one.problems)


@dataclass(frozen=True)
class Sent:
    """What one sender sent at once. at: when it came (UTC)."""

    feed: str
    reading: Reading
    document: Document
    at: datetime


def received(
    home: Home, journal: Journal, feed: str, reading: Reading, document: Document, now: datetime, file_at: datetime | None = None
) -> Received:
    """Keep every resource of the document in the journal: the good ones by what they say, the refused ones with their raw text.

    file_at: when the file was written that it stands in (UTC); None for a sender who speaks of each change at once, so that a
    resource without meta.lastUpdated was said now. Of a transaction all is taken, or nothing.
    """
    return received_each(home, journal, [Sent(feed, reading, document, now)], now, file_at)[0]


def received_each(
    home: Home, journal: Journal, every: Sequence[Sent], now: datetime, file_at: datetime | None = None
) -> list[Received]:
    """As `received`, of several documents: all by one wait for the disk, and none when it raises."""
    cases = [[entry for entry in one.document.entries if not is_beside(entry)] for one in every]
    said = [parsed(entry, one.reading, standing_of(one, file_at)) for one, of in zip(every, cases, strict=True) for entry in of]
    judged_by_rules = iter(ruled(home, said))
    told = [[next(judged_by_rules) for _ in of] for of in cases]
    kept = [kept_of(one, of, saying) for one, of, saying in zip(every, cases, told, strict=True)]
    letters = [(one.feed, letter) for one, of in zip(every, kept, strict=True) for letter in of]
    numbers = iter(journal.store_each(letters, FORMAT, now) if letters else [])
    return [
        outcomes_of(one.document, saying, [journal.problem_of(next(numbers)) for _ in of])
        for one, saying, of in zip(every, told, kept, strict=True)
    ]


def standing_of(sent: Sent, file_at: datetime | None) -> Standing:
    document, said_at = sent.document, None if file_at else sent.at
    return Standing(file_at or sent.at, said_at, document.timestamp or file_at, document.beside, document.links)


def is_applied(document: Document, told: Sequence[Parsed]) -> bool:
    """Of a transaction all is taken, or nothing."""
    return document.bundle != WHOLE or not any(said.problems for said in told)


def kept_of(sent: Sent, cases: Sequence[Entry], told: Sequence[Parsed]) -> list[Letter]:
    """What goes into the journal of a document; of a transaction that is not applied, what was wrong with it."""
    letters = [Letter(one.raw, said, one.digest, keep=False, once=True) for one, said in zip(cases, told, strict=True)]
    return letters if is_applied(sent.document, told) else [one for one in letters if one.parsed.problems]


def outcomes_of(document: Document, told: Sequence[Parsed], stored: Sequence[str | None]) -> Received:
    """stored: what is wrong with each that was kept, as the journal found it."""
    applied = is_applied(document, told)
    found = iter(stored if applied else [reason(said) for said in told])
    outcomes = [outcome_of(one, None if is_beside(one) else next(found)) for one in document.entries]
    return Received(tuple(outcomes), applied)


def reason(said: Parsed) -> str | None:
    return "\n".join(said.problems) or None


def outcome_of(entry: Entry, problem: str | None) -> Outcome:
    kind = entry.body.get("resourceType")
    problems = tuple(problem.split("\n")) if problem else ()
    return Outcome(entry.place, kind if isinstance(kind, str) else "", is_beside(entry), problems)


def ruled(home: Home, told: Sequence[Parsed]) -> list[Parsed]:
    """The same, those bad whose whole rows break a rule of their event table: the lake would not take them."""
    states = [(number, one) for number, said in enumerate(told) for one in said.changes if one.kind == STATE]
    broken: dict[int, list[str]] = {}
    for table in {one.table for _, one in states}:
        of_table = [(number, one) for number, one in states if one.table == table]
        for number, sentence in broken_rules(home, table, [one for _, one in of_table]):
            broken.setdefault(of_table[number][0], []).append(sentence)
    return [
        replace(said, changes=(), problems=tuple(dict.fromkeys(broken[number]))) if number in broken else said
        for number, said in enumerate(told)
    ]


def broken_rules(home: Home, table: str, states: Sequence[Change]) -> list[tuple[int, str]]:
    """(number of the state, sentence) for each rule that a row, made of the state alone, breaks. One that does not say when its
    case began is not judged: what was said before does."""
    declared = TABLES[table]
    rows = pl.DataFrame([row_of(declared, one) for one in states], schema=declared.schema, orient="row")
    dated = rows.with_columns(line=pl.int_range(pl.len(), dtype=pl.Int64)).filter(pl.col(declared.anchor or "line").is_not_null())
    rejects = judged(declared, dated, more=unlisted(home, dated)).rejects
    return list(rejects.filter(pl.col("severity") == "reject").select("line", "message").rows())


def row_of(table: EventTable, state: Change) -> list[Value]:
    """The whole state as a row: the case's key, its values, when it was said."""
    own: dict[str, Value] = {"recorded_at": state.event_at, **({table.key[0]: state.key} if len(table.key) == 1 else {})}
    return [own.get(name) or state.values.get(name) for name in table.schema]
