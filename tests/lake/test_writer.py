"""The lake as readers see it: months, order, versions, changes; one commit over several tables; nothing for nothing."""

from datetime import date, datetime, timedelta

import polars as pl
import pytest
from deltalake import DeltaTable

from metrics import lake
from metrics.errors import UserError
from metrics.events import TABLES
from metrics.lake import staging, writer
from metrics.lake.lock import only_writer
from tests.ingest.loading import new_home

NOW = datetime(2024, 6, 1)


def visits(*rows: tuple[str, str, datetime, int]) -> pl.DataFrame:
    """Visits of (id, site, arrival in UTC, the day in June it was recorded)."""
    return pl.DataFrame(
        [
            {
                "visit_id": key,
                "patient_key": f"p-{key}",
                "site_id": site,
                "arrived_at": at,
                "recorded_at": datetime(2024, 6, day),
                "source": "s",
            }
            for key, site, at, day in rows
        ],
        schema=TABLES["visits"].schema,
    )


def patients(*keys: str) -> pl.DataFrame:
    rows = [{"patient_key": key, "recorded_at": datetime(2024, 6, 1), "source": "s"} for key in keys]
    return pl.DataFrame(rows, schema=TABLES["patients"].schema)


def commit(home, **frames):
    with lake.writing(home, NOW) as open_lake:
        for table, frame in frames.items():
            open_lake.stage(table, frame)
        return open_lake.commit()


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path / "home")


def test_a_home_without_a_lake_has_an_empty_one(home):
    assert lake.head(home.lake) == lake.Head()
    assert lake.months(home.lake, "visits") == {}
    empty = lake.scan(home.lake, "visits").collect()
    assert (empty.height, empty.schema) == (0, {**TABLES["visits"].schema, "month": pl.String})
    assert lake.rejects(home.lake).collect().is_empty()
    assert lake.changes(home.lake, 0, 0).is_empty()


def test_a_month_is_the_sites_own(home):
    commit(
        home,
        visits=visits(
            ("1", "CEN", datetime(2024, 1, 31, 23, 30), 1),  # January in London
            ("2", "CEN", datetime(2024, 5, 31, 23, 30), 1),  # June in London: summer time
            ("3", "HAR", datetime(2024, 6, 1, 3, 30), 1),  # May in New York
            ("4", "NEW", datetime(2024, 6, 1, 3, 30), 1),  # a site not listed: the default zone
        ),
        patients=patients("p-1"),
    )
    rows = dict(lake.scan(home.lake, "visits").select("visit_id", "month").collect().rows())
    assert rows == {"1": "2024-01", "2": "2024-06", "3": "2024-05", "4": "2024-06"}
    assert lake.months(home.lake, "visits") == {"2024-01": 1, "2024-05": 1, "2024-06": 2}
    assert lake.months(home.lake, "patients") == {"all": 1}


def test_two_tables_come_into_force_together_and_the_past_stays_readable(home):
    commit(home, visits=visits(("1", "CEN", NOW, 1)), patients=patients("p-1"))
    before = lake.head(home.lake)
    outcomes = commit(home, visits=visits(("1", "CEN", NOW, 3), ("2", "CEN", NOW, 2)), patients=patients("p-2"))
    after = lake.head(home.lake)
    assert (before.sequence, after.sequence) == (1, 2)
    assert outcomes == {"visits": lake.Outcome(new=1, changed=1), "patients": lake.Outcome(new=1)}
    assert lake.scan(home.lake, "visits", before).select(pl.len()).collect().item() == 1
    assert lake.scan(home.lake, "visits").select(pl.len()).collect().item() == 2
    assert lake.months(home.lake, "patients", before) == {"all": 1}
    assert (after.as_of, after.committed_at, after.zones) == (datetime(2024, 6, 3), NOW, home.zones_fingerprint)


def test_nothing_new_leaves_the_lake_to_the_byte(home):
    commit(home, visits=visits(("1", "CEN", NOW, 2)))
    before = {path: path.read_bytes() for path in home.lake.rglob("*") if path.is_file()}
    assert commit(home, visits=visits(("1", "CEN", NOW, 2), ("1", "CEN", NOW, 1)))["visits"] == lake.Outcome(
        unchanged=1, superseded=1
    )
    assert {path: path.read_bytes() for path in home.lake.rglob("*") if path.is_file()} == before


