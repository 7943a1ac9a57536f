"""Publishing puts a whole, audited generation in force, or changes nothing."""

import json
import stat
from hashlib import sha256
from pathlib import Path

import duckdb
import polars as pl
import pytest

from metrics.errors import UserError
from metrics.warehouse import current, current_or_none, publish, publish_overlay, run_query
from metrics.warehouse.publishing import KEEP
from metrics.warehouse.schema import FIGURES, SMALL, store
from tests.warehouse.small import AS_OF, FACTS, build, manifest, overlay

COUNTS = """
    select
        (select count(*) from facts_visits) as visits,
        (select sum(rows) from freshness where table_name = 'visits') as said,
        (select sum(n) from observations
         where statistic = 'share' and grain = 'day' and site_id is null and service_id is null) as counted
"""


def files(home: Path) -> set[str]:
    return {path.name for path in (home / "warehouse").iterdir()}


def test_a_published_generation_is_in_force_read_only_and_described(tmp_path: Path) -> None:
    made = publish(tmp_path, build(40), manifest(7))
    assert current(tmp_path) == made
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o444
    said = json.loads(made.path.with_suffix(".json").read_text())
    assert said["sha256"] == sha256(made.path.read_bytes()).hexdigest()
    assert said["sequence"] == 7
    assert said["lake"] == {"visits": 7}
    assert said["rows"]["facts_visits"] == 40
    assert made.as_of == AS_OF
    assert made.name.endswith("-1")


def test_the_generation_says_which_it_is(tmp_path: Path) -> None:
    made = publish(tmp_path, build(5), manifest(3))
    row = run_query(made, "select name, built_as, base, as_of, sequence from generation").frame.row(0)
    assert row == (made.name, "full", None, AS_OF, 3)


def test_no_generation_yet_tells_to_refresh(tmp_path: Path) -> None:
    assert current_or_none(tmp_path) is None
    with pytest.raises(UserError, match="timely refresh"):
        current(tmp_path)


def test_a_builder_that_fails_leaves_the_previous_in_force_and_nothing_behind(tmp_path: Path) -> None:
    before = publish(tmp_path, build(5), manifest(1))
    were = files(tmp_path)

    def broken(connection: duckdb.DuckDBPyConnection) -> None:
        build(9)(connection)
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        publish(tmp_path, broken, manifest(2))
    assert current(tmp_path) == before
    assert files(tmp_path) == were


def test_a_generation_that_fails_its_audit_is_not_published(tmp_path: Path) -> None:
    before = publish(tmp_path, build(5), manifest(1))

    def wrong(connection: duckdb.DuckDBPyConnection) -> None:
        build(5)(connection)
        connection.execute("update parts.observations__own set value = 'nan'::double where statistic = 'share' and grain = 'year'")

    with pytest.raises(UserError, match="NaN"):
        publish(tmp_path, wrong, manifest(2))
    assert current(tmp_path) == before


def test_names_are_never_used_again(tmp_path: Path) -> None:
    names = [publish(tmp_path, build(3), manifest(1) | {"built_at": "2026-07-01T00:00:00"}).name for _ in range(6)]
    assert names == [f"20260701T000000-{number}" for number in range(1, 7)]


def test_only_the_last_few_generations_are_kept(tmp_path: Path) -> None:
    names = [publish(tmp_path, build(3), manifest(number)).name for number in range(KEEP + 2)]
    kept = {name.removesuffix(".duckdb") for name in files(tmp_path) if name.endswith(".duckdb")}
    assert kept == set(names[-KEEP:])


def test_the_base_of_a_kept_overlay_is_kept(tmp_path: Path) -> None:
    base = publish(tmp_path, build(10), manifest(1))
    made = base
    for size in range(11, 16):
        made = publish_overlay(tmp_path, made, overlay(size, size - 1), manifest(size))
    assert base.path.exists()
    assert made.base_path == base.path
    assert run_query(made, "select count(*) from facts_visits").frame.item() == 15


def test_a_base_that_nobody_needs_goes(tmp_path: Path) -> None:
    base = publish(tmp_path, build(10), manifest(1))
    publish_overlay(tmp_path, base, overlay(11, 10), manifest(2))
    for number in range(3, 3 + KEEP):
        publish(tmp_path, build(number), manifest(number))
    assert not base.path.exists()


def test_an_overlay_shows_what_a_full_generation_shows(tmp_path: Path) -> None:
    full = publish(tmp_path / "full", build(60), manifest(9))
    base = publish(tmp_path / "layered", build(30), manifest(1))
    once = publish_overlay(tmp_path / "layered", base, overlay(45, 30), manifest(2))
    twice = publish_overlay(tmp_path / "layered", once, overlay(60, 45), manifest(9))
    assert twice.manifest["kind"] == "overlay"
    for name in ["observations", "wait_bins", "facts_visits", *(set(SMALL) - {"generation"})]:
        whole, layered = (run_query(one, f"select * from {name} order by all").frame for one in (full, twice))
        if name == "freshness":  # this overlay brings visits alone, and its freshness speaks of all five tables
            whole, layered = whole.filter(table_name="visits"), layered.filter(table_name="visits")
        assert whole.equals(layered), name


