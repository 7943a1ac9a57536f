"""The metric page's charts, each with its title, caption, alt text and table."""

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from metrics.dashboard import charts, numbers, sentences, series, states
from metrics.dashboard.data import Contract, Place, Series
from metrics.dashboard.figures import Figure
from metrics.dashboard.theme import Palette
from metrics.observe import Slice

TREND_COLUMNS = (
    "period_start",
    "period_end",
    "value",
    "lower",
    "upper",
    "n",
    "numerator",
    "denominator",
    "still_open",
    "mature",
    "target",
)


@dataclass(frozen=True)
class View:
    """What the metric page shows: a statistic of a contract at a place, by grain, in the browser's palette.

    `where` is the place in words.
    """

    contract: Contract
    statistic: str
    grain: str
    place: Place
    where: str
    palette: Palette

    @property
    def series(self) -> Series:
        return Series(self.contract.id, self.statistic, self.grain, self.place)

    def asked(self, *by: str, **given: Any) -> Slice:
        """The slice that the page shows, as whoever asks for it by another way would: by more, or with other words of a Slice."""
        usual = Slice(self.contract.id, self.statistic, by, self.grain, site=self.place.site, service=self.place.service)
        return replace(usual, **given)

    @property
    def unit(self) -> str:
        return self.contract.unit

    @property
    def better(self) -> str:
        return states.direction(self.contract.better, self.statistic)

    @property
    def label(self) -> str:
        return numbers.statistic_label(self.statistic, self.contract.limit)

    @property
    def measure(self) -> charts.Measure:
        return charts.Measure(self.statistic, self.label, self.unit)

    def told(self, value: float | None, least: float | None = None) -> str:
        return numbers.figure(value, self.statistic, self.unit, least)


@dataclass(frozen=True)
class Words:
    """What a dot chart is called: the end of its key, its title and its caption."""

    key: str
    title: str
    caption: str


def trend_figure(view: View, rows: pl.DataFrame) -> Figure:
    """The series with its interval, target and unsettled tail; the title tells the newest settled figure."""
    settled = rows.filter(pl.col("mature") & pl.col("value").is_not_null())
    newest = (settled if len(settled) else rows).row(-1, named=True)
    return Figure(
        key=f"{view.contract.id}_{view.statistic}_{view.grain}_trend",
        title=sentences.trend_title(newest, view.statistic, view.unit, view.grain, view.better),
        caption=f"{view.label} by {view.grain}, {view.where}. The band is a 95% interval; a hollow dot can still move.",
        alt_text=sentences.trend_alt(f"{view.contract.title}, {view.label.lower()}", rows, view.statistic, view.unit, view.grain),
        chart=charts.trend(rows, view.measure, view.grain, view.palette),
        table=rows.select(TREND_COLUMNS).sort("period_start", descending=True),
    )


def sites_figure(view: View, rows: pl.DataFrame, target: float | None, period: str) -> Figure:
    """A dot a site, worst first, with n beside each name."""
    named = series.worst_first(rows.rename({"site": "name"}), view.better, "name")
    words = Words("sites", sentences.places_title(named, view.better), f"{view.label} by site, {period}")
    return dots_figure(view, named, target, words)


def strata_figure(view: View, rows: pl.DataFrame, dimension: str, period: str) -> Figure:
    """A dot a stratum, in the strata's own order: strata are told apart, not ranked."""
    what = dimension.replace("_", " ")
    named = rows.filter(pl.col("dimension") == dimension).rename({"stratum": "name"})
    ranked = series.worst_first(named, view.better, "name")
    title = sentences.places_title(ranked, view.better).replace(" at ", " for ")
    return dots_figure(view, named, None, Words(f"strata_{dimension}", title, f"{view.label} by {what}, {view.where}, {period}"))


def gaps_table(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    """Each group's gap to the reference group in words: group, figure, n, gap, 95% interval, finding."""

    def told(name: str) -> pl.Expr:
        return pl.col(name).map_elements(
            lambda value: numbers.gap(value, view.statistic, view.unit), return_dtype=pl.String, skip_nulls=False
        )

    spread = pl.when(pl.col("gap").is_not_null()).then(pl.format("{} to {}", told("gap_lower"), told("gap_upper")))
    figure = pl.col("value").map_elements(view.told, return_dtype=pl.String, skip_nulls=False)
    return rows.select(
        pl.col("stratum").str.replace("^[^=]*=", "").alias("group"), figure.alias("figure"), "n", told("gap").alias("gap"),
        spread.fill_null(numbers.ABSENT).alias("95% interval"), pl.col("finding"),
    )  # fmt: skip


def dots_figure(view: View, named: pl.DataFrame, target: float | None, words: Words) -> Figure:
    missed = pl.lit(False) if target is None or view.better == "neither" else missed_where(target, view.better)
    label = pl.format("{} (n {})", "name", pl.col("n").map_elements(numbers.whole, return_dtype=pl.String))
    rows = named.with_columns(label=label, missed=missed, target=pl.lit(target, pl.Float64))
    shape = " A triangle misses the target, the dashed line." if target is not None else ""
    return Figure(
        key=f"{view.contract.id}_{view.statistic}_{view.grain}_{words.key}",
        title=words.title,
        caption=f"{words.caption}. Lines are 95% intervals.{shape}",
        alt_text=sentences.dots_alt(words.caption, named, view.statistic, view.unit),
        chart=charts.dot_intervals(rows, view.measure, view.palette),
        table=named.select("name", "value", "lower", "upper", "n", "numerator", "still_open", "mature"),
    )


def missed_where(target: float, better: str) -> pl.Expr:
    return pl.col("value") < target if better == "higher" else pl.col("value") > target


def distribution_figure(view: View, bars: pl.DataFrame, period: str) -> Figure:
    """Completed waits of the period in bars."""
    scale = numbers.SECONDS[view.unit] / 60  # minutes in one of the metric's units
    drawn = bars.with_columns(from_unit=pl.col("from_minutes") / scale, to_unit=pl.col("to_minutes") / scale)
    return Figure(
        key=f"{view.contract.id}_{view.grain}_distribution",
        title=sentences.distribution_title(bars),
        caption=f"Completed waits, {view.where}, {period}. The dashed bar holds everything longer.",
        alt_text=sentences.distribution_alt(f"{view.contract.title}, {period}", bars),
        chart=charts.distribution(drawn, view.unit, view.palette),
        table=drawn.select("from_unit", "to_unit", "longer", "n").rename(
            {"from_unit": f"from_{view.unit}", "to_unit": f"to_{view.unit}"}
        ),
    )
