"""The alerts page of the documentation, made from the rule models and from the machine's own table."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from metrics.alerts.actions import CAUSES
from metrics.alerts.kinds import BROKEN_RULE, KINDS, LineRule
from metrics.alerts.machine import TABLE, VERDICTS, Step
from metrics.alerts.matching import Inhibit, Matcher, Owner, Silence
from metrics.alerts.news import HEADS
from metrics.alerts.rule import Rule
from metrics.alerts.sentences import how_sure

PREAMBLE = """# Alerts

Made from `metrics/alerts` by `python tests/docs/regenerate.py`; edit those, not this page.

A rule of `alerts.toml` is asked once for each place, of the newest **closed** period: one whose figure no longer moves. What it
finds is stored as known then, with the data's as-of instant; limits stand still until a person moves them, so that no flag is
withdrawn later. A figure that is not there is never fine: it neither fires nor resolves anything, and the kinds `no_data` and
`stale` tell of it.
"""
MACHINE = """
## The life of an alert

| state | after a breach | after an ok | after a hold |
|---|---|---|---|
"""
AFTER_MACHINE = """
N is `for_periods`, M `clear_periods`: breaches and oks are counted in a row, and a hold interrupts neither. A hold is any of
{holds}. Nobody is told of an alert that is pending, so nobody is told that it expired.

- A sample moves an alert once: given again it changes nothing. Figures of a judged period that are revised later are told
  (`data_revised`) and change no judgement.
- Acknowledgement, owner and snooze are apart from the state. They end with the alert, and a rise in severity opens it again
  (`escalated`).
- An edited rule is told (`rule_changed`) and the alert goes on, its row of breaches or oks beginning again, as the samples before
  answered another question. Where the edit takes the rule away, or the place out of it, the alert ends as `expired` and says that
  an edit ended it and not a recovery. While the file has a mistake, no alert ends for a rule that is not in it.
- A broken rule is told on every page and is an alert of its own (`{broken}`); its open alerts wait, and the other rules go on.
"""
SHARED_HEAD = """
## Rules about figures

Most kinds have these keys too, each kind those that are named with it.
"""
KINDS_HEAD = """
## Kinds of rule

How sure a kind is was measured on simulated weeks that sit exactly on their target (n = 150 a week).
"""
MEASURED = """
## How often they are wrong, how soon they are right

`python -m tests.benchmarks.alert_quality`, 1,000 quiet and 1,000 changed series of two years, seed 2026. A quiet one sits
exactly on its target, which is the hardest place: half its weeks are worse.

| series | alarms a quiet week: worse than target | two in a row | plain XmR | default rules | median weeks to find the change |
|---|---|---|---|---|---|
| share, 150 a week; 95 to 92 % | 25.2 % | 11.8 % | 1.4 % | 0.27 % | 4 |
| share, 40 a week; 95 to 89 % | 23.9 % | 10.8 % | 1.8 % | 0.26 % | 4 |
| median wait, 150 a week; 45 to 52 minutes | 25.3 % | 12.5 % | 1.4 % | 0.21 % | 5 |
| median wait, 40 a week; 45 to 59 minutes | 25.1 % | 12.3 % | 1.8 % | 0.26 % | 4 |
| median wait that leans on the week before (lag-1 0.3); 45 to 58 minutes | 22.1 % | 12.0 % | 2.6 % | 0.72 % | 4 |

Where each week leans on the one before, the aim of under 0.5 % is missed: 24 weeks cannot tell a lag-1 of 0.3 from none.
"""
REST = """
## Messages

One message an owner and run, gravest first, headed by what is news:

