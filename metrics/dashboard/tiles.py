"""What each row of the scorecard says, worked out from the generation: worst first inside a stable order."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

import polars as pl

from metrics.dashboard import numbers, series, states, urls
from metrics.dashboard.data import Contract
from metrics.dashboard.freshness import Feeds
from metrics.dashboard.icon_table import Alerts
from metrics.dashboard.sentences import within_ten
from metrics.dashboard.states import State
from metrics.definitions.metric import Family

FAMILIES: tuple[str, ...] = get_args(Family)  # the order on the screen
EARLIER = {  # what stands beside a figure, by the length of its period
    "week": ("13 weeks ago", "a year ago"),
    "month": ("3 months ago", "a year ago"),
    "quarter": ("a quarter ago", "a year ago"),
    "year": ("2 years ago", "a year ago"),
}
CONCERN = "concern"  # how the stored verdicts begin that say the newest point is out of the usual, for the worse
TRAIL_TYPE = {"period_start": pl.Date, "value": pl.Float64, "mature": pl.Boolean}


@dataclass(frozen=True)
class Tile:
    """One metric at one place. `value`, `before_short` and `before_long` are figures of equal periods, null without cases.

    `still_open` counts every case without an end now; `measured` says whether the place ever had a case in
    such a period;
    `fed` is how long ago the metric's table was fed; `trail` is 26 weeks, ready to draw. `variation` and `assurance` are the
    stored verdicts on the same statistic and grain, None where it is not judged; `alert` is the worst of the open alerts here.
    """

    metric: str
    title: str
    question: str
    family: str
    position: int
    statistic: str
    label: str
    unit: str
    better: str
    grain: str
    period_start: date | None
    value: float | None
    n: int | None
    target: float | None
    target_verified: bool | None
    before_short: float | None
    before_long: float | None
    still_open: int | None
    headline: bool
    measured: bool
    fed: str
    trail: pl.DataFrame
    state: State
    lower: float | None = None
    variation: str | None = None
    assurance: str | None = None
    alert: State | None = None

    @property
    def standing(self) -> State:
        """What its badge says: an alert outranks a missed target, trouble with the data outranks both."""
        return min(self.alert or self.state, self.state, key=lambda state: state.rank)

    @property
    def leads(self) -> bool:
        """Whether it stands open on the page: a headline, a target, trouble with its data, an alert, or variation for the worse."""
        wrong = self.standing not in (states.NOT_ASSESSED, states.ON_TARGET)
        return self.headline or self.target is not None or wrong or (self.variation or "").startswith(CONCERN)

    @property
    def name(self) -> str:
        """The title without the qualification in brackets at its end."""
        return self.title.partition(" (")[0]

    @property
    def qualified(self) -> str:
        """The question, led by the title's qualification: 'After 5 seconds. How many callers ...?'."""
        qualification = self.title.partition(" (")[2].removesuffix(")")
        return f"{numbers.sentence(qualification)}. {self.question}" if qualification else self.question

    @property
    def figure(self) -> str:
        return numbers.figure(self.value, self.statistic, self.unit, self.lower)

    @property
    def link(self) -> dict[str, str]:
        """The metric page's parameters that show this very figure."""
        return {urls.METRIC: self.title, urls.STATISTIC: self.label, urls.GRAIN: numbers.sentence(self.grain)}

    def period_apart(self, usual: date | None) -> str | None:
        """The figure's own period in words, where it is not the usual one."""
        return numbers.period(self.period_start, self.grain) if self.period_start not in (usual, None) else None

    @property
    def wrong(self) -> str:
        """The figure's state and what it is of, in a line: '▲ Off target: Door to provider 69%'."""
        return f"{self.standing.shape} {self.standing.word}: {self.name} **{self.figure}**"

    @property
    def target_words(self) -> str:
        target = None if self.target is None else numbers.figure(self.target, self.statistic, self.unit)
        return states.target_words(target, self.state, self.better, self.target_verified is not False)

    @property
    def earlier(self) -> tuple[tuple[str, str], ...]:
        """The figures before, in words: (('13 weeks ago', '24 min'), ('a year ago', '22 min'))."""
        before = (self.before_short, self.before_long)
        return tuple(
            (when, numbers.figure(v, self.statistic, self.unit)) for when, v in zip(EARLIER[self.grain], before, strict=True)
        )

    @property
    def trail_alt(self) -> str:
        """What the sparkline shows, for a reader who cannot see it."""
        settled = self.trail.filter(pl.col("mature"))
        if settled.is_empty():
            return f"{self.title}: no settled week in the last 26."
        values: list[float] = settled["value"].to_list()
        least, most, last = (numbers.figure(v, self.statistic, self.unit) for v in (min(values), max(values), values[-1]))
        moving = len(self.trail) - len(settled)
        tail = f" The newest {moving} can still move." if moving else ""
        return f"{self.title} over the last 26 weeks: between {least} and {most}, last settled week {last}.{tail}"


