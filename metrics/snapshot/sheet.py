"""The PDF: the words of the page on paper."""

import json
from collections.abc import Iterable

import typst

from metrics.definitions.numbers import day
from metrics.snapshot.content import Snapshot

SOURCE = """
#let said = json(bytes(sys.inputs.said))
#set document(title: said.title, date: none)
#set page(paper: "a4", margin: 2cm)
#set text(lang: "en", region: "GB", size: 10pt)
= #said.title
#said.under
#for part in said.parts [
  == #part.head
  #for line in part.lines [- #line]
]
"""


def pdf_of(snapshot: Snapshot) -> bytes:
    """The PDF's bytes: the same for the same snapshot, as it holds no date of its making. Text from data is text, never markup."""
    said = {
        "title": snapshot.title,
        "under": f"{snapshot.provider}: {snapshot.name}, {snapshot.audience_title}. Week of {day(snapshot.week)}; data as of "
        f"{snapshot.as_of:%Y-%m-%d %H:%M} UTC. Edition {snapshot.edition}.",
        "parts": [{"head": head, "lines": list(lines)} for head, lines in parts(snapshot)],
    }
    made: bytes = typst.compile(SOURCE.encode(), sys_inputs={"said": json.dumps(said)}, timestamp=0, ignore_system_fonts=True)
    return made


def parts(snapshot: Snapshot) -> Iterable[tuple[str, Iterable[str]]]:
    yield "What changed", snapshot.summary
    yield "What will stay off target", [one.sentence for one in snapshot.off_target]
    yield (
        "Headline figures",
        [f"{row.title}, {row.place}: {row.value} (n {row.n}), target {row.target}" for row in snapshot.icon_rows],
    )
    yield "Revisions", [one.sentence for one in snapshot.revisions]
    yield "Data quality", [snapshot.quality, snapshot.policy.sentence]
