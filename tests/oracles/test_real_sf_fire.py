"""San Francisco fire and medical calls over the turn of 2016: a call is not a unit."""

import pytest

from tests.oracles.real_source import answers, close, filled_home

pytestmark = pytest.mark.real

UNIT_MEDIAN = 442  # seconds, per row: the set's README
UNFINISHED = 4  # calls with no unit on scene and none free again in the file


@pytest.fixture(scope="module")
def answer(real):
    return answers(real, "sf_fire")


@pytest.fixture(scope="module")
def home(real, tmp_path_factory):
    file = real / "sf_fire" / "Fire_Department_Calls_for_Service.csv"
    return filled_home(tmp_path_factory.mktemp("sf_fire"), "America/Los_Angeles", [("sf_fire", [file])])[0]


def test_the_median_to_the_first_unit_is_counted_by_call(home, answer):
    found = home.whole("emergency_response_time", "median")
    assert close(found["value"], answer["received->first_on_scene_median_s"])
    assert found["n"] == answer["calls_with_on_scene"]["value"]
    assert found["still_open"] == UNFINISHED


def test_the_median_by_unit_is_another_metric(home):
    assert home.whole("emergency_unit_response_time", "median")["value"] == UNIT_MEDIAN


def test_rows_and_calls(home, answer):
    (row,) = home.query(
        """
        select
            (select count(*) from facts_contacts) as rows, (select count(*) from facts_cases) as calls,
            (select count(*) from facts_contacts where answered_at is null) as on_scene_null_rows
        """
    )
    assert row == {name: answer[name]["value"] for name in ("rows", "calls", "on_scene_null_rows")}


def test_days_are_local_across_the_year(home):
    days = [row["period_start"] for row in home.observe("emergency_response_time", "--statistic", "median", "--grain", "day")]
    assert (len(days), days[0], days[-1]) == (8, "2016-12-31", "2017-01-07")
