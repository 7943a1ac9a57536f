"""The wait to expect now: by hand on a few visits, and its coverage on the simulated provider."""

import random
from datetime import datetime, timedelta

import polars as pl
import pytest

from metrics import lake
from metrics.board.expected import (
    CALIBRATION,
    LEAST,
    Expected,
    calibrated,
    estimates,
    expected,
    realised,
    usual_waits,
    weight_of_last,
)
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


def test_the_band_is_the_usual_wait_and_the_ranked_residual_of_the_hour() -> None:
    # At each noon of 39 days somebody waits 10 to 48 minutes (29 is usual), always after one seen at 11:10 after 10 minutes: the
    # last wait says nothing of the next. The p50 is the 20th smallest of 39 residuals, the p90 the 36th: of 29 and of 45 minutes.
    rows = [(at_noon(day) - timedelta(hours=1), 10) for day in range(1, 41)]
    rows += [(at_noon(day), 10 + day - 1) for day in range(1, 40)]
    today = [(NOON - timedelta(hours=1), 20)]
    found = told(visits(rows + today))
    assert found is not None and (found.last, found.entered) == (20.0, NOON - timedelta(minutes=40))
    assert (found.low, found.high) == (pytest.approx(29.0), pytest.approx(45.0))


@pytest.mark.parametrize(
    ("waits", "weight"),
    [
        ([(10, 10), (50, 50), (30, 30)], 1.0),  # the next waits as long as the last
        ([(10, 20), (50, 40), (30, 30)], 0.5),
        ([(10, 50), (50, 10), (30, 30)], 0.0),  # no less than nothing
        ([(10, -50), (50, 110), (30, 30)], 1.0),  # no more than all
        ([(30, 10), (30, 50)], 0.0),  # the last was always usual: nobody knows
        ([], 0.0),
    ],
)
def test_the_weight_of_the_last_wait_is_what_the_past_gives_it(waits: list[tuple[float, float]], weight: float) -> None:
    known = pl.DataFrame(waits, schema={"last": pl.Float64, "wait": pl.Float64}, orient="row").with_columns(usual=pl.lit(30.0))
    assert weight_of_last(known) == weight


def test_a_site_is_held_to_its_own_usual_wait_and_a_small_hour_to_the_sites() -> None:
    schema = {"site_id": pl.String, "hour": pl.Int8, "wait": pl.Float64}
    rows = [("a", 9, 40.0)] * LEAST + [("a", 3, 100.0)] * 3 + [("b", 9, 0.0)] * LEAST
    usual = {(site, hour): wait for site, hour, wait in usual_waits(pl.DataFrame(rows, schema=schema, orient="row")).rows()}
    whole = (40.0 * LEAST + 300) / (LEAST + 3)
    assert (usual[("a", 9)], usual[("a", 3)], usual[("a", 12)], usual[("b", 9)]) == (40.0, whole, whole, 1.0)


def test_an_hour_with_too_few_residuals_has_no_band() -> None:
    rows = visits([(at_noon(day), 10) for day in range(1, LEAST + 1)])  # the first of them has nobody before
    assert calibrated(estimates(rows), NOON.replace(hour=0)).hours.is_empty()
    found = told(pl.concat([rows, visits([(NOON - timedelta(hours=1), 20)])]))
    assert found is not None and (found.last, found.low, found.high) == (20.0, None, None)


def test_a_day_is_not_calibrated_by_itself_or_by_what_was_not_known_before_it() -> None:
    midnight = NOON.replace(hour=0)
    rows = visits([(at_noon(day), 10 + day % 7) for day in range(1, 60)])
    before = calibrated(estimates(rows), midnight)
    later = visits([(NOON, 500), (midnight - timedelta(hours=12), 800)])
    after = calibrated(estimates(pl.concat([rows, later])), midnight)
    assert after.hours.equals(before.hours) and after.weight == before.weight
    assert after.usual.sort("hour").equals(before.usual.sort("hour"))
    assert CALIBRATION % timedelta(days=7) == timedelta(0)


def test_the_band_holds_as_often_as_it_says_where_one_arrival_is_like_another() -> None:
    """Conformal validity: exchangeable waits, heavy in the tail, at two sites of which one is four times as slow."""
    drawn = random.Random(7)
    rows = pl.concat(
        visits([(at_noon(day) + timedelta(minutes=drawn.randrange(240)), round(drawn.lognormvariate(2 + slow, 1))) for day in
                range(110) for _ in range(40)]).with_columns(site_id=pl.lit(site))
        for site, slow in (("a", 0.0), ("b", 1.4))
    )  # fmt: skip
    held = realised(estimates(rows), NOON.replace(hour=0), days=26)
    assert len(held) > 1500
    assert 0.88 <= held["covered"].mean() <= 0.92
    assert 0.47 <= (held["wait"] <= held["low"]).mean() <= 0.53
    assert all(0.87 <= share <= 0.93 for share in held.group_by("site_id").agg(pl.col("covered").mean())["covered"])


@pytest.fixture(scope="module")
def emergency(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    home = create_home(tmp_path_factory.mktemp("band") / "data")
    simulate(home.raw, scale=0.02, seed=1, until=NOON, progress=lambda *_: None)
    ingest_raw(home, lambda *_: None)
    return lake.scan(home.lake, "visits").collect()


def test_the_band_covers_what_it_says_on_the_simulated_provider(emergency: pl.DataFrame) -> None:
    held = realised(estimates(emergency), NOON.replace(hour=0), days=400)
    assert len(held) > 2000
    assert 0.88 <= held["covered"].mean() <= 0.92
    # By part of the day, with two standard errors: a night of so small a provider has two hundred arrivals. The hours of one of a
    # usual size are printed by tests/benchmarks/wait_band.py.
    by_part = held.group_by(pl.col("hour") // 6).agg(pl.col("covered").mean(), n=pl.len())
    error = 2 * (0.9 * 0.1 / by_part["n"]).sqrt()
    assert ((by_part["covered"] - 0.9).abs() <= 0.02 + error).all(), by_part
