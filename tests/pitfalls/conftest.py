"""What the pitfalls share: a metric's figures of written rows, by its SQL and by the jobs."""

from collections.abc import Callable
from datetime import datetime

import polars as pl
import pytest

from metrics.definitions import BUILT_IN, load_catalog
from tests.specs.drawn import ENGINES, World

CATALOG = load_catalog(BUILT_IN)


@pytest.fixture(params=ENGINES)
def figure(request: pytest.FixtureRequest) -> Callable[..., list[dict]]:
    """(metric, statistic, events, as_of, by, grain, world) -> the rows of one engine."""

    def of(metric: str, statistic: str, events: pl.DataFrame, as_of: datetime, by=(), grain="year", **world) -> list[dict]:
        return ENGINES[request.param](CATALOG[metric], statistic, events, World(as_of=as_of, **world), by, grain).to_dicts()

    return of
