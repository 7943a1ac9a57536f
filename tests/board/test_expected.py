"""The wait to expect now: by hand on a few visits, and its coverage on the simulated provider."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from metrics import lake
from metrics.board.expected import CALIBRATION, LEAST, Expected, calibrated, estimates, expected, realised
from metrics.demo import ingest_raw
from metrics.home import create_home
from metrics.simulate import simulate

NOON = datetime(2026, 3, 4, 12)


def visits(rows: list[tuple[datetime, int | None]]) -> pl.DataFrame:
    """Arrivals and the minutes each waited; None left unseen."""
    return pl.DataFrame(
        [
            {"site_id": "a", "arrived_at": at, "seen_at": None if wait is None else at + timedelta(minutes=wait)}
            for at, wait in rows
        ],
        schema={"site_id": pl.String, "arrived_at": pl.Datetime("us"), "seen_at": pl.Datetime("us")},
    )


def told(rows: pl.DataFrame) -> Expected | None:
    return expected(rows, calibrated(estimates(rows), NOON.replace(hour=0)), NOON)


def at_noon(days_back: int) -> datetime:
    return NOON - timedelta(days=days_back)


def test_the_estimate_is_the_wait_of_the_last_to_be_seen_and_not_of_the_last_to_come() -> None:
    rows = visits([(NOON - timedelta(minutes=90), 80), (NOON - timedelta(minutes=60), 10), (NOON - timedelta(minutes=5), None)])
    assert told(rows) == Expected(80.0, NOON - timedelta(minutes=10), None, None)


def test_nobody_seen_yet_is_no_estimate() -> None:
    assert told(visits([(NOON - timedelta(minutes=5), 10)])) is None


def test_the_band_is_the_ranked_residual_of_the_hour() -> None:
    # At each noon of 39 days somebody waits n minutes more than the one seen at 11:10 after 10 minutes: residuals 0 to 38.
    rows = [(at_noon(day) - timedelta(hours=1), 10) for day in range(1, 41)]
    rows += [(at_noon(day), 10 + day - 1) for day in range(1, 40)]
    today = [(NOON - timedelta(hours=1), 20)]
    # 39 residuals: the p50 is the 20th smallest (19), the p90 the 36th (35); both on top of today's 20 minutes.
    assert told(visits(rows + today)) == Expected(20.0, NOON - timedelta(minutes=40), 39.0, 55.0)


def test_an_hour_with_too_few_residuals_has_no_band() -> None:
    rows = visits([(at_noon(day), 10) for day in range(1, LEAST + 1)])  # the first of them has nobody before
    assert calibrated(estimates(rows), NOON.replace(hour=0)).is_empty()


def test_a_day_is_not_calibrated_by_itself_or_by_what_was_not_known_before_it() -> None:
    midnight = NOON.replace(hour=0)
    rows = visits([(at_noon(day), 10) for day in range(1, 60)])
    before = calibrated(estimates(rows), midnight)
    later = visits([(NOON, 500), (midnight - timedelta(hours=12), 800)])
    assert calibrated(estimates(pl.concat([rows, later])), midnight).equals(before)
    assert CALIBRATION % timedelta(days=7) == timedelta(0)


@pytest.fixture(scope="module")
def emergency(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    home = create_home(tmp_path_factory.mktemp("band") / "data")
    simulate(home.raw, scale=0.02, seed=1, until=NOON, progress=lambda *_: None)
    ingest_raw(home, lambda *_: None)
    return lake.scan(home.lake, "visits").collect()


def test_the_band_covers_what_it_says_on_the_simulated_provider(emergency: pl.DataFrame) -> None:
    held = realised(estimates(emergency), NOON.replace(hour=0), days=400)
    by_part = held.group_by(pl.col("hour") // 6).agg(pl.col("covered").mean())["covered"]
    assert len(held) > 2000
    assert by_part.is_between(0.88, 0.92).all()
