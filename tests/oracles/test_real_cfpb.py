"""Consumer complaints of 2013: 23 were sent on before they were received."""

import pytest

from tests.oracles.real_source import answers, filled_home

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def answer(real):
    return answers(real, "cfpb")


@pytest.fixture(scope="module")
def loaded(real, tmp_path_factory):
    file = real / "cfpb" / "Consumer_Complaints.csv"
    return filled_home(tmp_path_factory.mktemp("cfpb"), "America/New_York", [("cfpb", [file])])


@pytest.fixture(scope="module")
def home(loaded):
    return loaded[0]


def test_the_bureaus_marks(home, answer):
    timely, disputed = home.whole("cfpb_timely_response"), home.whole("cfpb_disputed")
    assert (timely["numerator"], timely["denominator"]) == (answer["timely_yes"]["value"], answer["rows"]["value"])
    assert disputed["numerator"] == answer["disputed_yes"]["value"]


def test_days_from_received_to_sent(home, answer):
    (row,) = home.query(
        """
        with lags as (select date_diff('day', opened_at, acknowledged_at) as days from facts_cases)
        select count(*) as cases, count(*) filter (days = 0) as same_day, max(days) as max_lag_days from lags
        """
    )
    assert row == {
        "cases": answer["rows"]["value"] - answer["sent_before_received"]["value"],
        "same_day": answer["same_day"]["value"],
        "max_lag_days": answer["max_lag_days"]["value"],
    }
