"""Order of arrival does not matter; the same file twice changes nothing; ties of recorded_at have one winner."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import lake
from tests.ingest.loading import Door, rejects_of, visits_of

# Few values, so that keys meet, times tie and months change. A time without a clock is rejected.
ROWS = st.tuples(
    st.sampled_from(["a", "b", "c", "d"]),
    st.sampled_from(["p1", "p2", ""]),
    st.sampled_from(["CEN", "HAR", "NEW"]),
    st.sampled_from(["2024-01-31 23:30", "2024-03-31 01:30", "2024-10-27 01:30", "2024-11-01T03:00:00Z", "never"]),
    st.sampled_from(["", "2024-12-31 12:00", "2023-01-01"]),
    st.sampled_from(["2025-01-01", "2025-01-02", "2025-01-03"]),
).map(",".join)
FILES = st.lists(st.lists(ROWS, min_size=1, max_size=6), min_size=1, max_size=4)
SLOW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def taken_in(folder: Path, files: list[list[str]]) -> Door:
    door = Door(folder, zone="site")
    for lines in files:
        door.take(*lines)
    return door


@SLOW
@given(data=st.data(), files=FILES)
def test_order_of_arrival_does_not_matter(data, files):
    shuffled = [data.draw(st.permutations(lines)) for lines in data.draw(st.permutations(files))]
    at_once = [[line for lines in files for line in lines]]
    with tempfile.TemporaryDirectory() as folder:
        doors = [taken_in(Path(folder) / str(place), given) for place, given in enumerate((files, shuffled, at_once))]
        states = [visits_of(door.home) for door in doors]
        assert states[0].equals(states[1])
        assert states[0].equals(states[2])
        assert len({lake.head(door.home.lake).as_of for door in doors}) == 1


@SLOW
@given(files=FILES)
def test_the_same_files_again_change_nothing(files):
    with tempfile.TemporaryDirectory() as folder:
        door = taken_in(Path(folder), files)
        rows, rejects, head = visits_of(door.home), rejects_of(door.home), door.head() if any_commit(door) else b""
        paths = [door.folder / f"visits_{place}.csv" for place in range(1, len(files) + 1)]
        for path in paths:
            assert door.take_file(path).accepted == 0
        assert visits_of(door.home).equals(rows)
        assert rejects_of(door.home) == rejects
        assert (door.head() if any_commit(door) else b"") == head


def any_commit(door: Door) -> bool:
    return (door.home.lake / "HEAD.json").exists()


@SLOW
@given(files=FILES)
def test_every_row_is_accounted_for_and_changes_tell_the_difference(files):
    with tempfile.TemporaryDirectory() as folder:
        door = Door(Path(folder), zone="site")
        known: dict[str, tuple[object, ...]] = {}
        for lines in files:
            since = lake.head(door.home.lake).sequence
            table = door.take(*lines).tables["visits"]
            assert table.read == len(lines) == table.accepted + table.unchanged + table.superseded + table.rejected
            now = {row[0]: row for row in visits_of(door.home).rows()}
            found = lake.changes(door.home.lake, since, lake.head(door.home.lake).sequence)
            differs = {key for key, row in now.items() if known.get(key) != row}
            assert len(now) - len(known) == table.new
            if since:
                assert found is not None
                assert set(found["key"]) == differs
                assert found["old_month"].null_count() == table.new
            known = now
