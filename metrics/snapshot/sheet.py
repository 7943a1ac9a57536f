"""The PDF: the words, signs and charts of the page on paper, tagged so that it can be heard as well as seen (PDF/UA-1)."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import typst

from metrics.definitions.numbers import day
from metrics.drawing.icons import VARIATION, Icon, assurance, svg, variation
from metrics.drawing.theme import LIGHT
from metrics.snapshot.charts import sparkline_of, svg_of
from metrics.snapshot.content import AlertLine, Change, IconRow, Section, Snapshot
from metrics.snapshot.page import (
    CHANGE_SIGNS,
    NO_ALERTS,
    NO_EARLIER,
    NO_FIGURES,
    NO_GAPS,
    NO_OFF_TARGET,
    NO_REVISIONS,
    caption,
    dates,
    heading,
    policy_words,
)
from metrics.snapshot.page_tables import ALERT_HEADS, ICON_HEADS, SEVERITIES, alerts_caption, owner_words, spark_alt

SOURCE = Path(__file__).with_name("sheet.typ")
FONT = "Libertinus Serif"  # free, and inside the typst wheel: no font of the machine is read
CHART_WIDTH = 470  # units: two charts stand side by side
STANDARD = "ua-1"  # PDF/UA-1: title, language, tags, order of headings and alt texts are checked when it is made


def pdf_of(snapshot: Snapshot) -> bytes:
    """The PDF's bytes: the same for the same snapshot, as it holds no date of its making. Text from data is text, never markup."""
    made: bytes = compiled(snapshot, "pdf", pdf_standards=[STANDARD])
    return made


def pictures_of(snapshot: Snapshot, ppi: float = 110) -> list[bytes]:
    """The sheet's pages as PNG images, to be looked at. ppi: dots an inch."""
    made = compiled(snapshot, "png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def compiled(snapshot: Snapshot, form: Literal["pdf", "png"], **more: Any) -> Any:
    """The sheet as typst gives it: bytes, or for several pages of PNG a list of them."""
    inputs = {"said": json.dumps(words_of(snapshot), ensure_ascii=False)}
    still: dict[str, Any] = {"timestamp": 0, "ignore_system_fonts": True, "font_paths": []}
    return typst.compile(SOURCE.read_bytes(), format=form, sys_inputs=inputs, **still, **more)


def words_of(snapshot: Snapshot) -> dict[str, Any]:
    """All that the sheet says and draws, as plain values."""
    nothing_revised = NO_REVISIONS if snapshot.previous else NO_EARLIER
    earlier = f"Compared with {snapshot.previous}. " if snapshot.previous else ""
    return {
        "ink": asdict(LIGHT), "provider": snapshot.provider, "heading": heading(snapshot), "title": snapshot.title,
        "dates": dates(snapshot), "reason": snapshot.reason, "summary": list(snapshot.summary),
        "short": f"{snapshot.name}, edition {snapshot.edition}, data as of {day(snapshot.as_of.date())}",
        "changes": [change_of(change) for change in snapshot.changes],
        "off_target": said_or([one.sentence for one in snapshot.off_target], NO_OFF_TARGET),
        "alerts": [alert_cells(alert) for alert in snapshot.alerts], "alert_heads": ALERT_HEADS, "no_alerts": NO_ALERTS,
        "alerts_caption": alerts_caption(len(snapshot.alerts), snapshot.alerts_stood),
        "rows": [row_of(row) for row in snapshot.icon_rows], "icon_heads": ICON_HEADS, "no_figures": NO_FIGURES,
        "sections": [section_of(section) for section in snapshot.sections],
        "gaps": said_or([one.sentence for one in snapshot.gaps], NO_GAPS),
        "revisions": said_or([one.sentence for one in snapshot.revisions], nothing_revised),
        "quality": snapshot.quality, "policy": policy_words(snapshot), "reading": list(snapshot.how_to_read),
        "signs": [icon_of(icon) for icon in VARIATION.values()],
        "foot": f"{earlier}Issued once and never changed; a correction is a new edition. Made by Timely {snapshot.program}.",
    }  # fmt: skip


def said_or(sentences: Sequence[str], nothing: str) -> list[str]:
    return list(sentences) or [nothing]


def change_of(change: Change) -> dict[str, str]:
    icon = svg(variation(change.variation), LIGHT)
    return {"icon": icon, "sign": CHANGE_SIGNS[change.direction], "sentence": change.sentence}


def alert_cells(alert: AlertLine) -> list[str]:
    what = f"{SEVERITIES.get(alert.severity, alert.severity)}: {alert.what}"
    return [what, alert.where, owner_words(alert), f"{alert.age}, since {day(alert.since)}", alert.state]


def icon_of(icon: Icon) -> dict[str, str]:
    return {"svg": svg(icon, LIGHT), "words": icon.words}


def row_of(row: IconRow) -> dict[str, Any]:
    closed = f"week of {day(row.week)}" if row.week else "no closed week"
    return {
        "title": row.title, "under": f"{row.statistic_words}, {row.place}, {closed}", "value": row.value, "n": row.n,
        "target": row.target, "spark": sparkline_of(row.sparkline, "", LIGHT), "alt": spark_alt(row),
        "variation": icon_of(variation(row.variation)), "assurance": icon_of(assurance(row.assurance)),
    }  # fmt: skip


def section_of(section: Section) -> dict[str, Any]:
    told: dict[str, Any] = {"heading": section.heading, "sentences": list(section.sentences)}
    if section.chart is None:
        return told
    chart = section.chart
    drawn = {"title": chart.title, "caption": caption(chart), "svg": svg_of(chart, LIGHT, FONT, CHART_WIDTH), "alt": chart.alt}
    return {**told, "chart": drawn}
