"""Which metrics of the catalogue a refresh computes. The others are known all the same, and answered when somebody asks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from metrics.definitions.metric import Family, Metric, QueryMetric
from metrics.errors import did_you_mean

ALL, VARIANTS, QUERIES = "*", "variants", "queries"


def chosen(metrics: Mapping[str, Metric], compute: Sequence[str], wanted: Iterable[str] = ()) -> dict[str, Metric]:
    """The metrics that `compute` names, and those `wanted` by id, in the catalogue's order.

    compute: ids; families; '*', every metric that is no variant of another; 'variants', those that are; 'queries', those of the
    queries that ship. A metric made from tallies costs nothing where there are none, and is always among them; so is one of a
    query that somebody wrote for this home. One of a query that ships is asked anew in every refresh, however little is new, so '*'
    does not hold it. A ratio brings the counts that it is made of.
    """
    ids = {*compute, *wanted}

    def is_chosen(metric: Metric) -> bool:
        ships = isinstance(metric, QueryMetric) and metric.built_in
        group = QUERIES if ships else ALL if metric.variant_of is None else VARIANTS
        family = metric.family in ids and metric.variant_of is None
        always = metric.is_tally or (isinstance(metric, QueryMetric) and not ships)
        return always or metric.id in ids or group in ids or family

    picked = {metric.id for metric in metrics.values() if is_chosen(metric)}
    parts = {part.id for metric in metrics.values() if metric.id in picked for part in metric.parts}
    return {metric.id: metric for metric in metrics.values() if metric.id in picked | parts}


def choice_problems(metrics: Mapping[str, Metric], compute: Sequence[str]) -> list[str]:
    """A sentence for each name that is none."""
    known = (ALL, VARIANTS, QUERIES, *get_args(Family), *metrics)
    return [f"timely.toml: catalog.compute: unknown {name!r}.{did_you_mean(name, known)}" for name in compute if name not in known]
