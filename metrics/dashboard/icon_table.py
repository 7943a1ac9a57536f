"""The icon table: every metric at every site with its verdicts, worst first in a stable order."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from urllib.parse import urlencode

import polars as pl

from metrics.dashboard import icons, numbers, states, urls
from metrics.dashboard.data import Contract
from metrics.dashboard.freshness import Feeds
from metrics.dashboard.icons import Icon
from metrics.dashboard.states import State
from metrics.dashboard.theme import DARK, LIGHT, Palette

HEADS = ("Metric", "Where", "Value", "Target", "Is it changing?", "Will it meet the target?", "Since", "Data and alerts")
MOST_ROWS = 150  # on the page; the CSV holds them all
VARIATION_RANK = {name: rank for rank, name in enumerate(icons.VARIATION)}  # as the icons are listed: worst first
ASSURANCE_RANK = {name: rank for rank, name in enumerate(icons.ASSURANCE)}
WORSE = ("concern_high", "concern_low")
BETTER = ("improvement_high", "improvement_low")

Alerts = Mapping[tuple[str, str | None], list[str]]  # metric and site -> the states of its open alerts


@dataclass(frozen=True)
class Row:
    """One metric at one place, in words; `where` is the site's name, or all sites."""

    metric: str
    title: str
    where: str
    whole: bool
    headline: bool
    position: int
    figure: str
    n: str
    target: str
    variation: str
    assurance: str
    since: date | None
    grain: str
    state: State
    link: dict[str, str]
    series: tuple[str, str, str | None] = ("", "", None)  # metric, statistic, site_id

    @property
    def name(self) -> str:
        """The title without the qualification in brackets at its end."""
        return self.title.partition(" (")[0]

    @property
    def order(self) -> tuple[object, ...]:
        """Worst first; then what changes for the worse and is bound to miss; ties as the catalogue has them, all sites first."""
        verdicts = VARIATION_RANK[self.variation], ASSURANCE_RANK[self.assurance]
        return (self.state.rank, *verdicts, self.position, not self.whole, self.where)

    @property
    def calls(self) -> bool:
        """Whether it asks for attention: trouble with the data, an alert, a change, or a target it is bound to miss."""
        quiet = ("common_cause", "not_assessed")
        return self.state.rank < states.OK.rank or self.variation not in quiet or self.assurance == "consistent_fail"


def rows_of(
    signals: pl.DataFrame, contracts: Mapping[str, Contract], feeds: Feeds, alerts: Alerts, names: Mapping[str, str]
) -> list[Row]:
    """A row for each row of signals.sql, worst first. `names`: a metric's label in the address of its page."""
    rows = [row_of(signal, contracts[signal["metric"]], feeds, alerts, names) for signal in signals.to_dicts()]
    return sorted(rows, key=lambda row: row.order)


def row_of(signal: dict[str, object], contract: Contract, feeds: Feeds, alerts: Alerts, names: Mapping[str, str]) -> Row:
    statistic, grain, site = str(signal["statistic"]), str(signal["grain"]), signal["site_id"]
    assert site is None or isinstance(site, str)
    present = signal["value"] is not None and signal["period_start"] == signal["newest"]
    judged = signal["variation"] not in (None, "not_assessed")
    where = "All sites" if site is None else str(signal["site"] or site)
    raised = alerts.get((contract.id, site), [])
    stale = feeds.any_stale(contract.tables, site)
    seldom = not judged and not stale  # no complaint of a small clinic in a week is no gap in the data
    return Row(
        metric=contract.id,
        title=contract.title,
        where=where,
        whole=site is None,
        headline=bool(signal["headline"]),
        position=int(str(signal["position"])),
        figure=figure(signal["value"], statistic, contract.unit) if present else numbers.ABSENT,
        n=numbers.whole(signal["n"]) if present and isinstance(signal["n"], int) else "0",
        target=figure(signal["target"], statistic, contract.unit),
        variation=str(signal["variation"]) if present and judged else "not_assessed",
        assurance=str(signal["assurance"]) if present and signal["assurance"] in icons.ASSURANCE else "not_assessed",
        since=signal["since"] if present and isinstance(signal["since"], date) else None,
        grain=grain,
        series=(contract.id, statistic, site),
        state=states.standing_of(present or seldom, stale, raised, judged),
        link={
            urls.METRIC: names[contract.id],
            urls.STATISTIC: numbers.statistic_label(statistic, contract.limit),
            urls.GRAIN: numbers.sentence(grain),
            **({} if site is None else {urls.SITE: where}),
        },
    )