{news}
An alert is told once; with `renotify_after_days`, again while nobody took it. A recovery is told only to who was told of the alert.
"""
CAUSE_HEAD = "\n## Causes\n\nWhat people say it was.\n\n| code | meaning |\n|---|---|\n"
KEYS = "\n| key | default | what it does | may be |\n|---|---|---|---|\n"


def alerts_markdown() -> str:
    """The whole page."""
    holds = ", ".join(f"`{outcome}`" for outcome, verdict in VERDICTS.items() if verdict == "hold")
    parts = [
        PREAMBLE, MACHINE, *machine_rows(), AFTER_MACHINE.format(holds=holds, broken=BROKEN_RULE.id),
        "\n## Every rule\n\n`[[rule]]`\n", keys_of(Rule.model_fields),
        SHARED_HEAD, keys_of(SHARED), KINDS_HEAD, *(kind_of(kind, model) for kind, model in KINDS.items()),
        *blocks(), MEASURED, REST.format(news="".join(f"- {words}\n" for words in HEADS.values())),
        CAUSE_HEAD, *(f"| `{code}` | {words} |\n" for code, words in CAUSES.items()),
    ]  # fmt: skip
    return "".join(parts)


def machine_rows() -> Iterator[str]:
    for state in ("quiet", "pending", "firing", "recovering"):
        told = [cell(state, TABLE.get((state, "breach")), "N"), cell(state, TABLE.get((state, "ok")), "M"), "stays"]  # type: ignore[call-overload]
        yield f"| {'ok, resolved, expired' if state == 'quiet' else state} | {' | '.join(told)} |\n"


def cell(state: str, step: Step | None, number: str) -> str:
    """'recovering ("recovering"); resolved ("resolved") at the M-th'."""
    if step is None:
        return "stays"
    first = "stays" if step.to == state and step.event is None else said(step.to, step.event)
    enough = said(step.enough_to, step.enough_event)
    return first if (step.to, step.event) == (step.enough_to, step.enough_event) else f"{first}; {enough} at the {number}-th"


def said(state: str, event: str | None) -> str:
    return f"{state} (`{event}`)" if event else state


def kind_of(kind: str, model: type[Rule]) -> str:
    """One kind: what it looks at, how sure it is, the keys that only it has and the defaults that are its own."""
    known = {**Rule.model_fields, **SHARED}
    own = {key: field for key, field in model.model_fields.items() if key != "kind" and not same(field, known.get(key))}
    also = ", ".join(f"`{key}`" for key in model.model_fields if key in SHARED and key not in own)
    words = " ".join((model.__doc__ or "").split()).removeprefix(f"{kind}: ")
    sure = how_sure(model.model_construct(kind=kind))  # type: ignore[arg-type]
    shared = f"\nAnd {also}.\n" if also else ""
    return f"\n### {kind}\n\n{words[:1].upper()}{words[1:]}\n\n{sure}\n{keys_of(own) if own else ''}{shared}"


def same(field: FieldInfo, known: FieldInfo | None) -> bool:
    """Whether the key is one that is told elsewhere, with the same default and meaning."""
    return known is not None and (field.default, field.description) == (known.default, known.description)


def blocks() -> Iterator[str]:
    """The other blocks of the file."""
    yield f"\n## Naming alerts\n\nOther blocks name alerts by what they have, one name or a list.\n{keys_of(Matcher.model_fields)}"
    others: dict[str, type[BaseModel]] = {"silence": Silence, "owner": Owner, "inhibit": Inhibit}
    for name, model in others.items():
        named = Matcher.model_fields if issubclass(model, Matcher) else {}
        own = {key: field for key, field in model.model_fields.items() if key not in named}
        yield f"\n## {name}\n\n`[[{name}]]`: {' '.join((model.__doc__ or '').split())}\n{keys_of(own)}"


def keys_of(fields: Mapping[str, FieldInfo]) -> str:
    rows = [f"| `{key}` | {default_of(field)} | {field.description} | {may_be(field)} |\n" for key, field in fields.items()]
    return KEYS + "".join(rows)


def default_of(field: FieldInfo) -> str:
    """The default as TOML writes it; 'must be given', or nothing where leaving it out means something else."""
    if field.default is PydanticUndefined:
        return "must be given"
    if field.default is None or field.default == ():
        return ""
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{list(value)}`" if isinstance(value, tuple) else f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def may_be(field: FieldInfo) -> str:
    """What the value may be."""
    if field.examples:
        return str(field.examples[0])
    return BY_TYPE.get(str(field.annotation), words_of(field))


def words_of(field: FieldInfo) -> str:
    """The choices where there are some; a list for names; else a text."""
    chosen = list(choices(field.annotation))
    if chosen:
        return " or ".join(", ".join(f"'{option}'" for option in chosen).rsplit(", ", 1))
    return "a list of names" if get_origin(field.annotation) is tuple else "a text"


def choices(annotation: Any) -> Iterator[str]:
    """The texts that a Literal allows, however it is wrapped."""
    for inner in get_args(annotation):
        if isinstance(inner, str):
            yield inner
        else:
            yield from choices(inner)


SHARED = {key: field for key, field in LineRule.model_fields.items() if key not in Rule.model_fields}
BY_TYPE: Mapping[str, str] = {"<class 'bool'>": "true or false", "<class 'datetime.datetime'>": "a date and time"}
