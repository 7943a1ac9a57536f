"""MIMIC-IV-ED demo 2.2: 222 emergency stays of 64 patients, shifted into 2112-2201."""

import pytest

from tests.oracles.real_source import answers, close, filled_home

pytestmark = pytest.mark.real

NOW = "2202-01-01"  # after the last shifted date: figures are true for an instant, and these events lie in the future


@pytest.fixture(scope="module")
def answer(real):
    return answers(real, "mimic_iv_ed_demo")


@pytest.fixture(scope="module")
def loaded(real, tmp_path_factory):
    files = [real / "mimic_iv_ed_demo" / f"{name}.csv.gz" for name in ("edstays", "triage", "vitalsign")]
    return filled_home(tmp_path_factory.mktemp("mimic"), "America/New_York", [("mimic_iv_ed", files)], now=NOW)


@pytest.fixture(scope="module")
def home(loaded):
    return loaded[0]


def test_every_stay_is_a_visit(home, answer):
    (row,) = home.query("select count(*) as stays, count(distinct patient_key) as patients from facts_visits")
    assert (row["stays"], row["patients"]) == (answer["edstays"]["value"], answer["patients"]["value"])


def test_dispositions(home, answer):
    rows = home.query("select disposition, count(*) as stays from facts_visits group by disposition")
    names = {
        "admitted": "ADMITTED", "discharged": "HOME", "transferred": "TRANSFER", "left_without_being_seen": "LWBS",
        "left_against_advice": "AMA", "other": "OTHER", "eloped": "ELOPED",
    }  # fmt: skip
    assert {names[row["disposition"]]: row["stays"] for row in rows} == {name: answer[name]["value"] for name in names.values()}


def test_acuities(home, answer):
    rows = home.query("select coalesce(acuity::varchar, 'null') as acuity, count(*) as stays from facts_visits group by 1")
    assert {f"acuity_{row['acuity']}": row["stays"] for row in rows} == {
        name: found["value"] for name, found in answer.items() if name.startswith("acuity_")
    }


def test_length_of_stay(home, answer):
    median = home.whole("ed_length_of_stay", "median")
    assert close(median["value"] / 60, answer["median_los_h"])  # the metric is in minutes
    assert home.whole("ed_length_of_stay", "within")["numerator"] == answer["los<=4h"]["value"]
    (row,) = home.query(
        """
        select
            count(*) filter (departed_at - arrived_at > interval '12 hours') as over_12_hours,
            avg(epoch(departed_at) - epoch(arrived_at)) / 3600 as mean_hours
        from facts_visits
        """
    )
    assert row["over_12_hours"] == answer["los>12h"]["value"]
    assert close(row["mean_hours"], answer["mean_los_h"])


def test_first_care_is_a_vital_sign_inside_the_stay(home, answer):
    """206 stays have vital signs; two have all of theirs after departure, two left unseen, and nothing is before arrival."""
    (row,) = home.query(
        """
        select count(seen_at) as seen, count(*) filter (seen_at < arrived_at or seen_at > departed_at) as outside
        from facts_visits
        """
    )
    with_vitals = answer["edstays"]["value"] - answer["stays_without_vitals"]["value"]
    assert row["outside"] == 0
    assert 0 < row["seen"] < with_vitals


def test_left_without_being_seen(home, answer):
    found = home.whole("left_without_being_seen")
    assert found["denominator"] == answer["edstays"]["value"]
    assert found["numerator"] >= answer["LWBS"]["value"]
