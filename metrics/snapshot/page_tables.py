"""The tables of the page: headline figures with their icons, alerts, revisions, and the figures behind a chart."""

from collections.abc import Iterable, Sequence
from html import escape

from metrics.definitions.numbers import ABSENT, day, figure, whole
from metrics.drawing.icons import Icon, assurance, svg, variation
from metrics.snapshot.charts import LIVE, sparkline_of
from metrics.snapshot.content import WITHHELD, AlertLine, Chart, IconRow, Point, Revision

ICON_HEADS = ("Figure", "Last weeks", "Value", "n", "Target", "Is it changing?", "Will it meet its target?")
ALERT_HEADS = ("Alert", "Place", "Owner", "Age", "State")
REVISION_HEADS = ("Figure", "Was", "Is now", "Reason")
POINT_HEADS = ("Week of", "Value", "n", "Mean", "Lower limit", "Upper limit", "Target", "Verdict")
SEVERITIES = {"act": "■ Act", "watch": "◐ Watch", "info": "○ Info"}
VERDICTS = {
    "common_cause": "chance", "improvement": "better", "concern": "worse", "neutral_high": "higher", "neutral_low": "lower",
    "not_assessed": "not assessed",
}  # fmt: skip


def icon_table(rows: Iterable[IconRow]) -> str:
    """A row a headline figure: sparkline, value, n, target, variation and assurance, each in words too."""
    body = "".join(icon_row(row) for row in rows)
    return table("icons", "Headline figures, newest closed week", ICON_HEADS, body)


def icon_row(row: IconRow) -> str:
    closed = f"week of {day(row.week)}" if row.week else "no closed week"
    spark = f'<td class="spark" data-head="Last weeks">{sparkline_of(row.sparkline, spark_alt(row))}</td>'
    since = f"<small>since {day(row.since)}</small>" if row.since else ""
    return (
        f'<tr><th scope="row">{escape(row.title)}<small>{escape(row.statistic_words)}, {escape(row.place)}, {closed}</small></th>'
        f'{spark}<td class="value" data-head="Value">{escape(row.value)}</td><td data-head="n">{escape(row.n)}</td>'
        f'<td data-head="Target">{escape(row.target)}</td>{verdict(variation(row.variation), "Changing?", since)}'
        f"{verdict(assurance(row.assurance), 'Target?')}</tr>"
    )


def spark_alt(row: IconRow) -> str:
    """'No-show rate at All sites over 26 weeks, newest 8.4%'."""
    return (
        f"{row.title}, {row.place}, over {len(row.sparkline)} weeks: newest {row.value}, {variation(row.variation).words.lower()}"
    )


def verdict(icon: Icon, head: str, more: str = "") -> str:
    drawn = svg(icon, LIVE, 24).replace("<svg ", '<svg aria-hidden="true" ', 1)
    return f'<td data-head="{head}"><div class="verdict">{drawn}<span>{escape(icon.words)}{more}</span></div></td>'


def alerts_caption(shown: int, stood: int) -> str:
    """How many alerts are shown, and of how many: where others stood, it says which these are."""
    every = f"{shown} {'alert' if shown == 1 else 'alerts'} stood in the week"
    return every if stood <= shown else f"{shown} of the {stood} alerts of the week: of each metric the gravest and oldest"


def alert_table(alerts: Sequence[AlertLine], stood: int) -> str:
    """A row an alert: how grave, what, where, whose, how old."""
    body = "".join(
        f'<tr><th scope="row">{escape(SEVERITIES.get(alert.severity, alert.severity))}: {escape(alert.what)}</th>'
        + headed(ALERT_HEADS[1:], alert.where, owner_words(alert), f"{alert.age}, since {day(alert.since)}", alert.state)
        + "</tr>"
        for alert in alerts
    )
    return table("alerts", alerts_caption(len(alerts), stood), ALERT_HEADS, body)


def headed(heads: Sequence[str], *values: str) -> str:
    """Cells that on a telephone, where the row is a block, name what they hold."""
    return "".join(f'<td data-head="{head}">{escape(value)}</td>' for head, value in zip(heads, values, strict=True))


def owner_words(alert: AlertLine) -> str:
    """'Emergency, taken by J. Okafor'."""
    return f"{alert.owner}, {f'taken by {alert.taken_by}' if alert.taken_by else 'taken by nobody yet'}"


def revision_table(revisions: Iterable[Revision], previous: str) -> str:
    """A row a figure that is another one now than it was when it was issued."""
    body = "".join(
        f'<tr><th scope="row">{escape(one.title)}<small>{escape(one.place)}, week of {day(one.week)}</small></th>'
        + cells(one.before, one.after, one.reason)
        + "</tr>"
        for one in revisions
    )
    return table("revisions", f"Figures of {previous} that changed since", REVISION_HEADS, body)


def data_table(chart: Chart) -> str:
    """The figures behind a chart, the newest first, folded away."""
    body = "".join(point_row(point, chart) for point in reversed(chart.points))
    inner = table("points", chart.subtitle, POINT_HEADS, body)
    return f"<details><summary>The figures behind this chart: {escape(chart.title)}</summary>{inner}</details>"


def point_row(point: Point, chart: Chart) -> str:
    told = [figure(one, chart.statistic, chart.unit) for one in (point.mean, point.lower, point.upper, point.target)]
    value = WITHHELD if point.withheld else figure(point.value, chart.statistic, chart.unit)
    count = WITHHELD if point.withheld else whole(point.n)
    said = VERDICTS.get(point.kind, ABSENT) if point.value is not None else ABSENT
    return f'<tr><th scope="row">{day(point.week)}</th>{cells(value, count, *told, said)}</tr>'


def cells(*values: str) -> str:
    return "".join(f"<td>{escape(value)}</td>" for value in values)


def table(kind: str, caption: str, heads: Iterable[str], body: str) -> str:
    """A table in a box that scrolls by itself where it is wider than the screen."""
    columns = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="Table: {escape(caption)}"><table class="{kind}">'
        f"<caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )
