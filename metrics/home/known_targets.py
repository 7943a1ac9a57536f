"""Targets as the catalogue knows them: whether there is such a figure, and what kind of target it makes."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import polars as pl

from metrics.definitions.metric import Metric, Statistic
from metrics.errors import UserError, did_you_mean
from metrics.home.home import Home
from metrics.signals.targets import kind_of

KINDS = pl.Schema({"metric": pl.String(), "statistic": pl.String(), "kind": pl.String()})


def with_known_targets(home: Home, metrics: Mapping[str, Metric], broken: Collection[str] = ()) -> Home:
    """The home, its targets with `kind`. Raises UserError with every target that the catalogue has no figure or no sense for.

    broken: metrics whose file is wrong. That is told where it is read; their targets are left out until it is mended.
    """
    home = replace(home, targets=home.targets.filter(~pl.col("metric").is_in(list(broken)))) if broken else home
    problems = targets_problems(home.targets, metrics)
    if problems:
        raise UserError(*problems)
    return replace(home, targets=with_kinds(home.targets, metrics))


def with_kinds(targets: pl.DataFrame, metrics: Mapping[str, Metric]) -> pl.DataFrame:
    """The targets with `kind`: see signals.targets.Kind; null where a target makes no sense for its metric."""
    kinds = [
        (name, statistic, kind_of(statistic, metric.better)) for name, metric in metrics.items() for statistic in metric.statistics
    ]
    known = pl.DataFrame(kinds, schema=KINDS, orient="row")
    return targets.join(known, on=["metric", "statistic"], how="left", maintain_order="left")


def targets_problems(targets: pl.DataFrame, metrics: Mapping[str, Metric]) -> list[str]:
    """A sentence for each figure that a target names and that cannot have one; the nearest name, or what to type instead."""
    figures = targets.group_by("pack", "metric", "statistic", maintain_order=True).agg(pl.col("valid_from").min())
    return [
        f"{'targets.toml' if pack is None else f'pack {pack}'}: the target of {metric} {statistic} from {since}: {problem}"
        for pack, metric, statistic, since in figures.iter_rows()
        if (problem := figure_problem(metric, statistic, metrics))
    ]


def figure_problem(name: str, statistic: Statistic, metrics: Mapping[str, Metric]) -> str | None:
    """Why a metric's statistic can have no target, and what to do about it; None when it can."""
    metric = metrics.get(name)
    if metric is None:
        return f"metric = {name!r} is not in the catalogue.{did_you_mean(name, list(metrics))}"
    if statistic not in metric.statistics:
        return f"it has no {statistic}; write statistic = {' or '.join(repr(one) for one in metric.statistics)}."
    if kind_of(statistic, metric.better) is None:
        why = "no side of it is the good one" if metric.better == "neither" else f"{statistic} is for a wait that should be short"
        return f"its metric says better = {metric.better!r}: {why}. Remove the target, or set better in the metric's file."
    return None
