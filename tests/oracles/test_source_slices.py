"""Each mapping in queries/sources on a few rows in the layout of its source: what they become, worked out by hand.

tests/fixtures/sources/README.md says where the rows are from.
"""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from metrics import lake
from metrics.home import create_home
from metrics.ingest import ingest
from metrics.observe import Slice, observe
from metrics.refresh import refresh
from metrics.sources import load_mapping

PROJECT = Path(__file__).parents[2]
SLICES = PROJECT / "tests" / "fixtures" / "sources"
NOW = datetime(2026, 11, 23, 12)


class Loaded:
    """One source's slice, ingested into a home of its own."""

    def __init__(self, home_path: Path, source: str, files: list[str], zone: str) -> None:
        home_path.mkdir()
        (home_path / "timely.toml").write_text(f'unknown_site = "warn"\ndefault_time_zone = "{zone}"\n', encoding="utf-8")
        self.home = create_home(home_path)
        mapping = load_mapping(PROJECT / "queries" / "sources" / f"{source}.sql")
        self.report = ingest(self.home, mapping, [SLICES / name for name in files], now=NOW)

    def rows(self, table: str, key: str) -> dict[str, dict]:
        """The table's rows in the lake, by key."""
        frame = lake.scan(self.home.lake, table).collect()
        return {row[key]: row for row in frame.to_dicts()}

    def tallies(self) -> pl.DataFrame:
        return lake.scan(self.home.lake, "tallies").collect()

    def rejected(self) -> list[str]:
        """The rules that rejected rows, one a row."""
        frame = lake.rejects(self.home.lake).filter(pl.col("severity") == "reject").collect()
        return sorted(frame["rule"])


@pytest.fixture
def loaded(tmp_path):
    def of(source: str, *files: str, zone: str = "Europe/London") -> Loaded:
        return Loaded(tmp_path / "home", source, list(files), zone)

    return of


def minutes(row: dict, start: str, stop: str) -> float | None:
    return None if row[stop] is None else (row[stop] - row[start]) / timedelta(minutes=1)


def test_mimic_stays_become_visits_with_the_first_vital_sign_inside_the_stay(loaded):
    visits = loaded(
        "mimic_iv_ed", "mimic_edstays.csv", "mimic_triage.csv", "mimic_vitalsign.csv", zone="America/New_York"
    ).rows("visits", "visit_id")  # fmt: skip
    assert {key: (row["acuity"], row["arrival_mode"], row["disposition"]) for key, row in visits.items()} == {
        "mimic-501": (2, "walk_in", "admitted"),
        "mimic-502": (3, "ambulance", "discharged"),
        "mimic-503": (None, "unknown", "left_without_being_seen"),
        "mimic-504": (None, "other", "eloped"),  # no triage at all
    }
    waits = {key: minutes(row, "arrived_at", "seen_at") for key, row in visits.items()}
    assert waits == {
        "mimic-501": 31,  # 13:07, the earliest of three; 18:28 is after departure
        "mimic-502": 19,  # 15:50; 15:20 is before arrival
        "mimic-503": None,  # left without being seen: a vital sign is not a clinician
        "mimic-504": None,
    }
    assert len({row["patient_key"] for row in visits.values()}) == 3
    assert not {"101", "102", "103"} & {row["patient_key"] for row in visits.values()}


def test_nhamcs_rows_get_a_day_and_keep_their_minutes(loaded):
    visits = loaded("nhamcs_ed_2022", "nhamcs.csv", zone="America/New_York").rows("visits", "visit_id")
    first, november, unseen, untimed, march = (visits[f"nhamcs-2022-{n}"] for n in range(1, 6))
    assert first["arrived_at"] == datetime(2022, 9, 5, 10, 4)  # Monday 5 September, 06:04 in New York
    assert (minutes(first, "arrived_at", "seen_at"), minutes(first, "arrived_at", "departed_at")) == (10, 228)
    # Sunday 6 November 2022: the clocks go back at 2; 285 minutes are 285 minutes
    assert november["arrived_at"] == datetime(2022, 11, 6, 4, 30)
    assert november["departed_at"] == datetime(2022, 11, 6, 9, 15)
    assert (november["disposition"], november["mental_health"], november["observation_stay"]) == ("admitted", True, True)
    assert (unseen["disposition"], unseen["seen_at"]) == ("left_without_being_seen", None)
    assert minutes(unseen, "arrived_at", "departed_at") == 95
    assert untimed["arrived_at"] == datetime(2022, 2, 1, 5)  # no time of arrival: midnight of the first Tuesday
    assert (untimed["disposition"], untimed["acuity"], untimed["departed_at"]) == ("eloped", None, None)
    assert (march["seen_at"], march["disposition"], march["acuity"]) == (datetime(2022, 3, 7, 6, 59), "died", 1)


