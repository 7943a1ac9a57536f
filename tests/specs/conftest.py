"""What the specs of metrics share: one engine's figures of drawn rows, told the short way."""

from collections.abc import Callable
from datetime import date

import pytest

from metrics.definitions import BUILT_IN, Metric, load_catalog
from tests.specs.drawn import ENGINES, World, drawn

CATALOG = load_catalog(BUILT_IN)
Counts = tuple[int, int, int]  # numerator, denominator, still open


@pytest.fixture(params=ENGINES)
def figures(request: pytest.FixtureRequest) -> Callable[..., dict]:
    """One engine's figures: (metric id, or a metric; statistic; drawn rows) -> numerator, denominator, value, n, still_open, ..."""

    def of(metric: str | Metric, statistic: str, text: str, world: World | None = None, month: date | None = None) -> dict:
        meant = CATALOG[metric] if isinstance(metric, str) else metric
        rows = ENGINES[request.param](meant, statistic, drawn(meant.table, text), world).to_dicts()
        rows = [row for row in rows if month in (None, row["period_start"])]
        assert len(rows) <= 1
        return rows[0] if rows else {}

    return of


@pytest.fixture
def counted(figures: Callable[..., dict]) -> Callable[..., dict[str, Counts | None]]:
    """(drawn rows, metric ids, world) -> each metric's numerator, denominator and still open; None where it says nothing.

    Of a rate its share; of a wait its share within the limit.
    """

    def of(text: str, *metrics: str, world: World | None = None, month: date | None = None) -> dict[str, Counts | None]:
        return {metric: _counts(figures(metric, _share(metric), text, world, month)) for metric in metrics}

    return of


@pytest.fixture
def medians(figures: Callable[..., dict]) -> Callable[..., dict[str, tuple[float, int, int] | None]]:
    """(drawn rows, metric ids, world) -> each wait's median, n and still open."""

    def of(text: str, *metrics: str, world: World | None = None) -> dict[str, tuple[float, int, int] | None]:
        return {metric: _middle(figures(metric, "median", text, world)) for metric in metrics}

    return of


def _share(metric: str) -> str:
    return "share" if CATALOG[metric].kind == "rate" else "within"


def _counts(found: dict) -> Counts | None:
    return (int(found["numerator"]), int(found["denominator"]), found["still_open"]) if found else None


def _middle(found: dict) -> tuple[float, int, int] | None:
    return (found["value"], found["n"], found["still_open"]) if found else None
