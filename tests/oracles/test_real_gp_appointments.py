"""Appointments in general practice, April 2021: NHS Digital's Table 1, from the daily CSV and from the workbook."""

import pytest

from tests.oracles.real_source import answers, close, filled_home

pytestmark = pytest.mark.real

# the answer's name -> the metric whose numerator it is
NUMERATORS = {
    "attended": "gp_attended", "dna": "gp_dna_of_all", "unknown": "gp_unknown_status", "same_day": "gp_booked_same_day",
    "1_day": "gp_booked_1_day", "2_7": "gp_booked_2_to_7_days", "8_14": "gp_booked_8_to_14_days",
    "15_21": "gp_booked_15_to_21_days", "22_28": "gp_booked_22_to_28_days", "28plus": "gp_booked_over_28_days",
    "unknown_lead": "gp_booked_unknown",
}  # fmt: skip
SHARES = {"dna_share_of_all": "gp_dna_of_all", "dna_share_of_known": "gp_dna_of_known", "same_day_share": "gp_booked_same_day"}


@pytest.fixture(scope="module")
def answer(real):
    return answers(real, "gp_appointments")


@pytest.fixture(scope="module")
def home(real, tmp_path_factory):
    files = [real / "gp_appointments" / f"table_{name}.csv" for name in ("2a", "2d")]
    return filled_home(tmp_path_factory.mktemp("gp"), "Europe/London", [("gp_appointments", files)])[0]


@pytest.fixture(scope="module")
def workbook(real, tmp_path_factory):
    """The workbook on top of one of its tables as CSV: the same tallies under the same ids."""
    folder = real / "gp_appointments"
    ingests = [
        ("gp_appointments", [folder / "table_2a.csv"]),
        ("gp_appointments_workbook", [folder / "GP_APPT_Publication_April_2021.xlsx"]),
    ]
    return filled_home(tmp_path_factory.mktemp("gp_workbook"), "Europe/London", ingests)[0]


@pytest.fixture(scope="module")
def april(home):
    """Metric -> the figure of April 2021; one call of the command line a metric."""
    found = {}
    for metric in sorted({*NUMERATORS.values(), *SHARES.values()}):
        (found[metric],) = home.observe(metric, "--grain", "month")
    return found


@pytest.mark.parametrize("name", NUMERATORS)
def test_counts(april, answer, name):
    assert april[NUMERATORS[name]]["numerator"] == answer[name]["value"]


def test_the_total_is_the_denominator_of_every_share_of_all(april, answer):
    totals = {figure["denominator"] for metric, figure in april.items() if metric != "gp_dna_of_known"}
    assert totals == {answer["total"]["value"]}


@pytest.mark.parametrize("name", SHARES)
def test_shares_with_and_without_unknown(april, answer, name):
    assert close(april[SHARES[name]]["value"], answer[name])


def test_the_workbook_gives_the_same_days_and_none_twice(home, workbook):
    days = """
        select tally_id, numerator, denominator from facts_tallies where metric <> 'gp_dna_by_area' order by tally_id
    """
    assert workbook.query(days) == home.query(days)


def test_the_areas_of_the_workbook_add_up_to_england_once(workbook, answer):
    found = workbook.observe("gp_dna_by_area", "--grain", "month", "--by", "site")
    assert len(found) == 106
    assert sum(row["denominator"] for row in found) == answer["sum_CCG=sum_STP=sum_Region=National"]["value"]
    assert sum(row["numerator"] for row in found) == answer["dna"]["value"]
