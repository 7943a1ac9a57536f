"""How far groups of patients are apart, on any slice of any metric."""

import polars as pl

from metrics.errors import UserError
from metrics.home import Home
from metrics.jobs.equity import gaps
from metrics.observe.asked import Slice, checked
from metrics.observe.figures import observe
from metrics.warehouse import Generation
from metrics.workbench.query_metrics import known_metrics

GAP_COLUMNS = (
    "metric", "statistic", "grain", "period_start", "site_id", "service_id", "stratum", "value", "n", "reference",
    "reference_value", "reference_n", "gap", "gap_lower", "gap_upper", "finding", "mature", "definition_version", "as_of",
)  # fmt: skip
COUNT = "count"  # how many cases a group has follows its size: two counts have no gap


def observed_gaps(home: Home, asked: Slice, generation: Generation | None = None) -> pl.DataFrame:
    """The slice's figures by one stratum, each beside its reference group's (columns: GAP_COLUMNS); see jobs.equity.

    The reference groups, and the fewest cases, are the home's settings. Raises UserError where the slice is not by exactly one
    stratum, or asks for a count.
    """
    metric = checked(asked, known_metrics(home.path))
    problems = []
    if len(asked.strata) != 1:
        problems.append("--gap: name exactly one group of patients, as in --by age_band")
    if asked.statistic == COUNT or set(metric.statistics) == {COUNT}:
        problems.append(f"--gap: {metric.id} counts cases; larger groups have more of them. Ask for a share, a wait or a mean.")
    if problems:
        raise UserError(*problems)
    figures = observe(home, asked, generation).filter(pl.col("statistic") != COUNT)
    equity = home.settings.equity
    return gaps(figures, equity.reference, equity.least, metric.better).select(GAP_COLUMNS)