def test_nhamcs_weights_are_the_counts_of_the_tallies(loaded):
    tallies = loaded("nhamcs_ed_2022", "nhamcs.csv", zone="America/New_York").tallies()
    shares = tallies.drop_nulls("denominator").group_by("metric").agg(pl.col("numerator", "denominator").sum())
    assert {row["metric"]: (row["numerator"], row["denominator"]) for row in shares.to_dicts()} == {
        "nhamcs_left_unseen_weighted": (500.0, 6750.5),
        "nhamcs_admitted_weighted": (2000.0, 6750.5),
        "nhamcs_seen_under_15_minutes_weighted": (3000.5, 6750.5),
    }
    waits = tallies.filter(pl.col("metric") == "nhamcs_wait_weighted").sort("bin_lower")
    assert waits.select("bin_lower", "bin_upper", "count").rows() == [(10, 10, 1000.5), (14, 14, 2000.0), (120, 120, 3000.0)]


def test_weights_that_are_not_whole_are_published(loaded):
    home = loaded("nhamcs_ed_2022", "nhamcs.csv", zone="America/New_York").home
    assert refresh(home, NOW).published
    found = observe(home, Slice("nhamcs_wait_weighted", "median", grain="year"))
    assert found["value"].to_list() == [14]  # of 6,000.5 weighted waits 1,000.5 are 10 minutes, 2,000 are 14, 3,000 are 120


def test_san_francisco_calls_are_cases_and_units_are_contacts(loaded):
    home = loaded("sf_fire", "sf_fire.csv", zone="America/Los_Angeles")
    cases = home.rows("cases", "case_id")
    calls = {key: (row["opened_at"], row["acknowledged_at"], row["resolved_at"]) for key, row in cases.items()}
    assert calls == {
        # received in 2016, on scene in 2017: local times, eight hours behind
        "sffd-163664050": (datetime(2017, 1, 1, 7, 57, 56), datetime(2017, 1, 1, 8, 4, 18), datetime(2017, 1, 1, 8, 24, 11)),
        "sffd-163664036": (datetime(2017, 1, 1, 7, 52, 1), datetime(2017, 1, 1, 8, 0, 32), datetime(2017, 1, 1, 9, 12, 11)),
        # nobody found it
        "sffd-163664005": (datetime(2017, 1, 1, 7, 46, 19), None, datetime(2017, 1, 1, 7, 56, 43)),
        # five units, two on scene at the same second
        "sffd-163663886": (datetime(2017, 1, 1, 7, 19, 19), datetime(2017, 1, 1, 7, 24, 40), datetime(2017, 1, 1, 8, 10, 30)),
    }
    units = home.rows("contacts", "contact_id")
    assert len(units) == 9
    assert sum(row["answered_at"] is None for row in units.values()) == 4
    assert {row["site_id"] for row in units.values()} <= {f"SFFD-B{n:02}" for n in range(1, 11)}


def test_a_time_that_cannot_be_read_is_rejected_with_its_words(tmp_path):
    broken = tmp_path / "sf_fire.csv"
    good = (SLICES / "sf_fire.csv").read_text(encoding="utf-8")
    broken.write_text(good.replace("12/31/2016 11:57:56 PM", "yesterday", 1), encoding="utf-8")
    home = Loaded(tmp_path / "home", "sf_fire", [str(broken)], "America/Los_Angeles")
    values = lake.rejects(home.home.lake).filter(pl.col("column") == "opened_at").collect()["value"]
    assert set(values) == {"yesterday"}
    assert len(home.rows("cases", "case_id")) == 3


