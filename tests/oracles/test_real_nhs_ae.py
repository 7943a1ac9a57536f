"""NHS England A&E attendances, 2016-19, against the percentages that were published."""

import csv

import pytest

from tests.oracles.real_source import answers, close, filled_home

pytestmark = pytest.mark.real

RETURNS = 12765  # rows of the file: a trust, a department type, a month


@pytest.fixture(scope="module")
def answer(real):
    return answers(real, "nhs_ae")


@pytest.fixture(scope="module")
def loaded(real, tmp_path_factory):
    return filled_home(tmp_path_factory.mktemp("nhs_ae"), "Europe/London", [("nhs_ae", [real / "nhs_ae" / "ae_attendances.csv"])])


@pytest.fixture(scope="module")
def home(loaded):
    return loaded[0]


@pytest.fixture(scope="module")
def months(home):
    return {row["period_start"]: row for row in home.observe("ae_within_4h", "--grain", "month")}


@pytest.mark.parametrize("year", [2016, 2017, 2018])
def test_financial_years(home, answer, year):
    found = home.whole("ae_within_4h", "share", "--since", f"{year}-04-01", "--until", f"{year + 1}-03-31")
    assert close(found["value"] * 100, answer[f"pct_within_4h_{year}/{(year + 1) % 100}"])
    if year == 2018:
        assert found["numerator"] == answer["seen_within_4h_2018/19"]["value"]


@pytest.mark.parametrize("month", ["2017-09", "2018-08", "2018-09", "2019-01"])
def test_months(months, answer, month):
    assert close(months[f"{month}-01"]["value"] * 100, answer[f"pct_within_4h_{month}"])


@pytest.mark.parametrize(("service", "name"), [(None, "pct_within_4h_Q2"), ("type_1", "type1_Q2")])
def test_second_quarters_of_financial_years(home, answer, service, name):
    quarters = home.observe("ae_within_4h", "--grain", "quarter", *(["--service", service] if service else []))
    found = {row["period_start"]: row["value"] * 100 for row in quarters}
    assert close(found["2017-07-01"], answer[f"{name}_2017/18"])
    assert close(found["2018-07-01"], answer[f"{name}_2018/19"])


def test_every_month_of_the_file_adds_up(real, months):
    with (real / "nhs_ae" / "expected_monthly.csv").open(encoding="utf-8", newline="") as file:
        expected = {row["period"]: (float(row["attendances"]), float(row["breaches"])) for row in csv.DictReader(file)}
    assert {month: (row["denominator"], row["denominator"] - row["numerator"]) for month, row in months.items()} == expected


def test_one_return_admits_more_than_attended_and_is_rejected(loaded, home):
    (row,) = home.query("select count(*) as returns from facts_tallies where metric = 'ae_admitted'")
    assert row["returns"] == RETURNS - 1
    assert "numerator_within_denominator" in str(loaded[1][0])
