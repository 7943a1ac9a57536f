"""The only module of the dashboard that reads: SQL files of sql/ through `warehouse.run_query`, cached by generation.

A generation never changes, so an answer is kept for as long as it is in use; a new generation has a new name.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from metrics import home as homes
from metrics import lake, warehouse
from metrics.check import read_material
from metrics.definitions.load import with_parts
from metrics.definitions.metric import Metric
from metrics.errors import UserError
from metrics.home import Home
from metrics.jobs import equity
from metrics.quality import Material
from metrics.warehouse import Generation
from metrics.workbench.query_metrics import has_metric_header, metric_in, metric_keys

SQL = Path(__file__).parent / "sql"
NOT_JUDGED = "This generation was made before control charts were. Make a new one: timely refresh --full"
ANSWERS_KEPT = 512  # a scorecard answer is some 50 kB
PERIODS = {"day": 180, "week": 106, "month": 36, "quarter": 16, "year": 10}  # how far back a trend looks, in periods

CHART_PERIODS = {
    "week": 157,
    "month": 60,
}  # a control chart's: three years of weeks, the longest that Making Data Count draws at once


@dataclass(frozen=True)
class Place:
    """Where a figure is of: a site and a service, None for all of them together."""

    site: str | None = None
    service: str | None = None


@dataclass(frozen=True)
class Series:
    """One statistic of one metric at one place, by grain."""

    metric: str
    statistic: str
    grain: str
    place: Place = Place()

    @property
    def params(self) -> dict[str, str | None]:
        """What every query about a series asks for, but the site."""
        return {"metric": self.metric, "statistic": self.statistic, "grain": self.grain, "service": self.place.service}


@dataclass(frozen=True)
class Contract:
    """A metric as the generation defines it: its TOML, and its card as rows of label and text.

    query: the text of the file where a query counts it, whose keys are in `toml` then. parts: the contracts that a ratio names.
    """

    id: str
    title: str
    question: str
    family: str
    kind: str
    unit: str
    better: str
    version: str
    toml: dict[str, Any]
    card: list[tuple[str, str]]
    query: str = ""
    parts: tuple["Contract", ...] = ()

    @property
    def part_names(self) -> tuple[str, ...]:
        """The counts that a ratio is made of, the top first; of anything else none."""
        named = (self.toml.get("numerator_of"), *self.toml.get("denominator_of", ()))
        return tuple(name for name in named if name)

    @property
    def tables(self) -> tuple[str, ...]:
        """The event tables whose feeds its figures hang on."""
        return self.metric.tables if self.query else (str(self.toml.get("table", "")),)

    @property
    def counts_open(self) -> bool:
        """Whether cases without an end are counted beside the figure: a query's rows are finished cases, so that who waits is not
        known, and a census is itself the count of who is there."""
        return not self.query and self.kind != "census"

    @property
    def history(self) -> str:
        """How far a figure looks back, as its author wrote it; '' where it looks at its own period alone."""
        return str(self.toml.get("history", ""))

    @property
    def limit(self) -> str:
        """The length of `within` as declared ('60 minutes'), or nothing."""
        return str(self.toml.get("within", ""))

    @property
    def first_statistic(self) -> str:
        """What to show of a metric that has no figure yet."""
        usual = {"rate": "share", "duration": "median", "count": "count", "score": "mean", "census": "count", "ratio": "ratio"}[
            self.kind
        ]
        return str(next(iter(self.toml.get("statistics", ())), usual))

    @property
    def metric(self) -> Metric:
        """Raises UserError where this program cannot read what an earlier one wrote."""
        if not self.query:
            return with_parts(Metric(**{**self.toml, "id": self.id}), {part.id: part.metric for part in self.parts})
        metric, problems = metric_in(self.query, self.id)
        if metric is None:
            raise UserError(*problems)
        return metric


def home_path() -> Path:
    """$TIMELY_HOME, or ./data."""
    return Path(os.environ.get("TIMELY_HOME") or "data")


def home_here() -> Home:
    """The home of `home_path`. Raises UserError when it is absent or wrong."""
    return homes.current_home(home_path())


@cache
def sql_of(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def answer(generation: str, name: str, params: tuple[tuple[str, Any], ...], _generation: Generation) -> pl.DataFrame:
    """The rows of sql/<name>.sql. The generation's key and the parameters are the key of the cache."""
    return warehouse.run_query(_generation, sql_of(name), dict(params)).frame


kept_answer = st.cache_data(max_entries=ANSWERS_KEPT, show_spinner=False)(answer)


def ask(generation: Generation, name: str, **params: Any) -> pl.DataFrame:
    rows: pl.DataFrame = kept_answer(generation.key, name, tuple(sorted(params.items())), generation)
    return rows


def scorecard(generation: Generation, place: Place, grain: str) -> pl.DataFrame:
    """A row a metric: see sql/scorecard.sql."""
    return ask(generation, "scorecard", site=place.site, service=place.service, grain=grain)


def trend(generation: Generation, series: Series) -> pl.DataFrame:
    """The newest periods of a series, oldest first."""
    return ask(generation, "trend", **series.params, site=series.place.site, periods=PERIODS[series.grain])


def sites(generation: Generation, series: Series, period_start: date) -> pl.DataFrame:
    """One period at every site, in the service chosen."""
    return ask(generation, "sites", **series.params, period_start=period_start)


def funnel(generation: Generation, series: Series, period_start: date) -> pl.DataFrame:
    """The two counts of a share at every site in one period."""
    return ask(generation, "funnel", **series.params, period_start=period_start)


def strata(generation: Generation, series: Series, period_start: date) -> pl.DataFrame:
    """One period by every stratum of the patients; the day and the week have none."""
    return ask(generation, "strata", **series.params, site=series.place.site, period_start=period_start)


