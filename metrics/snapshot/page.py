"""The page: one self-contained file of words and tables, readable in print and on a telephone."""

from collections.abc import Iterable
from html import escape

from metrics.definitions.numbers import day
from metrics.snapshot.content import IconRow, Snapshot

STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1c1c1c;background:#fff}"
    "table{border-collapse:collapse}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #767676}"
    ".wide{overflow-x:auto}@media print{.wide{overflow:visible}}"
)


def html_of(snapshot: Snapshot) -> str:
    """The whole page. Everything that comes from data is escaped; the same snapshot gives the same text."""
    title = f"{snapshot.provider}: {snapshot.name}, {snapshot.audience_title}"
    body = "".join(f"<section><h2>{escape(head)}</h2>{inner}</section>" for head, inner in parts(snapshot))
    edition = f"Edition {snapshot.edition}" + (f": {snapshot.reason}" if snapshot.reason else "")
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main><h1>{escape(snapshot.title)}</h1>"
        f"<p>{escape(title)}. Week of {day(snapshot.week)}; data as of {snapshot.as_of:%Y-%m-%d %H:%M} UTC. {escape(edition)}.</p>"
        f"{body}</main></body></html>\n"
    )


def parts(snapshot: Snapshot) -> Iterable[tuple[str, str]]:
    yield "What changed", listed(snapshot.summary)
    yield "What will stay off target", listed([one.sentence for one in snapshot.off_target] or ["Nothing for certain."])
    yield (
        "Alerts",
        listed(f"{one.severity.upper()}: {one.what}, {one.where}; {one.owner}; {one.age}; {one.state}" for one in snapshot.alerts),
    )
    yield "Headline figures", table(snapshot.icon_rows)
    for section in snapshot.sections:
        title = f"<h3>{escape(section.chart.title)}</h3>" if section.chart else ""
        yield section.heading, title + "".join(f"<p>{escape(one)}</p>" for one in section.sentences)
    yield "Equity", listed([one.sentence for one in snapshot.gaps] or ["No gap beyond chance."])
    yield "Revisions", listed([one.sentence for one in snapshot.revisions] or ["No figure of the last snapshot was revised."])
    yield "Data quality", f"<p>{escape(snapshot.quality)} {escape(snapshot.policy.sentence)}</p>"
    yield "How to read this", listed(snapshot.how_to_read)


def listed(sentences: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>"


def table(rows: Iterable[IconRow]) -> str:
    heads = ("Figure", "Place", "Value", "n", "Target", "Change", "Target met")
    body = "".join(
        f'<tr><th scope="row">{escape(row.title)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in (row.place, row.value, row.n, row.target, row.variation, row.assurance))
        + "</tr>"
        for row in rows
    )
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return f'<div class="wide"><table><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>'
