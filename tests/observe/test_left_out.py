"""A metric that the refresh leaves out is worked out when it is asked for, and equals what the refresh would have stored."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from metrics.errors import UserError
from metrics.home import Home, create_home, open_home
from metrics.observe import GAP_COLUMNS, Slice, observe, observed_gaps
from metrics.refresh import refresh
from metrics.warehouse import current, run_query
from tests.provider_homes import provider_home

NOW = datetime(2026, 11, 24, 6)
VARIANTS = {"share": "no_show_rate_completed", "median": "scheduled_to_room"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return provider_home(tmp_path_factory, NOW)


def computing(home: Home, names: list[str]) -> Home:
    text = (home.path / "timely.toml").read_text()
    (home.path / "timely.toml").write_text(text.replace("compute = ['*']", f"compute = {names}"))
    return open_home(home.path)


def stored(home: Home) -> set[str]:
    return set(run_query(current(home.path), "select metric from definitions").frame["metric"])


def test_what_is_left_out_is_answered_the_same(home: Home) -> None:
    assert not stored(home) & set(VARIANTS.values())
    asked = [Slice(metric, statistic, by=("site",), grain="month") for statistic, metric in VARIANTS.items()]
    without = [observe(home, one) for one in asked]
    chosen = computing(home, ["*", "variants"])
    refresh(chosen, NOW)
    assert set(VARIANTS.values()) <= stored(chosen)
    for one, before in zip(asked, without, strict=True):
        with_it = observe(chosen, one)
        assert before.height > 20
        assert_frame_equal(before.sort(pl.all()), with_it.sort(pl.all()), rel_tol=1e-9)


def test_a_name_that_is_none_stops_the_refresh(tmp_path: Path, home: Home) -> None:
    wrong = computing(create_home(tmp_path / "home"), ["waitz"])
    (wrong.path / "lake").symlink_to(home.lake)
    with pytest.raises(UserError, match="Did you mean waits"):
        refresh(wrong, NOW)


def test_every_kind_of_figure_is_compared_with_the_reference_group(home: Home) -> None:
    """A share, a median and a mean by age: each gap is the difference of the figures that observe itself gives."""
    for metric, statistic in (("no_show_rate", "share"), ("door_to_provider", "median"), ("net_promoter_score", "mean")):
        asked = Slice(metric, statistic, by=("age_band",), grain="all")
        found, plain = observed_gaps(home, asked), observe(home, asked)
        assert found.columns == list(GAP_COLUMNS)
        assert found["value"].to_list() == plain["value"].to_list()
        (reference,) = found.filter(finding="reference")["value"]
        told = found.drop_nulls("gap")
        assert not told.is_empty()
        assert told["gap"].to_list() == pytest.approx([value - reference for value in told["value"]])
        assert (told["gap_lower"] < told["gap"]).all() and (told["gap"] < told["gap_upper"]).all()


def test_a_gap_needs_one_stratum_and_more_than_a_count(home: Home) -> None:
    with pytest.raises(UserError, match="exactly one group of patients"):
        observed_gaps(home, Slice("no_show_rate", by=("site",)))
    with pytest.raises(UserError, match="larger groups have more"):
        observed_gaps(home, Slice("complaints_received", by=("age_band",)))