def gaps(groups: pl.DataFrame, references: Mapping[str, str], least: int, better: str) -> pl.DataFrame:
    """One dimension's rows of `strata`, each beside the reference group's (see jobs.equity)."""
    same = (pl.lit(None, pl.String).alias(name) for name in equity.PERIOD)
    labelled = groups.with_columns(*same, pl.format("{}={}", "dimension", "stratum").alias("stratum"))
    return equity.gaps(labelled.drop("dimension"), references, least, better)


def distribution(generation: Generation, metric: str, place: Place, first: date, last: date) -> pl.DataFrame:
    """Completed waits of the days given, in bars; edges in minutes."""
    return ask(generation, "distribution", metric=metric, site=place.site, service=place.service, first=first, last=last)


def settled(generation: Generation, metric: str, grain: str) -> tuple[date, date] | None:
    """The first and last day of the newest period that can no longer move, the same for every place; None before there is one."""
    return periods_settled(generation, grain).get(metric)


def periods_settled(generation: Generation, grain: str) -> dict[str, tuple[date, date]]:
    """The newest settled period of every metric that has one, by metric."""
    return {metric: (first, last) for metric, first, last in ask(generation, "settled", grain=grain).iter_rows()}


def usual_grain(generation: Generation, metric: str | None = None) -> str:
    """The shortest of week, month, quarter and year that has a settled period (of the metric, where one is named).

    A national return counts months: it has no weeks.
    """
    for grain in ("week", "month", "quarter", "year"):
        found = periods_settled(generation, grain)
        if metric in found or (metric is None and found):
            return grain
    return "week"


def judged(generation: Generation) -> bool:
    """Whether the generation holds control charts; one made by an earlier program has none."""
    return {"signals", "signal_points"} <= set(ask(generation, "tables")["table_name"])


def signal(generation: Generation, series: Series) -> dict[str, Any] | None:
    """What a series says at its newest closed period; None where it is not judged."""
    rows = ask(generation, "signal", **series.params, site=series.place.site) if judged(generation) else pl.DataFrame()
    return rows.row(0, named=True) if len(rows) else None


def signal_points(generation: Generation, series: Series) -> pl.DataFrame:
    """The control chart's newest rows of a series, oldest first."""
    periods = CHART_PERIODS[series.grain]
    return ask(generation, "signal_points", **series.params, site=series.place.site, periods=periods)


def signals(generation: Generation, grain: str, service: str | None) -> pl.DataFrame:
    """Every metric's verdicts at every site: see sql/signals.sql. Only of a generation that is `judged`."""
    return ask(generation, "signals", grain=grain, service=service)


def working_days(generation: Generation) -> pl.Series:
    """The days on which somebody is there, at any site; none where the generation's calendars tell none."""
    return ask(generation, "working_days")["day"].cast(pl.Date)


def places(generation: Generation) -> pl.DataFrame:
    return ask(generation, "places")


def freshness(generation: Generation) -> pl.DataFrame:
    return ask(generation, "freshness")


def statistics(generation: Generation) -> dict[str, list[str]]:
    """The statistics of each metric that has figures, the one to show first leading."""
    return {metric: list(words) for metric, words in ask(generation, "statistics").iter_rows()}


def contracts(generation: Generation) -> dict[str, Contract]:
    """Every metric of the generation by id, in the catalogue's order."""
    rows = ask(generation, "definitions").to_dicts()
    found = {row["metric"]: contract_of(row) for row in rows}
    return {name: replace(one, parts=tuple(found[part] for part in one.part_names)) for name, one in found.items()}


def contract_of(row: dict[str, Any]) -> Contract:
    fields = {key: row[key] for key in ("title", "question", "family", "kind", "unit", "better")}
    card = [(str(label), str(text)) for label, text in json.loads(row["card"])]
    query = row["toml"] if has_metric_header(row["toml"]) else ""
    toml = metric_keys(query) if query else tomllib.loads(row["toml"])
    return Contract(id=row["metric"], version=row["definition_version"], toml=toml, card=card, query=query, **fields)


def uncounted(generation: Generation) -> dict[str, str]:
    """The metrics of queries that have no figures in the generation, with why; none of an earlier program's."""
    if not generation.manifest.get("rows", {}).get("query_metrics"):
        return {}
    return dict(ask(generation, "uncounted").iter_rows())


def rejects_at(generation: str, _home: Home) -> pl.DataFrame:
    by = ("table", "source", "rule", "severity")
    counted = lake.rejects(_home.lake).group_by(by).agg(pl.len().alias("rows"))
    return counted.sort("rows", *by, descending=[True, *(False for _ in by)]).collect()


kept_rejects = st.cache_data(max_entries=8, show_spinner=False)(rejects_at)


def rejects(home: Home, generation: Generation) -> pl.DataFrame:
    """Rejected and warned rows of the lake, counted by table, source, rule and severity; no value is shown."""
    counted: pl.DataFrame = kept_rejects(generation.key, home)
    return counted


def quality_at(generation: str, _home: Home, _generation: Generation, _now: datetime) -> Material:
    return read_material(_home, _generation, _now)


kept_quality = st.cache_resource(max_entries=2, show_spinner=False)(quality_at)


def quality(home: Home, generation: Generation, now: datetime) -> Material:
    """What the checks are asked of; read once a generation, counted by the refresh. Raises UserError where it was not."""
    material: Material = kept_quality(generation.key, home, generation, now)
    return replace(material, now=now)


def site_names(generation: Generation) -> dict[str, str]:
    """Names of the sites that have figures, by id."""
    return dict(places(generation).select("site_id", "site").unique().sort("site").iter_rows())
