"""What one snapshot is asked to show: which figures, at which places, for whom. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from metrics.definitions.metric import Metric
from metrics.errors import UserError, did_you_mean
from metrics.home.snapshot_settings import FILE, Audience, SnapshotSettings

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Figure:
    """One headline figure."""

    metric: Metric
    statistic: str


@dataclass(frozen=True)
class Asked:
    """week: its Monday. places: site_ids, or None alone for all sites together. weeks: how many a chart shows."""

    week: date
    audience: str
    audience_title: str
    figures: tuple[Figure, ...]
    places: tuple[str | None, ...]
    policy: str
    weeks: int

    def to_dict(self) -> dict[str, Any]:
        """As the manifest holds it; `asked_of` reads it back."""
        figures = [f"{one.metric.id}.{one.statistic}" for one in self.figures]
        return {
            "week": self.week.isoformat(), "audience": self.audience, "title": self.audience_title, "figures": figures,
            "places": list(self.places), "policy": self.policy, "weeks": self.weeks,
        }  # fmt: skip


def asked_of(kept: Mapping[str, Any], metrics: Mapping[str, Metric]) -> Asked:
    """What a manifest says was asked."""
    named = [str(name).split(".") for name in kept["figures"]]
    figures = tuple(Figure(metrics[metric], statistic) for metric, statistic in named)
    places: tuple[str | None, ...] = tuple(kept["places"])
    week = date.fromisoformat(kept["week"])
    return Asked(week, kept["audience"], kept["title"], figures, places, kept["policy"], kept["weeks"])


def asked(
    settings: SnapshotSettings,
    audience: Audience,
    week: date,
    metrics: Mapping[str, Metric],
    targets: pl.DataFrame,
    sites: pl.DataFrame,
    broken: Mapping[str, Sequence[str]],
    policy: str,
) -> Asked:
    """What the settings ask for. targets: metric, statistic. broken: metrics whose file is wrong, with what is wrong. policy: where
    the settings name none.

    Raises UserError with every figure that is not in the catalogue.
    """
    named = audience.headline or settings.headline or tuple(metric.id for metric in metrics.values() if metric.headline)
    problems = [problem for name in named if (problem := figure_problem(name, metrics, broken))]
    if problems:
        raise UserError(*problems)
    held = set(targets.select("metric", "statistic").iter_rows())
    figures = tuple(figure_of(name, metrics, held) for name in named)
    return Asked(
        week, audience.name, audience.title, figures, places_of(audience, sites), settings.policy or policy, settings.weeks
    )


def figure_problem(name: str, metrics: Mapping[str, Metric], broken: Mapping[str, Sequence[str]]) -> str | None:
    """Why the catalogue has no such figure; None when it has."""
    metric, _, statistic = name.partition(".")
    if metric in broken:
        return f"{FILE}: headline {name!r}: {' '.join(broken[metric])}"
    if metric not in metrics:
        return f"{FILE}: headline {name!r}: there is no metric {metric!r}.{did_you_mean(metric, list(metrics))}"
    if statistic and statistic not in metrics[metric].statistics:
        return f"{FILE}: headline {name!r}: {metric} has no {statistic!r}.{did_you_mean(statistic, metrics[metric].statistics)}"
    return None


def figure_of(name: str, metrics: Mapping[str, Metric], held: set[tuple[str, str]]) -> Figure:
    """The figure named; of a metric alone the first of its statistics that has a target, else the first."""
    metric, _, statistic = name.partition(".")
    known = metrics[metric]
    targeted = [one for one in known.statistics if (metric, one) in held]
    return Figure(known, statistic or (targeted or list(known.statistics))[0])


def places_of(audience: Audience, sites: pl.DataFrame) -> tuple[str | None, ...]:
    """The audience's sites in the order of sites.csv; (None,) for all together."""
    if audience.region:
        return tuple(sites.filter(pl.col("region") == audience.region)["site_id"].to_list())
    return audience.sites or (None,)


def closes_at(week: date, settles_after: timedelta) -> datetime:
    """The instant (UTC) from which the week counts as closed: midnight after its Sunday, and what it takes to settle."""
    return datetime.combine(week + WEEK, datetime.min.time()) + settles_after


def newest_closed(known_until: datetime, settles_after: timedelta) -> date:
    """The Monday of the newest week that is closed by then."""
    day = (known_until - settles_after).date()
    return day - timedelta(days=day.weekday()) - WEEK


def week_of(text: str) -> date:
    """The Monday that '2026-W47', or any day of that week as '2026-11-18', names. Raises UserError for anything else."""
    try:
        named = date.fromisoformat(f"{text}-1" if "W" in text.upper() and text.count("-") == 1 else text)
    except ValueError:
        raise UserError(f"WEEK {text!r} is not a week. Write it as 2026-W47, or as any of its days: 2026-11-18") from None
    return named - timedelta(days=named.weekday())