def test_ae_returns_hold_those_within_four_hours(loaded):
    home = loaded("nhs_ae", "nhs_ae.csv")
    tallies = {row["tally_id"]: row for row in home.tallies().to_dicts()}
    september = tallies["nhs_ae:ae_within_4h:R1H:type_1:2018-09-01"]
    assert (september["numerator"], september["denominator"]) == (25934 - 5160, 25934)
    in_london = (datetime(2018, 8, 31, 23), datetime(2018, 9, 30, 23))  # summer time: an hour before midnight UTC
    assert (september["period_start"], september["period_end"]) == in_london
    assert len(tallies) == 23
    assert home.rejected() == ["numerator_within_denominator"]  # RTX, October 2018, type 2: 92 admitted of 74


def test_gp_days_hold_every_status_and_band_once(loaded):
    tallies = loaded("gp_appointments", "gp_table_2a.csv", "gp_table_2d.csv").tallies()
    days = tallies.group_by("metric").agg(pl.len(), pl.col("numerator", "denominator").sum())
    found = {row["metric"]: (row["len"], row["numerator"], row["denominator"]) for row in days.to_dicts()}
    total = 1141269 + 15534 + 20654
    assert found["gp_dna_of_all"] == (3, 43301 + 1194 + 2055, total)
    assert found["gp_dna_of_known"] == (3, 43301 + 1194 + 2055, total - (49263 + 4800 + 2792))
    assert found["gp_unknown_status"] == (3, 49263 + 4800 + 2792, total)
    assert found["gp_booked_unknown"] == (3, 320 + 59 + 7, total)
    assert sum(numerator for metric, (_, numerator, _) in found.items() if metric.startswith("gp_booked_")) == total


def test_gp_table_2a_alone_is_enough_for_the_statuses(loaded):
    tallies = loaded("gp_appointments", "gp_table_2a.csv").tallies()
    assert set(tallies["metric"]) == {"gp_attended", "gp_unknown_status", "gp_dna_of_all", "gp_dna_of_known"}


def test_rtt_bins_leave_out_the_row_of_totals(loaded):
    tallies = loaded("rtt", "rtt.csv").tallies()
    with (SLICES / "rtt.csv").open(encoding="utf-8", newline="") as file:
        known = {(row["provider_code"], row["tfc"]): float(row["completed_known"]) for row in csv.DictReader(file)}
    bins = tallies.drop_nulls("count").group_by("site_id", "service_id").agg(pl.col("count").sum())
    assert {(row["site_id"], row["service_id"]): row["count"] for row in bins.to_dicts()} == {
        place: count for place, count in known.items() if place[1] != "C_999"
    }
    assert set(tallies.filter(pl.col("site_id") == "NVC20")["metric"]) == {
        "rtt_completed_non_admitted_independent", "rtt_unknown_clock_start_independent",
    }  # fmt: skip
    plastics = tallies.filter((pl.col("site_id") == "RTG") & (pl.col("service_id") == "C_160")).drop_nulls("bin_lower")
    edges = plastics.sort("bin_lower").select("bin_lower", "bin_upper").rows()
    assert (edges[0], edges[-1]) == ((0, 1), (104, None))  # the last bin is open


def test_cfpb_complaints_sent_before_they_were_received_are_rejected(loaded):
    home = loaded("cfpb", "cfpb.csv", zone="America/New_York")
    cases = home.rows("cases", "case_id")
    assert len(cases) == 9
    assert home.rejected() == ["acknowledged_at_not_before_opened_at"] * 2
    assert cases["cfpb-511074"]["opened_at"] == datetime(2013, 8, 30, 4)  # midnight in New York
    assert cases["cfpb-511074"]["acknowledged_at"] == datetime(2013, 9, 3, 4)
    sums = home.tallies().group_by("metric").agg(pl.col("numerator", "denominator").sum())
    assert {row["metric"]: (row["numerator"], row["denominator"]) for row in sums.to_dicts()} == {
        "cfpb_timely_response": (10, 11), "cfpb_disputed": (6, 11),
    }  # fmt: skip


