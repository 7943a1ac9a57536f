"""Waits of several metrics taken together: the same figures as each by itself, and never more rows than are few."""

from random import Random

import polars as pl
import pytest

from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.jobs import waits
from metrics.jobs.places import Places
from metrics.jobs.waits import Waits, few_together, wait_quantiles

METRICS = [metric for metric in load_catalog(BUILT_IN).values() if metric.kind == "duration"][:4]
PLACES = Places.of(pl.DataFrame({"site_id": ["CEN", "CEN", "NRT"], "service_id": ["emergency", "imaging", "imaging"]}))
ROWS = {"place": pl.UInt32, "period": pl.Int32, "wait": pl.Int64, "count": pl.Int64}


def drawn(seed: int, rows: int) -> pl.DataFrame:
    random = Random(seed)
    numbers = PLACES.frame.drop_nulls(("site_id", "service_id"))["place"].to_list()
    counted = [(random.choice(numbers), random.choice([20_000, 20_007]), random.randrange(5000), 1) for _ in range(rows)]
    return pl.DataFrame(counted, schema=ROWS, orient="row")


def test_together_or_apart_the_figures_are_the_same() -> None:
    several = [Waits(metric, "week", drawn(seed, 40)) for seed, metric in enumerate(METRICS)]
    alone = pl.concat(wait_quantiles([one], PLACES) for one in several)
    (all_of_them,) = few_together(several)
    together = wait_quantiles(all_of_them, PLACES)
    assert alone.height and together.sort(together.columns).equals(alone.sort(alone.columns))


def test_no_list_has_more_rows_than_are_few_unless_one_metric_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "FEW", 10)
    several = [Waits(METRICS[0], "day", drawn(rows, rows)) for rows in (4, 6, 1, 30, 0, 10)]
    assert [[one.rows.height for one in held] for held in few_together(several)] == [[4, 6], [1], [30], [0, 10]]
    assert list(few_together([])) == []