def test_both_kinds_of_generation_list_the_same_tables(tmp_path: Path) -> None:
    full = publish(tmp_path, build(10), manifest(1))
    layered = publish_overlay(tmp_path, full, overlay(12, 10), manifest(2))
    expected = sorted([*FIGURES, *SMALL, *(f"facts_{name}" for name in FACTS)])
    for generation in (full, layered):
        assert run_query(generation, "show tables").frame["name"].to_list() == expected


def test_a_replaced_row_stands_once_with_its_new_words(tmp_path: Path) -> None:
    base = publish(tmp_path, build(10), manifest(1))

    def moved(over: object, _before: object) -> None:
        row = run_query(base, "select * from facts_visits where visit_id = 'v3'").frame.with_columns(site_id=pl.lit("NRT"))
        over.replace("facts_visits", pl.DataFrame({"key": ["v3"]}), [row])  # type: ignore[attr-defined]

    made = publish_overlay(tmp_path, base, moved, manifest(2))
    assert run_query(made, "select site_id, count(*) as n from facts_visits group by 1 order by 1").frame.rows() == [
        ("CEN", 9),
        ("NRT", 1),
    ]


def test_a_key_of_several_columns_with_an_instant_is_matched_as_polars_writes_it(tmp_path: Path) -> None:
    census = pl.DataFrame({"slot_id": ["s", "s"], "snapshot_at": [AS_OF, AS_OF.replace(microsecond=5)], "status": ["free", "free"]})

    def with_slots(connection: duckdb.DuckDBPyConnection) -> None:
        build(3)(connection)
        store(connection, "facts_slots", census)
        store(connection, "freshness", pl.DataFrame({"table_name": ["slots"], "source": ["ehr"], "rows": [2]}))

    base = publish(tmp_path, with_slots, manifest(1))

    def busy(over: object, _before: object) -> None:
        second = census.tail(1).with_columns(status=pl.lit("busy"))
        key = second.select(pl.concat_str(["slot_id", pl.col("snapshot_at").cast(pl.String)], separator="\x1f").alias("key"))
        over.replace("facts_slots", key, [second])  # type: ignore[attr-defined]

    made = publish_overlay(tmp_path, base, busy, manifest(2))
    assert run_query(made, "select status from facts_slots order by 1").frame["status"].to_list() == ["busy", "free"]


def test_patients_come_from_the_base_until_they_change_and_stay_changed(tmp_path: Path) -> None:
    base = publish(tmp_path, build(10), manifest(1))

    def older(over: object, _before: object) -> None:
        store(over.connection, "patients", pl.DataFrame({"patient_key": ["p0"], "age_band": ["0-17"]}))  # type: ignore[attr-defined]

    band = "select age_band from patients"
    unchanged = publish_overlay(tmp_path, base, overlay(11, 10), manifest(2))
    assert run_query(unchanged, band).frame.item() == "80+"
    changed = publish_overlay(tmp_path, unchanged, older, manifest(3))
    assert run_query(changed, band).frame.item() == "0-17"
    after = publish_overlay(tmp_path, changed, overlay(12, 11), manifest(4))
    assert run_query(after, band).frame.item() == "0-17"


def test_maturity_follows_the_clock_without_rewriting_a_row(tmp_path: Path) -> None:
    mature = "select count(*) from observations where not mature"
    early = publish(tmp_path, build(10), manifest(1, AS_OF.replace(month=3, day=3)))
    assert run_query(early, mature).frame.item() > 0
    late = publish_overlay(tmp_path, early, lambda over, before: None, manifest(2, AS_OF.replace(year=2027)))
    assert run_query(late, mature).frame.item() == 0
    assert late.manifest["rows"]["observations__own"] == 0


def test_an_overlay_may_not_add_rows_that_it_did_not_announce(tmp_path: Path) -> None:
    base = publish(tmp_path, build(10), manifest(1))

    def stray(over: object, _before: object) -> None:
        rows = run_query(base, "select * from wait_bins").frame
        over.replace("wait_bins", pl.DataFrame(), [rows])  # type: ignore[attr-defined]

    with pytest.raises(UserError, match="not among the replaced"):
        publish_overlay(tmp_path, base, stray, manifest(2))


def test_every_table_of_a_generation_agrees(tmp_path: Path) -> None:
    made = publish(tmp_path, build(33), manifest(1))
    assert run_query(made, COUNTS).frame.row(0) == (33, 33, 33)