def figure(value: object, statistic: str, unit: str) -> str:
    return numbers.figure(value, statistic, unit) if isinstance(value, float) else numbers.ABSENT


def summary(rows: list[Row]) -> str:
    """The finding in at most ten words: '3 worse, 2 better, 4 will miss their target'."""
    worse = sum(row.variation in WORSE for row in rows)
    better = sum(row.variation in BETTER for row in rows)
    failing = sum(row.assurance == "consistent_fail" for row in rows)
    told = [f"{worse} worse"] if worse else []
    told += [f"{better} better"] if better else []
    told += [f"{failing} will miss {'its' if failing == 1 else 'their'} target"] if failing else []
    return ", ".join(told) or "No significant change"


def frame(rows: list[Row], withheld: Collection[tuple[str, str, str | None]] = ()) -> pl.DataFrame:
    """The rows as a table to take away, in their order; without value and n, and what was made of them, of series withheld."""
    gone = pl.Series([row.series in withheld for row in rows], dtype=pl.Boolean)
    columns = {
        "metric": [row.metric for row in rows],
        "title": [row.title for row in rows],
        "where": [row.where for row in rows],
        "value": [row.figure for row in rows],
        "n": [row.n for row in rows],
        "target": [row.target for row in rows],
        "variation": [row.variation for row in rows],
        "assurance": [row.assurance for row in rows],
        "since": [row.since for row in rows],
        "state": [row.state.word for row in rows],
    }
    told = pl.DataFrame(columns, schema_overrides={"since": pl.Date})
    small = ("value", "n", "variation", "assurance", "since")
    return told.with_columns(pl.when(~gone).then(pl.col(name)).alias(name) for name in small) if withheld else told


def html(rows: list[Row], palette: Palette, caption: str) -> str:
    """The table, to be read by people and by screen readers; a metric's name leads to its page. Everything from data is escaped."""
    rule = f"border-bottom:1px solid {either('rule')}"
    heads = "".join(f'<th scope="col" style="{HEAD};{rule}">{escape(head)}</th>' for head in HEADS)
    body = "".join(f"<tr>{''.join(cells(row, palette, rule))}</tr>" for row in rows)
    return (
        f'<div style="overflow-x:auto" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table aria-label="{escape(caption)}" style="border-collapse:collapse;width:100%;min-width:64rem;font-size:0.95rem">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


HEAD = "text-align:left;font-weight:600;padding:0.4rem 0.6rem;white-space:nowrap"
CELL = "text-align:left;vertical-align:middle;padding:0.35rem 0.6rem"
FIGURE = f"{CELL};font-variant-numeric:tabular-nums;white-space:nowrap"


def either(role: str) -> str:
    """The colour of a role in whichever theme is drawn: it follows the reader's switch without a rerun."""
    return f"light-dark({getattr(LIGHT, role)}, {getattr(DARK, role)})"


def cells(row: Row, palette: Palette, rule: str) -> list[str]:
    address = f"metric?{urlencode(row.link)}"
    link = f'<a href="{escape(address)}" style="color:{either("figure")};font-weight:600">{escape(row.name)}</a>'
    since = numbers.sentence(numbers.period(row.since, row.grain)) if row.since else numbers.ABSENT
    count = f'<span style="color:{either("quiet")}"> n {row.n}</span>'
    return [
        f'<th scope="row" style="{CELL};{rule}">{link}</th>',
        f'<td style="{FIGURE};{rule}">{escape(row.where)}</td>',
        f'<td style="{FIGURE};{rule}"><strong>{escape(row.figure)}</strong>{count}</td>',
        f'<td style="{FIGURE};{rule}">{escape(row.target)}</td>',
        f'<td style="{FIGURE};{rule}">{worded(icons.variation(row.variation), palette)}</td>',
        f'<td style="{FIGURE};{rule}">{worded(icons.assurance(row.assurance), palette)}</td>',
        f'<td style="{FIGURE};{rule}">{escape(since)}</td>',
        f'<td style="{FIGURE};{rule}">{row.state.shape} {escape(row.state.word)}</td>',
    ]


def worded(icon: Icon, palette: Palette) -> str:
    """The icon and its words; a screen reader hears them once, as the image's text."""
    image = f'<img src="{icons.address(icon, palette)}" alt="{escape(icon.words)}" width="{icons.SIZE}" height="{icons.SIZE}"'
    return f'{image} style="vertical-align:middle;margin-right:0.45rem"><span aria-hidden="true">{escape(icon.words)}</span>'
