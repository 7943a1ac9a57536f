"""Composing: from frames to the words and points of a snapshot. Pure: the same frames give the same snapshot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from metrics.definitions.metric import Metric
from metrics.definitions.numbers import figure, whole
from metrics.home import Home
from metrics.snapshot.alert_lines import lines_of
from metrics.snapshot.asked import Asked
from metrics.snapshot.content import (
    ABSENT,
    FAMILIES,
    NO_CHANGE,
    WITHHELD,
    Change,
    IconRow,
    OffTarget,
    Point,
    Snapshot,
)  # fmt: skip
from metrics.snapshot.gaps import gap_of, gaps
from metrics.snapshot.judged import SERIES, figures_and_verdicts
from metrics.snapshot.material import Material
from metrics.snapshot.revisions import SCHEMA as REVISIONS
from metrics.snapshot.revisions import revision_of, revisions
from metrics.snapshot.sections import section
from metrics.snapshot.withholding import policy_of, with_withheld
from metrics.snapshot.wording import (
    change_sentence,
    direction,
    figure_name,
    headline,
    off_target_sentence,
    place_words,
    quality_sentence,
)  # fmt: skip

HOW_TO_READ = (
    "A figure is called better or worse only where a rule of its control chart fired; everything else is chance.",
    "On a chart, the line is the mean of the baseline and the band holds nearly all that chance does to it.",
    "'Will miss its target' means that the whole band lies on the wrong side of it: only a change of the service helps.",
    "n is how many cases a figure rests on. A wait is the median, a percentile or the share within a limit, never an average.",
    "This page never changes. A correction is a new edition and says why; the rows behind every figure lie beside it.",
)


@dataclass(frozen=True)
class Issue:
    """What one edition is besides its data. previous: the name of the snapshot compared with, '' for none; before: its figures."""

    edition: int
    reason: str
    previous: str
    before: pl.DataFrame | None
    alerts: pl.DataFrame
    baselines: pl.DataFrame
    program: str


@dataclass(frozen=True)
class Composed:
    """The snapshot, and the rows behind its figures by name."""

    snapshot: Snapshot
    rows: Mapping[str, pl.DataFrame]


def composed(asked: Asked, material: Material, home: Home, metrics: Mapping[str, Metric], issue: Issue) -> Composed:
    """The snapshot of one week for one audience. home: its sites, targets (with kind) and title."""
    drawn, verdicts = figures_and_verdicts(material.observed, asked, home, metrics, issue.baselines)
    everywhere = material.observed.rename({"period_start": "week"})
    figures = with_withheld(drawn, asked.policy, everywhere.join(drawn, on=["metric", "statistic"], how="semi"))
    wide = gaps(material.strata, figures, asked.policy)
    revised = REVISIONS.to_frame() if issue.before is None else revisions(issue.before, figures)
    rows = {
        "figures": figures, "verdicts": verdicts, "gaps": wide, "revisions": revised, "alerts": issue.alerts,
        "feeds": material.feeds,
    }  # fmt: skip
    return Composed(snapshot_of(asked, material, home, metrics, issue, rows), rows)


def snapshot_of(
    asked: Asked, material: Material, home: Home, metrics: Mapping[str, Metric], issue: Issue, rows: Mapping[str, pl.DataFrame]
) -> Snapshot:
    names = dict(home.sites.select("site_id", "name").iter_rows())

    def place_name(site: str | None) -> str:
        return "All sites" if site is None else names.get(site, site)

    icons = icon_rows(asked, rows["figures"], rows["verdicts"], place_name)
    changes = changes_of(icons, metrics)
    off = tuple(OffTarget(row.metric, off_target_sentence(row)) for row in icons if row.assurance == "consistent_fail")
    worse, better = (sum(change.direction == way for change in changes) for way in ("worse", "better"))
    return Snapshot(
        week=asked.week, edition=issue.edition, reason=issue.reason, as_of=material.as_of, provider=home.settings.title,
        audience=asked.audience, audience_title=asked.audience_title, title=headline(worse, better, len(off)),
        summary=tuple(change.sentence for change in changes) or (NO_CHANGE,), changes=changes, off_target=off,
        alerts=lines_of(rows["alerts"]), alerts_stood=rows["alerts"].height, icon_rows=icons,
        sections=tuple(section(family, of_family(family, icons, metrics), metrics, asked.week) for family in FAMILIES),
        gaps=tuple(
            gap_of(row, metrics, place_words(place_name(row["site_id"]))) for row in rows["gaps"].iter_rows(named=True)
        ),
        revisions=tuple(revision_of(row, metrics, lambda site: place_words(place_name(site)))
                        for row in rows["revisions"].iter_rows(named=True)),
        previous=issue.previous, quality=quality_of(material), how_to_read=HOW_TO_READ, program=issue.program,
        policy=policy_of(asked.policy, int(rows["figures"]["withheld"].sum())),
    )  # fmt: skip


def icon_rows(
    asked: Asked, figures: pl.DataFrame, verdicts: pl.DataFrame, place_name: Callable[[str | None], str]
) -> tuple[IconRow, ...]:
    """A row for each figure at each place, in order; what was never observed has neither value nor points."""
    told = {key_of(row): row for row in verdicts.iter_rows(named=True)}
    drawn: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in figures.iter_rows(named=True):
        drawn.setdefault(key_of(row), []).append(row)
    made = []
    for one in asked.figures:
        for place in asked.places:
            key = (one.metric.id, one.statistic, place)
            made.append(icon_row(one.metric, one.statistic, place_name(place), drawn.get(key, []), told.get(key, {}), asked))
    return tuple(row for row in made if row.sparkline or asked.places == (None,))


def key_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in SERIES)


def icon_row(
    metric: Metric, statistic: str, place: str, drawn: Sequence[Mapping[str, Any]], said: Mapping[str, Any], asked: Asked
) -> IconRow:
    last = drawn[-1] if drawn else None
    withheld = bool(last and last["withheld"])

    def words(value: float | None) -> str:
        return ABSENT if value is None else figure(value, statistic, metric.unit)

    return IconRow(
        metric=metric.id, title=metric.title, statistic=statistic, statistic_words=figure_name(metric, statistic), place=place,
        value=WITHHELD if withheld else words(last["value"] if last else None),
        n=WITHHELD if withheld else whole(last["n"]) if last else ABSENT, target=words(said.get("target")),
        variation="not_assessed" if withheld or not last else said.get("variation") or "not_assessed",
        assurance="not_assessed" if withheld or not last else said.get("assurance") or "none",
        since=None if withheld else said.get("since"), week=last["week"] if last else None,
        sparkline=points_of(drawn, asked.week), withheld=withheld,
    )  # fmt: skip


def points_of(drawn: Sequence[Mapping[str, Any]], week: date) -> tuple[Point, ...]:
    """A point for every week from the first that has a figure to the last: those between without one are empty."""
    if not drawn:
        return ()
    held = {row["week"]: row for row in drawn}
    first, last = drawn[0]["week"], drawn[-1]["week"]
    weeks = [first + timedelta(weeks=at) for at in range((last - first).days // 7 + 1)]
    return tuple(point_of(held[one]) if one in held else empty(one) for one in weeks)


def empty(week: date) -> Point:
    return Point(week, None, None, None, None, None, None, "not_assessed")


def point_of(row: Mapping[str, Any]) -> Point:
    limits = (row["mean"], row["lower"], row["upper"], row["target"])
    kind = "not_assessed" if row["withheld"] else row["kind"] or "not_assessed"
    return Point(row["week"], row["value"], row["n"], *limits, kind, row["withheld"])


def changes_of(rows: Sequence[IconRow], metrics: Mapping[str, Metric]) -> tuple[Change, ...]:
    """Every row of which a rule fired: worse first, then better, then those that are neither."""
    found = [(way, row) for row in rows if (way := direction(row.variation)) is not None]
    order = ("worse", "better", "changed")
    ranked = sorted(found, key=lambda pair: order.index(pair[0]))
    return tuple(
        Change(way, row.metric, change_sentence(row, mean_words(row, metrics[row.metric].unit)), row.variation)
        for way, row in ranked
    )


def mean_words(row: IconRow, unit: str) -> str:
    mean = row.sparkline[-1].mean if row.sparkline else None
    return ABSENT if mean is None else figure(mean, row.statistic, unit)


def of_family(family: str, rows: Sequence[IconRow], metrics: Mapping[str, Metric]) -> list[IconRow]:
    """The rows of a section. What is waited for in a department is access; work that is owed is response."""
    joined = {"access": ("access", "waits"), "response": ("response", "owed work")}.get(family, (family,))
    return [row for row in rows if metrics[row.metric].family in joined]


def quality_of(material: Material) -> str:
    feeds = material.feeds
    age = (pl.lit(material.as_of) - pl.col("recorded_at")).dt.total_seconds() / 3600
    late = feeds.filter(age > pl.col("allowed_hours"))
    names = [f"{table} from {source}" for table, source in late.select("table_name", "source").iter_rows()]
    return quality_sentence(feeds.height, names, int(feeds["rows"].sum()), int(feeds["rejected"].sum()))
