"""NHAMCS 2022, 16,025 sampled emergency visits: unweighted through visits, weighted to the nation through tallies."""

import pytest

from tests.oracles.real_source import answers, close, filled_home

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def answer(real):
    return answers(real, "nhamcs_ed_2022")


@pytest.fixture(scope="module")
def home(real, tmp_path_factory):
    file = real / "nhamcs_ed_2022" / "nhamcs_2022_visits.csv"
    return filled_home(tmp_path_factory.mktemp("nhamcs"), "America/New_York", [("nhamcs_ed_2022", [file])])[0]


def test_the_sum_of_weights_is_the_denominator(home, answer):
    found = home.whole("nhamcs_left_unseen_weighted")
    assert close(found["denominator"], answer["sum_weights"])
    assert close(found["value"] * 100, answer["weighted_lwbs_pct"])


def test_weighted_shares(home, answer):
    assert close(home.whole("nhamcs_admitted_weighted")["value"] * 100, answer["weighted_admit_pct"])
    assert close(home.whole("nhamcs_seen_under_15_minutes_weighted")["value"] * 100, answer["weighted_pct_<15min_of_all"])


def test_weighted_and_unweighted_median_wait_differ(home, answer):
    assert close(home.whole("nhamcs_wait_weighted", "median")["value"], answer["weighted_median_wait"])
    unweighted = home.whole("door_to_provider", "median")
    assert close(unweighted["value"], answer["median_wait_unweighted"])
    assert unweighted["n"] == answer["valid_waits"]["value"]


def test_unweighted_waits_and_stays(home, answer):
    (row,) = home.query(
        """
        with visits as (
            select *, date_diff('minute', arrived_at, seen_at) as wait, date_diff('minute', arrived_at, departed_at) as stay
            from facts_visits
        )
        select
            count(*) as rows, count(wait) as valid_waits, avg(wait) as mean_wait_unweighted, median(wait) as median_wait_unweighted,
            count(*) filter (wait >= 120) as ">=120min", count(*) filter (wait > 240) as ">240min",
            median(stay) as median_visit_length, avg(stay) as mean_visit_length,
            count(*) filter (disposition = 'left_without_being_seen') as lwbs_unweighted,
            count(*) filter (disposition = 'admitted') as admitted_unweighted
        from visits
        """
    )
    wrong = {name: (found, answer[name]["value"]) for name, found in row.items() if not close(found, answer[name])}
    assert wrong == {}


def test_length_of_stay_through_its_metric(home, answer):
    assert close(home.whole("ed_length_of_stay", "median")["value"], answer["median_visit_length"])
