"""What is written: the same bytes for the same seed, every site and service, nothing known after now, no name."""

import csv
import hashlib
import json
import re
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from metrics.errors import UserError
from metrics.events import TABLES, rules_of
from metrics.simulate import SimulationReport, simulate
from metrics.simulate.places import BOOKED_SERVICES, HOSPITALS, PATIENT_SITES, PHONE_QUEUES, SITES
from metrics.simulate.simulation import SOURCES, UNTIL


def hash_of(report: SimulationReport) -> str:
    content = hashlib.sha256()
    for path in sorted(path for paths in report.files.values() for path in paths):
        content.update(path.relative_to(report.out).as_posix().encode() + path.read_bytes())
    return content.hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    one, again, other = (simulate(tmp_path / name, 0.01, seed, years=0.25) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert hash_of(one) == hash_of(again)
    assert (one.truth).read_bytes() == again.truth.read_bytes()
    assert hash_of(one) != hash_of(other)


def test_a_second_simulation_replaces_the_first(tmp_path: Path) -> None:
    simulate(tmp_path, 0.01, years=1)
    second = simulate(tmp_path, 0.01, years=0.25)
    assert sorted(tmp_path.rglob("*.csv")) == sorted(path for paths in second.files.values() for path in paths)


def test_the_report_counts_the_rows_in_the_files(small: SimulationReport) -> None:
    assert set(small.rows) == set(small.files) == set(SOURCES)
    for source, paths in small.files.items():
        assert sum(len(path.read_text().splitlines()) - 1 for path in paths) == small.rows[source]
    assert small.total_rows == sum(small.rows.values()) > 20_000
    assert f"{small.total_rows:,} rows" in small.sentence()


def test_progress_is_told_by_part_up_to_its_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    simulate(tmp_path, 0.01, years=0.25, progress=lambda *words: told.append(words))
    last = {what: (done, total) for what, done, total in told}
    assert len(last) > 3
    assert all(done == total for done, total in last.values())


def test_every_site_and_service_has_events_at_the_smallest_scale(small_events: duckdb.DuckDBPyConnection) -> None:
    booked = {(place.site_id, service) for place in PATIENT_SITES for service in BOOKED_SERVICES[place.kind]}
    expected = {
        "appointments": booked,
        "slots": booked,
        "visits": {(place.site_id, "emergency") for place in HOSPITALS},
        "contacts": {("HQC", service) for service in (*PHONE_QUEUES, "portal_messages")},
        "tallies": {("HQC", queue) for queue in PHONE_QUEUES},
        "cases": {(place.site_id, service) for place in PATIENT_SITES for service in ("patient_relations", "billing")},
        "referrals": {(place.site_id, service) for place in HOSPITALS for service in BOOKED_SERVICES["hospital"]},
        "surveys": booked | {(place.site_id, "emergency") for place in HOSPITALS},
    }
    for table, places in expected.items():
        found = set(small_events.execute(f"select distinct site_id, service_id from {table}").fetchall())
        assert found == places, table
    assert small_events.execute("select count(*) from patients").fetchone() == (1400,)


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_recorded_after_now(table: str, small_events: duckdb.DuckDBPyConnection) -> None:
    happened = [name for name in TABLES[table].instants if name not in ("scheduled_start", "start_at", "end_at")]
    for instant in happened:
        assert small_events.execute(f"select count(*) from {table} where {instant} > $now", {"now": UNTIL}).fetchone() == (0,), (
            instant
        )


def test_some_rows_are_wrong_and_few(provider: SimulationReport, small_events: duckdb.DuckDBPyConnection) -> None:
    rejected = {}
    for table in TABLES.values():
        broken = " or ".join(f"coalesce({rule.broken}, false)" for rule in rules_of(table) if rule.severity == "reject")
        bad, rows = small_events.execute(f"select count(*) filter (where {broken}), count(*) from {table.name}").fetchone() or (
            0,
            0,
        )
        rejected[table.name] = bad
        assert bad <= 0.005 * rows, table.name
    assert rejected["appointments"] > 0
    assert sum(rejected.values()) == rejected["appointments"] + rejected["visits"]


def test_some_rows_are_said_twice_and_the_later_one_is_newer(small_events: duckdb.DuckDBPyConnection) -> None:
    twice = small_events.execute("""
        select count(*), count(*) filter (where first_status = 'booked'), count(*) filter (where newest > oldest)
        from (select arg_min(status, recorded_at) as first_status, max(recorded_at) as newest, min(recorded_at) as oldest
              from appointments group by appointment_id having count(*) > 1)""").fetchone()
    assert twice is not None
    many, began_booked, differ = twice
    assert many > 0
    assert began_booked == many
    assert differ >= 0.9 * many  # a booking that has not changed since is said twice at one instant


def test_no_column_or_value_could_be_a_name(small: SimulationReport) -> None:
    """Patients are hospital numbers; text columns hold a few codes, or ids with digits in them."""
    for paths in small.files.values():
        with paths[0].open() as lines:
            rows = list(csv.DictReader(lines))
        for column in rows[0]:
            assert "NAME" not in column
            values = {row[column] for row in rows} - {""}
            wordy = {value for value in values if re.fullmatch(r"[A-Za-z' -]+", value)}
            assert len(wordy) <= 12, (paths[0].name, column)


def test_truth_lists_every_planted_change(small: SimulationReport) -> None:
    truth = json.loads(small.truth.read_text())
    assert {change["what"] for change in truth["changes"]} == {
        "slow_clinic", "short_staffed_line", "reminders_stopped", "worse_emergency", "dead_feed", "portal_team_grown",
    }  # fmt: skip
    for change in truth["changes"]:
        assert datetime.fromisoformat(change["from"]) < datetime.fromisoformat(change["to"])
        assert {"metric", "site_id", "service_id", "size", "unit", "cause", "expect"} <= set(change)


def test_a_change_before_the_window_is_not_claimed(tmp_path: Path) -> None:
    changes = json.loads(simulate(tmp_path, 0.01, until=date(2026, 11, 1), years=0.25).truth.read_text())["changes"]
    assert "short_staffed_line" not in {change["what"] for change in changes}
    assert min(change["from"] for change in changes) >= "2026-08-01"


def test_now_may_be_in_the_middle_of_a_working_day(tmp_path: Path) -> None:
    report = simulate(tmp_path, 0.05, until=datetime(2026, 10, 14, 10, 30), years=0.25)
    text = "".join(path.read_text() for path in report.files["ehr_appointments"])
    rows = list(csv.DictReader(text.splitlines()))
    assert any(row["STATUS"] == "6" and row["APPT_DTTM"].startswith("2026-10-14") for row in rows)  # here now, or seen just now
    assert max(row["LAST_UPDATE_UTC"] for row in rows if row["LAST_UPDATE_UTC"][:4].isdigit()) <= "2026-10-14 10:30"


def test_every_mistake_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("not ours")
    with pytest.raises(UserError) as error:
        simulate(tmp_path, scale=500, years=0.01)
    assert len(error.value.problems) == 3
    assert (tmp_path / "mine.txt").read_text() == "not ours"
    with pytest.raises(UserError, match="is a file"):
        simulate(tmp_path / "mine.txt", scale=0.01)


def test_the_default_home_lists_the_simulated_sites() -> None:
    listed = csv.DictReader((Path(__file__).parents[2] / "data" / "sites.csv").read_text().splitlines())
    assert [(row["site_id"], row["name"], row["time_zone"], row["region"], row["country"], row["calendar"]) for row in listed] == [
        (place.site_id, place.name, place.zone, place.region, place.country, place.kind) for place in SITES
    ]
