"""Definition cards: what a metric means, in words a reader can check; and the catalogue's page made of them."""

from collections.abc import Mapping

from metrics.definitions.lengths import words_from_length
from metrics.definitions.metric import Clock, Metric, QueryMetric
from metrics.definitions.sql_form import statistic_in_words
from metrics.definitions.unknowable import cannot_tell
from metrics.definitions.version import definition_version
from metrics.events import TABLES

CLOCK_WORDS: dict[Clock, str] = {
    "elapsed": "elapsed time",
    "business": "opening hours of the site",
    "working_days": "working days of the site, the first day not counted",
    "calendar_days": "calendar days between local dates",
}
BETTER_WORDS = {"lower": "lower is better", "higher": "higher is better", "neither": "neither direction is better"}


def card(metric: Metric, catalog: Mapping[str, Metric] | None = None) -> list[tuple[str, str]]:
    """The definition as (label, text) rows in reading order. What does not apply is left out; lists are joined by spaces.

    With the catalogue, the other published variants of the metric are named.
    """
    rows = [
        ("Question", metric.question),
        ("Variant", metric.variant or ""),
        ("Other variants", "; ".join(other_variants(metric, catalog or {}))),
        ("Counts", _counts(metric)),
        *_expressions(metric),
        *_times(metric),
        ("Reported as", "; ".join(statistic_in_words(metric, statistic) for statistic in metric.statistics)),
        ("Direction", BETTER_WORDS[metric.better]),
        ("Left out", " ".join(metric.exclusions)),
        ("Mind", " ".join(metric.caveats)),
        ("Cannot tell", " ".join(cannot_tell(metric))),
        ("Settles", _settles(metric)),
        ("Looks back", _looks_back(metric)),
        ("Split by", ", ".join(metric.dimensions)),
        ("Authority", metric.authority),
        ("Owner", metric.owner),
        ("Reviewed", _reviewed(metric)),
        ("Definition version", definition_version(metric)),
    ]
    return [(label, text) for label, text in rows if text]


def other_variants(metric: Metric, catalog: Mapping[str, Metric]) -> list[str]:
    """The other forms of the same idea, the default first: 'no_show_rate (attended plus did not attend)'."""
    idea = metric.variant_of or metric.id
    alike = [m for m in catalog.values() if idea in (m.id, m.variant_of) and m.id != metric.id]
    ordered = sorted(alike, key=lambda m: m.id != idea)
    return [f"{m.id} ({m.variant or m.title})" for m in ordered]


def catalogue_markdown(metrics: Mapping[str, Metric]) -> str:
    """The catalogue's page: a list by family, then a card for each metric, in the catalogue's order."""
    contents = "\n".join(f"| [{m.title}](#{m.id}) | {m.family} | {m.kind} | {m.question} |" for m in metrics.values())
    cards = "\n\n".join(_card_markdown(metric, metrics) for metric in metrics.values())
    return f"{PREAMBLE}\n\n| metric | family | kind | question |\n|---|---|---|---|\n{contents}\n\n{cards}\n"


PREAMBLE = """# Metrics

Made from `metrics/catalog/*.toml`, and from the queries with a metric header in `queries/`, by
`python tests/docs/regenerate.py`; edit those, not this page.

Every figure carries its counts and a 95 % interval: Wilson's for shares, order statistics for medians and percentiles.
A share of nothing is empty, never 0. A wait is reported for finished cases; cases that left or still wait count in the share
within a limit as soon as they are known to be over it. Where finished cases alone would flatter, the median, the 90th
percentile and the share within the limit are estimated too (Kaplan-Meier; intervals by Brookmeyer and Crowley and on the
log-log scale): who left or still waits has waited at least that long, and what the data do not reach stays empty.
Of counts in bins whose last one is open, a quantile in that bin has no value: `lower` holds the bin's edge, over which it is.
A census counts who is there at the end of each period. A ratio (so many per 1,000 visits) has the interval of a Poisson count.
`timely catalog METRIC --sql` prints the SQL that gives a metric's figures.

A metric of a query is asked whole in every refresh, so a home that wants it stored names it, or all of them as `queries`, under
`compute` of `[catalog]`; otherwise it is worked out when asked for.

Some figures are [questions](questions.md) and no metrics, for they are no counts or waits that add up over days and places:

- **Usual provider continuity and Bice-Boxerman** (`continuity_of_care`) are worked out for each patient over all visits of a year.
  A week's are no part of a month's, and a patient who goes to two sites belongs to neither.
- **Growth of the panel** (`panel_changes`) may be below 0, so it is no share. The panel itself is a metric (`active_panel`), with
  its own chart; the question tells who came, came back and left.
- **ECAT as z** (`ecat_by_volume`) says where a site stands among hospitals of its size, by strata. The share it is made of is a
  metric (`ecat`, and each of the four arms); a z over time moves when the others do."""


