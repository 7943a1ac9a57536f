"""A slice as it may leave: small numbers withheld by policy, judged beside the other slices that its reader may ask for."""

from dataclasses import replace
from itertools import chain, combinations

import polars as pl

from metrics.home import Home
from metrics.observe.asked import Slice
from metrics.observe.figures import COLUMNS, observe
from metrics.suppression import CELLS, Policy, publishable
from metrics.warehouse import Generation, current

CELL = ("metric", "statistic", "grain", "period_start", "site_id", "service_id", "stratum")
PLACE = ("site", "service")


def published(home: Home, asked: Slice, policy: Policy, generation: Generation | None = None) -> pl.DataFrame:
    """The slice's observations as `observe` gives them (COLUMNS), and `withheld`: true where the numbers are, which are then null.

    Every site and service of the same periods, and their totals, are judged with it, so that two answers about the same periods
    give nothing away that one does not. Raises UserError as `observe` does.
    """
    generation = generation or current(home.path)
    answer = observe(home, asked, generation)
    if not policy.most_hidden or answer.is_empty():
        return answer.with_columns(pl.lit(False).alias("withheld"))
    others = [observe(home, other, generation) for other in neighbours(asked)]
    judged = pl.concat([answer, *others]).unique(CELL, keep="first", maintain_order=True)
    told = publishable(judged, policy).select(*CELL, *CELLS, "withheld")
    kept = answer.drop(CELLS).join(told, on=list(CELL), how="left", nulls_equal=True, maintain_order="left")
    return kept.select(*COLUMNS, "withheld")


def neighbours(asked: Slice) -> list[Slice]:
    """The same question by every place and by none, with the groups of patients and without."""
    places = chain.from_iterable(combinations(PLACE, count) for count in range(len(PLACE) + 1))
    groups = {asked.strata, ()}
    return [replace(asked, by=(*place, *strata), site=None, service=None) for place in places for strata in sorted(groups)]