def test_a_file_is_sorted_by_place_then_time_whatever_came_first(home):
    rows = [(str(n), "HAR" if n % 3 else "CEN", datetime(2024, 3, 10) + timedelta(hours=7 * n % 50), 1) for n in range(20)]
    commit(home, visits=visits(*rows))
    once = lake.scan(home.lake, "visits").collect()
    assert once.equals(once.sort("site_id", "service_id", "arrived_at", "visit_id"))
    commit(home, visits=visits(("x", "CEN", datetime(2024, 3, 9), 1)))
    more = lake.scan(home.lake, "visits").collect()
    assert more.equals(more.sort("site_id", "service_id", "arrived_at", "visit_id"))


def test_a_row_moves_with_its_anchor_and_changes_say_from_where_to_where(home):
    commit(home, visits=visits(("1", "CEN", datetime(2024, 1, 31, 12), 1), ("2", "CEN", datetime(2024, 2, 1), 1)))
    commit(home, visits=visits(("1", "CEN", datetime(2024, 3, 1, 12), 2), ("3", "HAR", datetime(2024, 3, 2, 2), 2)))
    assert lake.months(home.lake, "visits") == {"2024-02": 1, "2024-03": 2}
    assert lake.changes(home.lake, 1, 2).sort("key").rows() == [
        ("visits", "1", "p-1", "2024-03", "2024-01", date(2024, 3, 1), date(2024, 1, 31), "p-1"),
        ("visits", "3", "p-3", "2024-03", None, date(2024, 3, 1), None, None),
    ]
    assert lake.changes(home.lake, 2, 2).is_empty()
    assert lake.changes(home.lake, 0, 2) is None  # the first load is not kept
    assert lake.changes(home.lake, 2, 3) is None


def test_more_changes_than_are_worth_keeping_are_not_known(home, monkeypatch):
    monkeypatch.setattr("metrics.lake.committing.MOST_ROWS", 2)
    monkeypatch.setattr("metrics.lake.changed_rows.MOST_ROWS", 2)
    commit(home, visits=visits(("1", "CEN", NOW, 1)))
    commit(home, visits=visits(*((f"a{n}", "CEN", NOW, 1) for n in range(3))))
    assert lake.changes(home.lake, 1, 2) is None
    commit(home, visits=visits(("b", "CEN", NOW, 1), ("c", "CEN", NOW, 1)))
    assert lake.changes(home.lake, 2, 3).height == 2