def test_fhir_encounters_keep_their_offsets_and_say_their_class(loaded):
    home = loaded("fhir_encounter", "fhir_Encounter.ndjson", "fhir_Patient.ndjson", zone="America/New_York")
    visits = {key.removeprefix("fhir:"): row for key, row in home.rows("visits", "visit_id").items()}
    services = {key[:8]: row["service_id"] for key, row in visits.items()}
    assert services == {
        "5bda154a": "emergency", "2a62112a": "emergency", "00d2903a": "urgent_care", "02431a0e": "inpatient", "72487535": "virtual",
        "229fb378": "home_health", "03f224ec": "ambulatory",
    }  # fmt: skip
    summer, winter = visits["72487535-4be7-58db-44f6-7780245494c2"], visits["03f224ec-f8fb-a3eb-d3e9-c718ac2f5f62"]
    assert summer["arrived_at"] == datetime(2020, 6, 12, 15, 46, 59)  # 11:46:59-04:00
    assert winter["arrived_at"] == datetime(2023, 1, 17, 15, 39, 25)  # 10:39:25-05:00
    assert summer["patient_key"] == winter["patient_key"]
    assert visits["5bda154a-78f1-25fd-b0d0-65038042a21b"]["disposition"] == "discharged"
    # an encounter of 1928 is before the first date that counts as a time
    assert set(home.rejected()) == {"arrived_at_is_a_time", "seen_at_is_a_time", "departed_at_is_a_time", "recorded_at_is_a_time"}


def test_fhir_patients_carry_their_strata_and_share_their_visits_key(loaded):
    home = loaded("fhir_encounter", "fhir_Encounter.ndjson", "fhir_Patient.ndjson", zone="America/New_York")
    patients = home.rows("patients", "patient_key")
    assert sorted((row["age_band"], row["language"], row["deceased"]) for row in patients.values()) == [
        ("0-17", "en", True),  # born 1960, died 1971
        ("50-64", "en", True),  # born 1927, died 1989
        ("65-79", "en", True),  # born 1927, died 1994
    ]
    assert set(patients) <= {row["patient_key"] for row in home.rows("visits", "visit_id").values()}


ACD = ("acd_cisco", "acd_avaya", "acd_amazon_connect", "acd_genesys")
COUNTED = {
    "acd_service_level": (70, 100), "acd_service_level_abandons_ignored": (70, 90), "acd_service_level_abandons_met": (80, 100),
    "acd_service_level_as_set": (70, 100), "acd_abandonment_rate": (10, 100),
}  # fmt: skip


@pytest.mark.parametrize("source", ACD)
def test_intervals_of_a_phone_system_are_counts_and_golden_vector_1(loaded, source):
    """70 answered in time, 10 abandoned in time, 20 later: 77.8, 70 or 80 %, in two half hours."""
    one = loaded(source, f"{source}.csv")
    refresh(one.home, NOW)
    known = set(one.tallies()["metric"]) & set(COUNTED)
    assert known == (
        {"acd_service_level_as_set", "acd_abandonment_rate"}
        if source == "acd_genesys"
        else {*COUNTED} - {"acd_service_level_as_set"}
    )
    for metric in known:
        figures = observe(one.home, Slice(metric, "share", grain="day")).to_dicts()
        (whole,) = [row for row in figures if row["site_id"] is None and row["service_id"] is None]
        assert (whole["numerator"], whole["denominator"]) == COUNTED[metric], metric
        assert whole["value"] == pytest.approx(COUNTED[metric][0] / COUNTED[metric][1])
        assert whole["lower"] < whole["value"] < whole["upper"]
    sums = {row["metric"]: row["count"] for row in one.tallies().group_by("metric").agg(pl.col("count").sum()).to_dicts()}
    assert sums["acd_answered"] == 90
    assert sums.get("acd_answer_wait_seconds") == (None if source == "acd_amazon_connect" else 2300)


def test_what_cms_prints_without_counts_is_kept_as_published_and_in_no_figure(loaded):
    one = loaded("cms_timely", "cms_timely.csv", zone="UTC")
    rows = one.tallies().select("metric", "site_id", "published", "published_value", "denominator", "count").rows()
    assert rows == [("cms_op_18b", "AK", "median", 144, None, None)], "'Not Available' is no value"


def test_hcahps_boxes(loaded):
    one = loaded("hcahps", "hcahps.csv", zone="UTC")
    boxes = {
        row["metric"]: round(row["published_value"], 9)
        for row in one.tallies().to_dicts()
        if row["metric"].startswith("hcahps_h_recmnd")
    }
    assert boxes == {"hcahps_h_recmnd_bottom": 0.06, "hcahps_h_recmnd_middle": 0.25, "hcahps_h_recmnd_top": 0.69}
