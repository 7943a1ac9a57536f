"""What a mapping file says, and every mistake in it at once."""

import pytest

from metrics.errors import UserError
from metrics.sources import find_mapping, load_mapping
from tests.ingest.loading import new_home


def written(tmp_path, text, name="clinic.sql"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(tmp_path, text):
    with pytest.raises(UserError) as caught:
        load_mapping(written(tmp_path, text))
    return caught.value.problems


def test_one_file_fills_several_tables_each_with_its_zone(tmp_path):
    mapping = load_mapping(
        written(
            tmp_path,
            "-- source: clinic_export\n-- time_zone: Europe/London\n-- files: stays = *stay*\n"
            "-- table: visits\nselect 1 as a from read_csv($stays);\n"
            "-- table: patients\n-- time_zone: UTC\n-- a remark\nselect 2 as b from read_csv($files)",
        )
    )
    assert mapping.name == "clinic_export"
    assert mapping.groups == {"stays": "*stay*"}
    assert {table: (select.time_zone, select.line) for table, select in mapping.selects.items()} == {
        "visits": ("Europe/London", 4),
        "patients": ("UTC", 6),
    }


def test_the_file_is_the_source_and_the_site_gives_the_zone_by_default(tmp_path):
    mapping = load_mapping(written(tmp_path, "-- table: visits\nselect 1 as a from read_csv($files)"))
    assert (mapping.name, mapping.selects["visits"].time_zone) == ("clinic", "site")


def test_all_mistakes_are_told_at_once(tmp_path):
    problems = problems_of(
        tmp_path,
        "-- source: Clinic Export\n-- time_zone: Europe/Londn\n-- files: stays\n"
        "-- table: visit\nselect 1; select 2\n-- table: patients\ncopy t to 'f'\n-- table: patients\nselect 1",
    )
    said = "\n".join(problems)
    parts = ("'Clinic Export'", "'Europe/Londn'", "NAME = PATTERN", "visits?", "2 statements", "two SELECTs", "patients is refused")
    for part in parts:
        assert part in said
    assert len(problems) == 7


def test_a_file_without_tables_and_a_file_that_is_no_text(tmp_path):
    assert "fills no table" in problems_of(tmp_path, "select 1")[0]
    (tmp_path / "bad.sql").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="cannot be read as UTF-8"):
        load_mapping(tmp_path / "bad.sql")
    with pytest.raises(UserError, match="cannot be read"):
        load_mapping(tmp_path / "absent.sql")


def test_a_home_has_its_own_sources_before_those_that_come_with_timely(tmp_path):
    home = new_home(tmp_path / "home")
    assert find_mapping(home, "cfpb").name == "cfpb"
    folder = home.queries / "sources"
    folder.mkdir(parents=True)
    (folder / "cfpb.sql").write_text("-- source: mine\n-- table: cases\nselect 1 as a from read_csv($files)", encoding="utf-8")
    assert find_mapping(home, "cfpb").name == "mine"
    with pytest.raises(UserError, match=r"Did you mean cfpb\?"):
        find_mapping(home, "cfbp")