def test_rows_that_do_not_fit_in_memory_wait_in_files(home, monkeypatch):
    monkeypatch.setattr(staging, "MEMORY_ROWS", 10)
    rows = [(f"{n % 30}", "CEN", datetime(2024, 1 + n % 3, 5), 1 + n // 30) for n in range(90)]
    with lake.writing(home, NOW) as open_lake:
        for start in range(0, 90, 7):
            open_lake.stage("visits", visits(*rows[start : start + 7]))
        assert list((home.lake / "staging" / "visits").glob("*.arrow"))
        outcome = open_lake.commit()["visits"]
    assert outcome == lake.Outcome(new=30, superseded=60)
    assert lake.scan(home.lake, "visits").select(pl.col("recorded_at").unique()).collect().rows() == [(datetime(2024, 6, 3),)]
    assert not (home.lake / "staging").exists()


def test_rows_of_many_keys_are_merged_in_groups_to_the_same_end(home, monkeypatch):
    rows = [(str(n), "CEN", datetime(2024, 1, 1) + timedelta(days=n), 1) for n in range(60)]
    commit(home, visits=visits(*rows))
    monkeypatch.setattr("metrics.lake.committing.BUCKET_ROWS", 7)
    newer = visits(*((key, site, at + timedelta(days=40), 1 + int(key) % 2) for key, site, at, _ in rows))
    assert commit(home, visits=newer)["visits"] == lake.Outcome(changed=60)  # a tie goes to the later arrival: greater content
    assert lake.scan(home.lake, "visits").collect().sort("visit_id").drop("month").equals(newer.sort("visit_id"))


def test_months_are_made_anew_when_a_sites_zone_changes(home, tmp_path):
    at = datetime(2024, 6, 1, 3, 30)
    commit(home, visits=visits(("1", "HAR", at, 1)), patients=patients("p"))
    assert not lake.refile(home, NOW)
    path = home.path / "sites.csv"
    path.write_text(path.read_text().replace("America/New_York", "Europe/London"), encoding="utf-8")
    moved = new_home_of(home.path)
    assert lake.refile(moved, NOW)
    assert lake.months(home.lake, "visits") == {"2024-06": 1}
    assert lake.changes(home.lake, 1, 2) is None
    assert lake.head(home.lake).zones == moved.zones_fingerprint
    assert not lake.refile(moved, NOW)


def new_home_of(path):
    from metrics.home import open_home

    return open_home(path)


def test_an_interrupted_block_changes_nothing(home):
    commit(home, visits=visits(("1", "CEN", NOW, 1)))
    before = (home.lake / "HEAD.json").read_bytes()
    with pytest.raises(ZeroDivisionError), lake.writing(home, NOW) as open_lake:
        open_lake.stage("visits", visits(("2", "CEN", NOW, 1)))
        raise ZeroDivisionError
    assert (home.lake / "HEAD.json").read_bytes() == before
    assert not (home.lake / "staging").exists()


def test_a_second_writer_waits_and_then_says_so(home):
    with only_writer(home.lake), pytest.raises(UserError, match="another process"), only_writer(home.lake, wait=0.2):
        pass
    with only_writer(home.lake, wait=0.0):
        pass


def test_what_a_dead_process_left_beyond_head_is_undone(home, monkeypatch):
    commit(home, visits=visits(("1", "CEN", NOW, 1)))

    def dies(path, new):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(writer, "write_head", dies)
        commit(home, visits=visits(("2", "CEN", NOW, 1)), patients=patients("p"))
    assert DeltaTable(home.lake / "visits").version() > lake.head(home.lake).versions["visits"]
    assert lake.scan(home.lake, "visits").select("visit_id").collect().rows() == [("1",)]
    commit(home, visits=visits(("3", "CEN", NOW, 1)))
    assert sorted(lake.scan(home.lake, "visits").collect()["visit_id"]) == ["1", "3"]
    assert lake.changes(home.lake, 1, 2)["key"].to_list() == ["3"]
    assert not (home.lake / "patients").exists()
    named = set(DeltaTable(home.lake / "visits").file_uris())
    newest = [str(file) for file in (home.lake / "visits").rglob("part-00000002-*.parquet")]
    assert set(newest) <= named


@pytest.mark.parametrize("content", ["", "{", "[]", '{"sequence": "x"}'])
def test_a_damaged_head_is_a_sentence(home, content):
    commit(home, visits=visits(("1", "CEN", NOW, 1)))
    (home.lake / "HEAD.json").write_text(content)
    with pytest.raises(UserError, match=r"HEAD\.json: it is damaged"):
        lake.head(home.lake)


def test_a_missing_head_beside_tables_is_not_taken_for_an_empty_lake(home):
    commit(home, visits=visits(("1", "CEN", NOW, 1)))
    (home.lake / "HEAD.json").unlink()
    with pytest.raises(UserError, match="is missing"):
        commit(home, visits=visits(("2", "CEN", NOW, 1)))
    assert list((home.lake / "visits").rglob("*.parquet"))


def test_a_table_whose_log_is_gone_is_a_sentence(home):
    commit(home, visits=visits(("1", "CEN", NOW, 1)))
    for log in (home.lake / "visits" / "_delta_log").iterdir():
        log.unlink()
    with pytest.raises(UserError, match="backup"):
        lake.scan(home.lake, "visits")
    with pytest.raises(UserError, match="backup"):
        commit(home, visits=visits(("2", "CEN", NOW, 1)))
