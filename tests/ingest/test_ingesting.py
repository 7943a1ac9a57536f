"""Raw rows into the lake: what is accepted, what is rejected with its line, and that no identifier is written anywhere."""

import json
from datetime import datetime

import polars as pl
import pytest

from metrics import lake
from metrics.errors import UserError
from metrics.home import open_home
from metrics.ingest import ingest
from metrics.ingest.report import TableReport
from metrics.sources import load_mapping
from tests.ingest.loading import Door, csv_file, rejects_of, visits_mapping, visits_of

ONE = "1,P-secret-1,CEN,2024-01-05 10:00,2024-01-05 11:00,2024-01-06"
TWO = "2,P-secret-2,HAR,2024-01-05 10:00,,2024-01-06"


@pytest.fixture
def door(tmp_path):
    return Door(tmp_path)


def test_rows_become_events(door):
    report = door.take(ONE, TWO)
    assert report.tables["visits"] == TableReport(read=2, new=2)
    rows = visits_of(door.home)
    assert rows["visit_id"].to_list() == ["1", "2"]
    assert rows["arrived_at"].to_list() == [datetime(2024, 1, 5, 10)] * 2
    assert rows["seen_at"].to_list() == [datetime(2024, 1, 5, 11), None]
    assert rows["source"].to_list() == ["front_door"] * 2
    assert rows["acuity"].to_list() == [None, None]
    assert rows["patient_key"].str.len_chars().to_list() == [32, 32]
    assert lake.head(door.home.lake).as_of == datetime(2024, 1, 6)


def test_every_row_read_is_accounted_for(door):
    report = door.take(
        ONE, ONE, ONE.replace("2024-01-06", "2024-01-07"), TWO,
        "3,P,CEN,never,,2024-01-06", "4,P,CEN,2024-01-05 10:00,2024-01-05 09:00,2024-01-06", "5,P",
    )  # fmt: skip
    visits = report.tables["visits"]
    assert visits == TableReport(
        read=7, new=2, superseded=2, rejected=3, rejected_by={"type": 1, "seen_at_not_before_arrived_at": 1, "columns": 1}
    )
    assert (report.read, report.accepted, report.rejected) == (7, 2, 3)
    assert rejects_of(door.home) == [
        (6, "type", "arrived_at", "never"),
        (7, "seen_at_not_before_arrived_at", "seen_at", "2024-01-05T09:00:00Z"),
        (8, "columns", "site", None),
    ]
    again = json.loads(json.dumps(report.to_dict()))
    assert again["tables"]["visits"]["rejected_by"] == {"type": 1, "seen_at_not_before_arrived_at": 1, "columns": 1}
    assert again["accepted"] == again["tables"]["visits"]["accepted"] == 2
    for part in ("7 rows read", "2 new", "2 superseded", "3 rejected", "rejected by type: 1"):
        assert part in report.sentence()


def test_a_reject_knows_its_file_and_its_line_below_quoted_line_ends(door):
    first = csv_file(door.folder, ONE, name="first.csv")
    second = csv_file(
        door.folder, '2,"P\nover\nthree lines",CEN,2024-01-05,,2024-01-06', "", "3,P,CEN,soon,,2024-01-06", name="second.csv"
    )
    door.take_file(first, second)
    found = lake.rejects(door.home.lake).select("source", "table", "file", "line", "rule", "severity", "column", "value").collect()
    assert found.rows() == [("front_door", "visits", "second.csv", 6, "type", "reject", "arrived_at", "soon")]


def test_the_same_file_twice_changes_nothing(door):
    path = csv_file(door.folder, ONE, TWO, "3,P,CEN,never,,2024-01-06")
    door.take_file(path)
    before = {file: file.read_bytes() for file in door.home.lake.rglob("*") if file.is_file()}
    report = door.take_file(path)
    assert report.tables["visits"] == TableReport(read=3, unchanged=2, rejected=1, rejected_by={"type": 1})
    assert {file: file.read_bytes() for file in door.home.lake.rglob("*") if file.is_file()} == before


def test_the_rejects_of_a_file_go_when_the_mapping_is_mended(door):
    path = csv_file(door.folder, "1,P,XXX,2024-01-05,,2024-01-06", name="a.csv")
    door.take_file(path)
    door.take_file(csv_file(door.folder, "2,P,CEN,never,,2024-01-06", name="b.csv"))
    assert [row[1] for row in rejects_of(door.home)] == ["site_known", "type"]
    door.mapping = visits_mapping(door.folder, "UTC", door.mapping.path.read_text().replace("site as", "'CEN' as"))
    assert door.take_file(path).accepted == 1
    assert [row[1] for row in rejects_of(door.home)] == ["type"]


def test_the_newest_statement_of_a_row_wins_in_any_order(door):
    newer, older = ONE.replace("2024-01-06", "2024-02-01"), ONE.replace("11:00", "10:30")
    door.take(newer)
    report = door.take(older)
    assert report.tables["visits"] == TableReport(read=1, superseded=1)
    assert visits_of(door.home)["seen_at"].to_list() == [datetime(2024, 1, 5, 11)]


