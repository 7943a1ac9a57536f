"""The page: one self-contained file, readable on a screen, on a telephone, in the dark and in print. No script, nothing fetched."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from html import escape
from pathlib import Path
from string import Template

from metrics.definitions.numbers import day
from metrics.drawing.icons import VARIATION, svg, variation
from metrics.drawing.theme import DARK, LIGHT, Palette
from metrics.snapshot.charts import LIVE, svg_of
from metrics.snapshot.content import ABSENT, Change, Chart, Section, Snapshot
from metrics.snapshot.page_tables import alert_table, data_table, icon_table, revision_table

STYLE = Path(__file__).with_name("page.css")
CHANGE_SIGNS = {"better": "Better", "worse": "Worse", "changed": "Changed"}
NO_OFF_TARGET = "No headline figure is certain to miss its target."
NO_ALERTS = "No alert stood in this week."
NO_GAPS = "No difference between groups of patients is beyond chance."
NO_REVISIONS = "No figure of the last snapshot was revised."
NO_EARLIER = "This is the first snapshot: there is nothing to revise."
NO_FIGURES = "No headline figure is measured yet."


def html_of(snapshot: Snapshot) -> str:
    """The whole page. Everything that comes from data is escaped; the same snapshot gives the same text."""
    told = list(parts(snapshot))
    contents = "".join(f'<li><a href="#{name}">{escape(head)}</a></li>' for name, head, _ in told)
    body = "".join(
        f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(head)}</h2>{inner}</section>' for name, head, inner in told
    )
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(heading(snapshot))}: {escape(snapshot.title)}</title><style>{style()}</style></head>\n<body>"
        f'{top(snapshot)}<nav aria-label="Contents"><ul>{contents}</ul></nav><main>{body}</main>{foot(snapshot)}</body></html>\n'
    )


def style() -> str:
    """The style sheet, with both palettes as the colours that drawings name."""
    return Template(STYLE.read_text(encoding="utf-8")).substitute(light=colours(LIGHT), dark=colours(DARK))


def colours(palette: Palette) -> str:
    named = "".join(f"--{one.name}:{getattr(palette, one.name)};" for one in fields(palette))
    return f"{named}--soft:{palette.quiet}"


def heading(snapshot: Snapshot) -> str:
    """'Riverside Health, weekly snapshot 2026-W47, Board'."""
    return f"{snapshot.provider}, weekly snapshot {snapshot.name}, {snapshot.audience_title}"


def dates(snapshot: Snapshot) -> str:
    """The week, what was known, and which edition this is."""
    return (
        f"Week of {day(snapshot.week)} to {day(snapshot.week_end)}. Data as of {day(snapshot.as_of.date())}, "
        f"{snapshot.as_of:%H:%M} UTC. Edition {snapshot.edition}."
    )


def top(snapshot: Snapshot) -> str:
    reason = f'<p class="reason">This edition replaces an earlier one: {escape(snapshot.reason)}</p>' if snapshot.reason else ""
    return (
        f'<header><p class="over">{escape(heading(snapshot))}</p><h1>{escape(snapshot.title)}</h1>'
        f'<p class="under">{escape(dates(snapshot))}</p>{reason}</header>'
    )


def foot(snapshot: Snapshot) -> str:
    earlier = f" Compared with {escape(snapshot.previous)}." if snapshot.previous else ""
    return (
        f"<footer><p>{escape(dates(snapshot))}{earlier} Issued once and never changed; a correction is a new edition. "
        f"Made by Timely {escape(snapshot.program)}.</p></footer>"
    )


def parts(snapshot: Snapshot) -> Iterator[tuple[str, str, str]]:
    """(name, heading, inner) of every part, in the order they are read: words first."""
    yield "changed", "What changed", changes(snapshot)
    yield "off-target", "Off target, and will stay so", listed([one.sentence for one in snapshot.off_target], NO_OFF_TARGET)
    yield (
        "alerts",
        "Alerts of the week",
        alert_table(snapshot.alerts, snapshot.alerts_stood) if snapshot.alerts else paragraph(NO_ALERTS),
    )
    yield "figures", "Headline figures", icon_table(snapshot.icon_rows) if snapshot.icon_rows else paragraph(NO_FIGURES)
    for section in snapshot.sections:
        yield f"section-{escape(section.family)}", section.heading, section_body(section)
    yield "equity", "Differences between groups", listed([one.sentence for one in snapshot.gaps], NO_GAPS)
    yield "revisions", "Revisions", revised(snapshot)
    yield "quality", "Data quality", paragraph(snapshot.quality) + paragraph(policy_words(snapshot))
    yield "reading", "How to read this", reading(snapshot)


def changes(snapshot: Snapshot) -> str:
    """Each change with its icon where a rule fired; else the summary alone, which says that nothing did."""
    if not snapshot.changes:
        return "".join(paragraph(sentence) for sentence in snapshot.summary)
    return f'<ul class="says">{"".join(change_line(change) for change in snapshot.changes)}</ul>'


def change_line(change: Change) -> str:
    icon = hidden(svg(variation(change.variation), LIVE, 24))
    return f'<li>{icon}<span class="tag">{CHANGE_SIGNS[change.direction]}:</span> {escape(change.sentence)}</li>'


def section_body(section: Section) -> str:
    """The chart's own title and two sentences, then the chart, then its figures as a table."""
    words = "".join(paragraph(sentence) for sentence in section.sentences)
    if section.chart is None:
        return words
    chart = section.chart
    return (
        f"<h3>{escape(chart.title)}</h3>{words}<figure><figcaption>{escape(chart.subtitle)}. Target {escape(chart.target_words)}."
        f"</figcaption>{scrolling(svg_of(chart), chart.title)}</figure>{data_table(chart)}"
    )


def caption(chart: Chart) -> str:
    """What is drawn, and its target where there is one."""
    target = "" if chart.target_words == ABSENT else f" Target: {chart.target_words}."
    return f"{chart.subtitle}.{target}"


def scrolling(inner: str, name: str) -> str:
    """A box that scrolls by itself on a narrow screen, and can be scrolled by keyboard."""
    return f'<div class="wide" tabindex="0" role="group" aria-label="Chart: {escape(name)}">{inner}</div>'


def revised(snapshot: Snapshot) -> str:
    if snapshot.revisions:
        return revision_table(snapshot.revisions, snapshot.previous)
    return paragraph(NO_REVISIONS if snapshot.previous else NO_EARLIER)


def policy_words(snapshot: Snapshot) -> str:
    count = snapshot.policy.withheld
    return f"{snapshot.policy.sentence} Withheld here: {count} {'figure' if count == 1 else 'figures'}."


def reading(snapshot: Snapshot) -> str:
    """The composer's sentences, and what each icon means."""
    icons = "".join(f"<li>{hidden(svg(icon, LIVE, 24))}{escape(icon.words)}</li>" for icon in VARIATION.values())
    return listed(snapshot.how_to_read, "") + f'<h3>Signs</h3><ul class="says">{icons}</ul>'


def hidden(drawing: str) -> str:
    """A drawing whose words stand beside it: not spoken twice."""
    return drawing.replace("<svg ", '<svg aria-hidden="true" ', 1)


def listed(sentences: Iterable[str], nothing: str) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="plain">{items}</ul>' if items else paragraph(nothing)


def paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>" if words else ""