def _card_markdown(metric: Metric, catalog: Mapping[str, Metric]) -> str:
    facts = [(label, text) for label, text in card(metric, catalog) if label not in ("Left out", "Mind")]
    table = "\n".join(f"| {label} | {_cell(text)} |" for label, text in facts)
    lists = "".join(
        f"\n\n{label}:\n\n" + "\n".join(f"- {item}" for item in items)
        for label, items in (("Left out", metric.exclusions), ("Mind", metric.caveats))
        if items
    )
    return f'<a id="{metric.id}"></a>\n\n## {metric.title}\n\n`{metric.id}`\n\n| | |\n|---|---|\n{table}{lists}'


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _reviewed(metric: Metric) -> str:
    day = metric.reviewed.isoformat()
    return f"{day} by {metric.reviewer}" if isinstance(metric, QueryMetric) and metric.reviewer else day


def _counts(metric: Metric) -> str:
    if isinstance(metric, QueryMetric):
        read = f", which reads the {' and the '.join(metric.tables)}" if metric.tables else ""
        row = "the seconds of each finished case" if metric.kind == "duration" else "counts by day, site and service"
        return f"the query of queries/{metric.id}.sql{read}: {row}"
    if metric.is_tally:
        return f"counts made elsewhere, under the name {metric.tally}"
    if metric.kind == "ratio":
        top, *bottom = (f"{part.id} ({part.title})" for part in metric.parts)
        return f"{top}, {metric.unit}: of {' and '.join(bottom)}"
    if metric.kind == "census":
        return f"{metric.table}: {TABLES[metric.table].row}, there at the end of the period's last day (of the newest: now)"
    return f"{metric.table}: {TABLES[metric.table].row}, in the period of its {TABLES[metric.table].anchor}"


def _expressions(metric: Metric) -> list[tuple[str, str]]:
    if metric.is_tally or metric.kind == "ratio" or isinstance(metric, QueryMetric):
        return []
    rate = [("Counted when", metric.denominator), ("Of these", metric.numerator or ""), ("Not decided yet when", metric.open or "")]
    if metric.kind == "score":
        return [("Among", _code(metric.where)), ("Each counts", _code(metric.value or ""))]
    return [("Among", _code(metric.where)), *((label, _code(text)) for label, text in rate if metric.kind == "rate")]


def _times(metric: Metric) -> list[tuple[str, str]]:
    if metric.kind == "census":
        return [
            ("There from", _code(metric.start or "")),
            ("Until", _code(metric.stop or "")),
            ("In the share until", _code(metric.met_until or "")),
        ]
    if metric.kind != "duration" or isinstance(metric, QueryMetric):
        return []
    clock = ("Clock", CLOCK_WORDS[metric.clock])
    if metric.is_tally:
        return [clock]
    return [
        ("From", _code(metric.start or "")),
        ("To", _code(metric.stop or "")),
        ("Left, having waited at least until", _code(metric.censor or "")),
        clock,
    ]


def _code(expression: str) -> str:
    """An expression as code; one that says nothing is left out."""
    return f"`{expression}`" if expression and expression != "true" else ""


def _looks_back(metric: Metric) -> str:
    """What the first figures lack: they count fewer days than the later ones, so that they only seem to grow."""
    return f"{words_from_length(metric.history)}; no verdict before the data are as long" if metric.history else ""


def _settles(metric: Metric) -> str:
    return f"{words_from_length(metric.matures)} after the period ends" if metric.matures else "when the period ends"
