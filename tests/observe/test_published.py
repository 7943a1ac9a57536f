"""A slice as it may leave: the same cell is told, or is not, whichever slice it is asked for in."""

import polars as pl
import pytest

from metrics.home import Home
from metrics.observe import Slice, observe, published
from metrics.observe.published import CELL
from metrics.suppression import CELLS, POLICIES
from tests.snapshot.homes import home_of_weeks

METRIC = "door_to_provider"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_of_weeks(tmp_path_factory.mktemp("published") / "home")


def told(home: Home, *by: str, grain: str = "day", site: str | None = None, policy: str = "cms") -> pl.DataFrame:
    return published(home, Slice(METRIC, "within", by, grain, site=site), POLICIES[policy])


def test_a_cell_is_told_alike_in_every_slice_of_the_same_periods(home: Home) -> None:
    slices = (told(home, grain="week"), told(home, "site", grain="week"), told(home, site="CEN", grain="week"))
    cells = pl.concat([*slices, told(home, "site", "service", grain="week")])
    assert cells["withheld"].any() and not cells["withheld"].all()
    answers = cells.group_by(CELL).agg(pl.col("withheld", *CELLS).n_unique())
    assert answers.select(pl.max_horizontal("withheld", *CELLS).max()).item() == 1 and answers.height < cells.height


def test_a_site_s_small_day_goes_with_the_other_site_s_and_rows_keep_their_order(home: Home) -> None:
    exact, shown = observe(home, Slice(METRIC, "within", ("site",), "day")), told(home, "site")
    assert shown.select(CELL).equals(exact.select(CELL))
    small = exact.filter(pl.col("n").is_between(1, 10))
    assert small.height > 0 and shown.join(small, on=list(CELL), how="semi", nulls_equal=True)["withheld"].all()


def test_off_is_observe(home: Home) -> None:
    shown = told(home, "site", grain="week", policy="off")
    assert shown.drop("withheld").equals(observe(home, Slice(METRIC, "within", ("site",), "week")))