def test_an_unknown_site_is_rejected_or_warned_of(tmp_path):
    row = "1,P,X'Y,2024-07-05 10:00,,2024-07-06"
    strict = Door(tmp_path / "strict")
    assert strict.take(row).tables["visits"].rejected_by == {"site_known": 1}
    assert rejects_of(strict.home) == [(2, "site_known", "site_id", "X'Y")]
    lenient = Door(tmp_path / "lenient", zone="site", settings='unknown_site = "warn"\ndefault_time_zone = "America/New_York"\n')
    report = lenient.take(row).tables["visits"]
    assert (report.new, report.rejected, report.warned_by) == (1, 0, {"site_known": 1})
    assert visits_of(lenient.home)["arrived_at"].to_list() == [datetime(2024, 7, 5, 14)]
    assert lake.rejects(lenient.home.lake).select("line", "severity").collect().rows() == [(2, "warn")]


def test_local_times_are_read_on_each_sites_clock(tmp_path):
    door = Door(tmp_path, zone="site")
    door.take("1,P,CEN,2024-07-05 10:00,,2024-07-06T00:00:00Z", "2,P,HAR,2024-07-05 10:00,2024-07-05T10:30:00-04:00,2024-07-06")
    rows = visits_of(door.home)
    assert rows["arrived_at"].to_list() == [datetime(2024, 7, 5, 9), datetime(2024, 7, 5, 14)]
    assert rows["seen_at"].to_list() == [None, datetime(2024, 7, 5, 14, 30)]
    assert rows["recorded_at"].to_list() == [datetime(2024, 7, 6), datetime(2024, 7, 6, 4)]


def test_a_time_that_no_clock_showed_is_kept_and_warned_of(tmp_path):
    door = Door(tmp_path, zone="site")
    taken = door.take("1,P,CEN,2024-03-31 00:30,2024-03-31 01:30,2024-04-01", "2,P,HAR,2024-03-31 01:30,,2024-04-01")
    report = taken.tables["visits"]
    assert (report.new, report.rejected, report.warned_by) == (2, 0, {"seen_at_on_a_clock": 1})
    assert visits_of(door.home)["seen_at"].to_list() == [datetime(2024, 3, 31, 1, 30), None]
    told = lake.rejects(door.home.lake).select("line", "rule", "severity", "column", "value").collect()
    assert told.rows() == [(2, "seen_at_on_a_clock", "warn", "seen_at", "2024-03-31T01:30:00Z")]


def test_no_identifier_is_written_anywhere(door):
    door.take(ONE, TWO, "3,P-secret-3,CEN,never,,2024-01-06", "4,P-secret-4", "5,P-secret-5,CEN,2024-01-05,2024-01-04,2024-01-06,x")
    with pytest.raises(UserError) as caught:
        mapping = visits_mapping(
            door.folder, "UTC", door.mapping.path.read_text().replace("id as visit_id", "cast(mrn as int) as visit_id")
        )
        ingest(door.home, mapping, [csv_file(door.folder, ONE)])
    assert "secret" not in str(caught.value)
    written = [file for file in door.home.path.rglob("*") if file.is_file()]
    assert len(written) > 5
    assert not [file for file in written if b"secret" in file.read_bytes()]
    texts = [frame.cast(pl.String) for frame in (lake.rejects(door.home.lake).collect(), visits_of(door.home))]
    assert not any("secret" in value for frame in texts for column in frame for value in column.drop_nulls())


def test_one_patient_has_one_key_in_every_table(door):
    (door.folder / "two.sql").write_text(
        "-- source: two\n-- time_zone: UTC\n-- table: visits\n"
        "select id as visit_id, mrn as patient_id, 'CEN' as site_id, arrived as arrived_at, said as recorded_at\n"
        "from read_csv($files)\n"
        "-- table: patients\nselect distinct mrn as patient_id, '80+' as age_band, said as recorded_at from read_csv($files)\n"
    )
    report = ingest(door.home, load_mapping(door.folder / "two.sql"), [csv_file(door.folder, ONE, TWO, ONE.replace("1,", "3,", 1))])
    assert {name: table.new for name, table in report.tables.items()} == {"visits": 3, "patients": 2}
    visits, patients = visits_of(door.home), lake.scan(door.home.lake, "patients").collect()
    assert set(visits["patient_key"]) == set(patients["patient_key"])
    assert lake.head(door.home.lake).sequence == 1


def test_progress_is_told_by_table_and_rows(door):
    said = []
    ingest(door.home, door.mapping, [csv_file(door.folder, ONE, TWO)], progress=lambda *words: said.append(words))
    assert said == [("reading visits", 2, None), ("writing visits", 2, None)]


def test_a_file_with_a_header_only_is_read_as_no_rows(door):
    report = door.take()
    assert report.tables["visits"] == TableReport()
    assert lake.head(door.home.lake).sequence == 0


def test_months_move_when_a_sites_zone_is_corrected_before_the_next_ingest(door):
    door.take("1,P,HAR,2024-06-01 02:00,,2024-06-02")
    assert lake.months(door.home.lake, "visits") == {"2024-05": 1}
    path = door.home.path / "sites.csv"
    path.write_text(path.read_text().replace("America/New_York", "Europe/London"), encoding="utf-8")
    door.home = open_home(door.home.path)
    door.take("2,P,HAR,2024-06-01 02:00,,2024-06-02")
    assert lake.months(door.home.lake, "visits") == {"2024-06": 2}
