"""CMS Timely and Effective Care, and HCAHPS: values published without counts, kept as published, read by query, in no figure."""

import csv

import pytest

from tests.oracles.real_source import answers, close, filled_home

pytestmark = pytest.mark.real
FILES = ("national_results.csv", "state_results.csv", "responses.csv")


@pytest.fixture(scope="module")
def answer(real):
    return answers(real, "cms")


@pytest.fixture(scope="module")
def home(real, tmp_path_factory):
    folder = real / "cms"
    timely = [folder / f"Timely_and_Effective_Care-{part}.csv" for part in ("National", "State")]
    ingests = [("cms_timely", timely), ("hcahps", [folder / name for name in FILES])]
    return filled_home(tmp_path_factory.mktemp("cms"), "UTC", ingests, now="2026-01-01")[0]


def published(home, metric, site="US", until="2100-01-01"):
    (row,) = home.query(f"""
        select published_value as value from facts_tallies
        where metric = '{metric}' and site_id = '{site}' and recorded_at < timestamp '{until}' order by recorded_at desc limit 1
    """)
    return row["value"]


def test_emergency_measures(home, answer):
    assert close(published(home, "cms_op_18b"), answer["OP_18b national median min 2021-07..2022-06"])
    assert close(published(home, "cms_op_18c"), answer["OP_18c"])
    assert close(published(home, "cms_op_22") * 100, answer["OP_22 national % LWBS 2021"])


def test_top_boxes(home, answer):
    rating = "hcahps_h_hsp_rating_top"
    first, last = published(home, rating, until="2016-01-01") * 100, published(home, rating) * 100
    assert round(first, 9) == answer["national H_HSP_RATING top-box 07_2015"]["value"]
    assert round(last, 9) == answer["national H_HSP_RATING top-box 07_2023"]["value"]
    recommended = published(home, "hcahps_h_recmnd_top") * 100
    assert round(recommended, 9) == answer["national H_RECMND top-box 07_2023"]["value"]


def test_every_row_of_the_results_is_there_and_its_boxes_sum_to_a_hundred(home, answer):
    (row,) = home.query("""
        with rows as (
            select site_id, recorded_at, regexp_replace(metric, '_(top|middle|bottom)$', '') as measure,
                count(*) as boxes, sum(published_value) as whole
            from facts_tallies where metric <> 'hcahps_response_rate' and source = 'hcahps' group by all
        )
        select count(*) filter (site_id = 'US') as national, count(*) filter (site_id <> 'US') as states, min(boxes) as boxes,
            max(abs(whole - 1)) as off
        from rows
    """)
    assert (row["national"], row["states"]) == (answer["national rows"]["value"], answer["state rows"]["value"])
    assert row["boxes"] == 3 and row["off"] < 1e-9


def test_hospitals_without_a_rate_are_not_counted_as_nought(home, answer, real):
    with (real / "cms" / "responses.csv").open(encoding="utf-8", newline="") as file:
        rates = [row["Response Rate (%)"] for row in csv.DictReader(file)]
    unknown = [rate for rate in rates if not rate.replace(".", "").isdigit()]
    assert set(unknown) == {"Not Available"}
    (row,) = home.query(
        "select count(*) as n, min(published_value) as least from facts_tallies where metric = 'hcahps_response_rate'"
    )
    assert len(rates) == answer["responses rows"]["value"] == row["n"] + len(unknown)


def test_no_figure_is_made_of_percentages(home):
    assert home.query("select count(*) as n from observations")[0]["n"] == 0