def tiles_of(
    scorecard: pl.DataFrame, contracts: dict[str, Contract], feeds: Feeds, grain: str, site: str | None = None
) -> list[Tile]:
    """A tile for each row of scorecard.sql: families in their order, worst first in a family, then as declared."""
    tiles = [tile_of(row, contracts[row["metric"]], feeds, grain, site) for row in scorecard.to_dicts()]
    return sorted(tiles, key=lambda tile: (FAMILIES.index(tile.family), tile.state.rank, tile.position))


def tile_of(row: dict[str, Any], contract: Contract, feeds: Feeds, grain: str, site: str | None = None) -> Tile:
    """One row of scorecard.sql as a tile."""
    statistic = row["statistic"] or contract.first_statistic
    better = states.direction(row["better"], statistic)
    trail = pl.DataFrame(row["trail"] or [], schema=TRAIL_TYPE)
    judged = numbers.known(row["value"], row["lower"], row["target"], statistic)
    return Tile(
        **{
            key: row[key]
            for key in ("metric", "title", "question", "family", "position", "headline", "unit", "period_start", "value", "n")
        },
        **{key: row[key] for key in ("lower", "target", "target_verified", "before_short", "before_long")},
        still_open=row["still_open"] if contract.counts_open else None,
        statistic=statistic,
        label=numbers.statistic_label(statistic, contract.limit),
        better=better,
        grain=grain,
        measured=row["n_ever"] is not None,
        fed=feeds.words_of(contract.tables, site),
        trail=series.unbroken(trail, "week"),
        state=states.state_of(judged, row["n"], row["target"], better, feeds.any_stale(contract.tables, site)),
    )


def with_verdicts(tiles: list[Tile], signals: pl.DataFrame, site: str | None, alerts: Alerts) -> list[Tile]:
    """The tiles with the verdicts of signals.sql at the site, and the worst open alert of their metric there, in their order."""
    here = signals.filter(pl.col("site_id").eq_missing(pl.lit(site, pl.String)), pl.col("period_start") == pl.col("newest"))
    found = {(row["metric"], row["statistic"]): row for row in here.to_dicts()}
    told = []
    for tile in tiles:
        verdict = found.get((tile.metric, tile.statistic), {})
        alert = states.worst_alert(alerts.get((tile.metric, site), []))
        told.append(replace(tile, variation=verdict.get("variation"), assurance=verdict.get("assurance"), alert=alert))
    return sorted(told, key=lambda tile: (FAMILIES.index(tile.family), tile.standing.rank, tile.position))


def told_apart(tiles: list[Tile], whole: bool) -> tuple[list[Tile], list[Tile]]:
    """The tiles to show, and those of metrics without a single case here.

    Of all places together (`whole`) a headline metric without a case is shown, as having no data: somebody expects it.
    """
    here = [tile for tile in tiles if tile.measured or (whole and tile.headline)]
    return here, [tile for tile in tiles if tile not in here]


def leading_apart(tiles: list[Tile]) -> tuple[list[Tile], list[Tile]]:
    """The tiles that stand open on the page, and those behind a click: no headline, nobody set a target, nothing is wrong."""
    leading = [tile for tile in tiles if tile.leads]
    return leading, [tile for tile in tiles if not tile.leads]


def more_words(others: list[Tile]) -> str:
    return f"{len(others)} more without a target"


def summary(tiles: list[Tile]) -> str:
    """The scorecard's finding in at most ten words: '4 of 16 off target, 1 without data, 2 stale'."""
    count = {state: sum(tile.state is state for tile in tiles) for state in states.STATES}
    alerting = sum(tile.alert is states.ALERTING for tile in tiles)
    parts = [f"{alerting} alerting"] if alerting else []
    parts += [f"{count[states.OFF_TARGET]} of {len(tiles)} off target"]
    parts += [f"{count[states.NO_DATA]} without data"] if count[states.NO_DATA] else []
    parts += [f"{count[states.STALE]} stale"] if count[states.STALE] else []
    return within_ten(*(", ".join(parts[:end]) for end in range(len(parts), 0, -1)))


def first_to_open(tiles: list[Tile]) -> list[Tile]:
    """What is wrong with the figures themselves, whatever its family: alerting before pending before off target."""
    wrong = (states.ALERTING, states.PENDING, states.OFF_TARGET)
    return sorted((tile for tile in tiles if tile.standing in wrong), key=lambda tile: tile.standing.rank)


def usual_start(tiles: list[Tile]) -> date | None:
    """The period that most of the figures are of, the newest of equals; None where none has settled."""
    starts = [tile.period_start for tile in tiles if tile.period_start is not None]
    return max(set(starts), key=lambda start: (starts.count(start), start), default=None)


def period_words(tiles: list[Tile], grain: str) -> str:
    """The period the figures are of: the one most of them share, and how many name one of their own in their rows."""
    usual = usual_start(tiles)
    if usual is None:
        return f"no settled {grain} yet"
    others = sum(tile.period_start not in (usual, None) for tile in tiles)
    own = f"; {others} settled at another time, as said in the row" if others else ""
    return f"latest settled {grain}: {numbers.period(usual, grain)}{own}"
