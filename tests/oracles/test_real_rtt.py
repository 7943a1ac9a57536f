"""Referral to treatment, completed non-admitted, September 2025: NHS England's own medians and 95th percentiles."""

import csv

import pytest

from tests.oracles.real_source import answers, close, filled_home

pytestmark = pytest.mark.real

NEAR = 1e-6  # weeks: the published figures are interpolated in the same way, so they agree to rounding
OPEN_ENDED = ("RTG", "C_160")  # its 95th percentile lies in the open bin from 104 weeks
METRICS = {"Provider": "rtt_completed_non_admitted", "IS Provider": "rtt_completed_non_admitted_independent"}


@pytest.fixture(scope="module")
def answer(real):
    return answers(real, "rtt")


@pytest.fixture(scope="module")
def home(real, tmp_path_factory):
    return filled_home(tmp_path_factory.mktemp("rtt"), "Europe/London", [("rtt", [real / "rtt" / "bins_and_published.csv"])])[0]


@pytest.fixture(scope="module")
def published(real):
    """(sheet, provider, treatment function) -> the median and 95th percentile NHS England printed, where it printed one."""
    with (real / "rtt" / "bins_and_published.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["completed_known"])]
    place = ("sheet", "provider_code", "tfc")
    printed = {tuple(row[name] for name in place): (row["published_median_wk"], row["published_p95_wk"]) for row in rows}
    return {key: (float(median), float(p95)) for key, (median, p95) in printed.items() if median != "-"}


@pytest.fixture(scope="module")
def observed(home):
    """The same places from the command line: treatment functions by site and service, C_999 by site alone."""

    def of(sheet: str, statistic: str) -> dict:
        figures = {}
        for by in ("site,service", "site"):
            rows = home.observe(METRICS[sheet], "--statistic", statistic, "--grain", "month", "--by", by)
            capped = ((row, row["lower"] if row["value"] is None else row["value"]) for row in rows)  # as NHS England prints it
            figures |= {(sheet, row["site_id"], row["service_id"] or "C_999"): value for row, value in capped}
        return figures

    return {(sheet, statistic): of(sheet, statistic) for sheet in METRICS for statistic in ("median", "p95")}


@pytest.mark.parametrize(("sheet", "places"), [("Provider", 2331), ("IS Provider", 838)])
def test_every_published_median_is_reproduced(observed, published, answer, sheet, places):
    expected = {key: median for key, (median, _) in published.items() if key[0] == sheet}
    found = observed[sheet, "median"]
    assert sum(abs(found[key] - median) <= NEAR for key, median in expected.items()) == len(expected) == places
    assert answer["published_medians_reproduced"]["value"] == 2331


@pytest.mark.parametrize("sheet", METRICS)
def test_every_published_95th_percentile_is_reproduced(observed, published, answer, sheet):
    """The one that lies in the open last bin is over 104 weeks, and printed as 104 by NHS England."""
    expected = {key: p95 for key, (_, p95) in published.items() if key[0] == sheet}
    found = observed[sheet, "p95"]
    assert [key for key, p95 in expected.items() if abs(found[key] - p95) > NEAR] == []
    if sheet == "Provider":
        assert found["Provider", *OPEN_ENDED] == 104
        assert len(expected) == answer["published_p95_reproduced"]["value"] + 1


def test_all_nhs_providers_together(home, answer):
    median, p95 = home.whole(METRICS["Provider"], "median"), home.whole(METRICS["Provider"], "p95")
    within = home.whole(METRICS["Provider"], "within")
    assert median["n"] == within["denominator"] == answer["NHS_provider_completed_known"]["value"]
    assert close(median["value"], answer["median_weeks"])
    assert close(p95["value"], answer["p95_weeks"])
    assert close(within["value"], answer["within_18wk_share"])


def test_pathways_of_unknown_start_are_reachable(home, answer):
    found = home.whole("rtt_unknown_clock_start")
    assert (found["numerator"], found["denominator"]) == (615, 1185980)
    assert found["denominator"] - found["numerator"] == answer["NHS_provider_completed_known"]["value"]


def test_waits_over_a_year_by_query(home, answer):
    (row,) = home.query(
        "select sum(count) as cases from facts_tallies where metric = 'rtt_completed_non_admitted' and bin_lower >= 52"
    )  # fmt: skip
    assert row["cases"] == answer["52plus"]["value"]


def test_the_check_holds_the_published_quantiles_against_their_bins(home):
    """Every treatment function's own median and 95th percentile are those of its bins, and there is nothing to tell of.

    2,726 of the 3,169 are of functions; the others are the rows C_999 that sum a provider, which the mapping leaves out.
    """
    found = [row for row in home.rows("check", "--check", "published", "--now", "2025-11-13") if row["code"] == "TQ016"]
    assert {row["severity"] for row in found} == {"pass"}
    assert sum(row["total"] for row in found) == 2 * 2726


def test_the_workbook_gives_the_same_tallies(real, tmp_path_factory, home):
    workbook = real / "rtt" / "NonAdmitted-Provider-Sep25-XLSX-4M-87700.xlsx"
    other, _ = filled_home(tmp_path_factory.mktemp("rtt_workbook"), "Europe/London", [("rtt_workbook", [workbook])])
    sums = """
        select metric, count(*) as tallies, sum(count) as cases, sum(count * bin_lower) as weeks, sum(numerator) as unknown
        from facts_tallies where published is null group by metric order by metric
    """
    assert other.query(sums) == home.query(sums)
