"""Bad input: each is a sentence or a reject with its line; never a traceback, and nothing is half written."""

import gzip

import openpyxl
import polars as pl
import pytest

from metrics.errors import UserError
from metrics.ingest import ingest
from metrics.sources import load_mapping
from tests.ingest.loading import HEADER, Door, rejects_of, visits_of

GOOD = "1,P1,CEN,2024-01-05 10:00,,2024-01-06"
TWO = "2,P2,CEN,2024-01-05 10:00,,2024-01-06"


@pytest.fixture
def door(tmp_path):
    door = Door(tmp_path)
    door.take("0,P0,CEN,2024-01-01 10:00,,2024-01-02")
    return door


def given(door: Door, content: bytes, name: str = "in.csv"):
    path = door.folder / name
    path.write_bytes(content)
    return path


def lake_bytes(door: Door) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in door.home.lake.rglob("*") if file.is_file()}


def refusal(door: Door, *files, mapping=None) -> str:
    """The sentences of a refused ingest, which must leave the lake as it was."""
    before = lake_bytes(door)
    with pytest.raises(UserError) as caught:
        ingest(door.home, mapping or door.mapping, files)
    assert lake_bytes(door) == before
    for problem in caught.value.problems:
        assert "Traceback" not in problem
        assert "\n" not in problem
    return "\n".join(caught.value.problems)


def mapping_of(door: Door, sql: str, name: str = "other.sql"):
    path = door.folder / name
    path.write_text(f"-- source: other\n-- table: visits\n-- time_zone: UTC\n{sql}\n", encoding="utf-8")
    return load_mapping(path)


def body(*lines: str) -> str:
    return "\n".join([HEADER, *lines]) + "\n"


# Files that cannot be read at all


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "in.csv", "the file is empty"),
        (b"\n\n", "in.csv", "the file is empty"),
        (body(GOOD).replace("mrn", "mré").encode("latin-1"), "in.csv", "encoding = 'latin-1'"),
        (body(GOOD).replace("site", "id").encode(), "in.csv", "'id' 2 times (columns 1, 3)"),
        (body(GOOD).replace("arrived", "arived").encode(), "in.csv", "Did you mean arived?"),
        (body(GOOD).encode().replace(b"site", b"si\x00te"), "in.csv", "null bytes"),
        (b"\x00" * 1000, "in.csv", "null bytes"),
        (b"\x1f\x8bnot gzip", "in.csv.gz", "cannot be read"),
        (gzip.compress(body(GOOD).encode(), mtime=0)[:-12], "in.csv.gz", "cannot be read"),
        (body(GOOD).encode() + TWO.encode() + b"\r\n" + GOOD.encode() + b"\n", "in.csv", "mixes line ends"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(door, content, name, said):
    assert said in refusal(door, given(door, content, name))


def test_files_that_are_not_there_are_all_named(door):
    said = refusal(door, door.folder / "absent.csv", door.folder, given(door, b"x", "a[1].csv"), given(door, b"", "empty.csv"))
    for part in ("absent.csv: there is no such file", "it is not a file", "Rename it", "empty.csv: the file is empty"):
        assert part in said
    assert "No file was given" in refusal(door)


def test_one_bad_file_among_good_ones_stops_all_of_them(door):
    good, bad = given(door, body(GOOD).encode(), "good.csv"), given(door, body(GOOD).replace("said", "sait").encode(), "bad.csv")
    refusal(door, bad, given(door, b"\x00", "worse.csv"), good)
    assert "does not fit" in refusal(door, bad)


def test_truncated_and_mistaken_parquet(door):
    mapping = mapping_of(
        door,
        "select id as visit_id, site as site_id, arrived as arrived_at, said as recorded_at from read_parquet($files)",
    )
    whole = door.folder / "whole.parquet"
    frame = pl.DataFrame([GOOD.split(",")] * 5000, schema=HEADER.split(","), orient="row")
    frame.with_columns(id=pl.int_range(5000).cast(pl.String)).write_parquet(whole)
    for size in (10, 1000, whole.stat().st_size - 5):
        assert "cut.parquet" in refusal(door, given(door, whole.read_bytes()[:size], "cut.parquet"), mapping=mapping)
    damaged = bytearray(whole.read_bytes())
    damaged[200:400] = b"\xff" * 200
    assert refusal(door, given(door, bytes(damaged), "hurt.parquet"), mapping=mapping)
    assert "hurt.parquet" in refusal(door, given(door, body(GOOD).encode(), "hurt.parquet"), mapping=mapping)


def test_excel_that_is_none(door):
    mapping = mapping_of(
        door, "select id as visit_id, site as site_id, arrived as arrived_at, said as recorded_at from read_xlsx($files)"
    )
    assert "cannot be read as an Excel file" in refusal(door, given(door, b"PK\x03\x04", "in.xlsx"), mapping=mapping)
    book = openpyxl.Workbook()
    book.save(door.folder / "empty.xlsx")
    assert refusal(door, door.folder / "empty.xlsx", mapping=mapping)


# Lines that cannot be read, beside good ones that are


@pytest.mark.parametrize(
    ("bad", "reject"),
    [
        ("3,P", (3, "columns", "site", None)),
        ("3,P,CEN,2024-01-05,,2024-01-06,more,and more", (3, "columns", None, None)),
        ('3,P,CEN,2024-01-05,,"2024-01-06', (3, "quotes", "said", None)),
        ("3,P,CEN,5368709120,,2024-01-06", (3, "type", "arrived_at", "5368709120")),
        (f"3,P,CEN,{'9' * 300},,2024-01-06", (3, "type", "arrived_at", "9" * 300)),
        ("3,P,CEN,2024-01-05 10:00:00x,,2024-01-06", (3, "type", "arrived_at", "2024-01-05 10:00:00x")),
        ("3,P,CEN,9999-12-31,,2024-01-06", (3, "arrived_at_is_a_time", "arrived_at", "9999-12-31T00:00:00Z")),
        ("3,P,CEN,1900-01-01,,2024-01-06", (3, "arrived_at_is_a_time", "arrived_at", "1900-01-01T00:00:00Z")),
        ("3,P,CEN,,,2024-01-06", (3, "arrived_at_present", "arrived_at", None)),
        (",P,CEN,2024-01-05,,2024-01-06", (3, "visit_id_present", "visit_id", None)),
        ("3,P,NOWHERE,2024-01-05,,2024-01-06", (3, "site_known", "site_id", "NOWHERE")),
        ("3\x00,P,CEN,2024-01-05,,2024-01-06", (3, "type", "visit_id", "3\x00")),
    ],
)
def test_a_bad_line_is_a_reject_and_the_good_ones_are_kept(door, bad, reject):
    report = door.take_file(given(door, body(GOOD, bad).encode()))
    assert (report.accepted, report.rejected) == (1, 1)
    assert rejects_of(door.home) == [reject]


def test_bytes_of_another_encoding_are_a_reject_of_their_line(door):
    content = body(GOOD, "3,P,CÉN,2024-01-05,,2024-01-06", TWO)
    report = door.take_file(given(door, content.encode("latin-1")))
    assert (report.accepted, report.rejected) == (2, 1)
    assert [row[:3] for row in rejects_of(door.home)] == [(3, "encoding", "site")]


def test_a_line_longer_than_any_real_one(door):
    report = door.take_file(given(door, body(GOOD, f"3,P,CEN,{'9' * 3_000_000},,2024-01-06", TWO).encode()))
    assert (report.accepted, report.rejected) == (2, 1)
    assert [row[:2] for row in rejects_of(door.home)] == [(3, "line_length")]


def test_a_byte_order_mark_and_other_line_ends_are_no_trouble(door):
    report = door.take_file(given(door, b"\xef\xbb\xbf" + body(GOOD, TWO).replace("\n", "\r\n").encode()))
    assert (report.accepted, report.rejected) == (2, 0)


def test_utf_16_is_read_when_its_mark_says_so(door):
    report = door.take_file(given(door, body(GOOD, "2,Pé,CEN,later,,2024-01-06").encode("utf-16")))
    assert (report.accepted, report.rejected) == (1, 1)
    assert rejects_of(door.home) == [(3, "type", "arrived_at", "later")]


def test_an_id_column_that_looks_like_whole_numbers_until_row_60_000(door):
    lines = [f"{number:06d},P,CEN,2024-01-05 10:00,,2024-01-06" for number in range(60_000)]
    report = door.take_file(given(door, body(*lines, "A-17,P,CEN,2024-01-05 10:00,,2024-01-06", "7,P,CEN,x,,2024-01-06").encode()))
    assert (report.accepted, report.rejected) == (60_001, 1)
    assert visits_of(door.home)["visit_id"].to_list()[-1] == "A-17"
    assert "000007" in set(visits_of(door.home)["visit_id"])
    assert rejects_of(door.home) == [(60_003, "type", "arrived_at", "x")]


def test_a_file_of_nothing_but_rejects_leaves_the_events_alone(door):
    before = visits_of(door.home)
    report = door.take_file(given(door, body("1,P", "2,P", "3,P,CEN,x,,y").encode()))
    assert (report.accepted, report.rejected) == (0, 3)
    assert visits_of(door.home).equals(before)


def test_words_that_could_be_sql_or_a_path_are_only_words(door):
    words = ["'; drop table visits; --", "../../etc/passwd", "$files", '"', "\\", "a/b", "-- table: x", "\u200b", "𝟙"]
    lines = [f'"{word.replace(chr(34), chr(34) * 2)}",P,CEN,2024-01-05 10:00,,2024-01-06' for word in words]
    report = door.take_file(given(door, body(*lines).encode()))
    assert report.accepted == len(words)
    assert set(words) <= set(visits_of(door.home)["visit_id"])
    unknown = [line.replace("CEN", '"\'); select 1 --"') for line in lines[:1]]
    assert door.take_file(given(door, body(*unknown).encode(), "more.csv")).tables["visits"].rejected_by == {"site_known": 1}


# Mappings that do more than read, or read what was not given


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select 1 as a; select 2", "2 statements"),
        ("copy (select 1) to 'out.csv'", "only a single SELECT"),
        ("with x as (copy (select 1) to 'out.csv') select * from read_csv($files)", "COPY is not allowed"),
        ("with x as (insert into t values (1) returning *) select * from x", "INSERT is not allowed"),
        ("attach 'lake.db'", "only a single SELECT"),
        ("select * from query('copy (select 1) to ''out.csv''')", "query() is not allowed"),
        ("select * from read_text($files)", "read_text() is not allowed"),
        ("select * from glob('*')", "glob() is not allowed"),
        ("pivot read_csv($files) on site", "PIVOT"),
    ],
)
def test_a_mapping_that_does_more_than_read_is_refused_before_anything_runs(door, sql, said):
    with pytest.raises(UserError) as caught:
        mapping_of(door, sql)
    assert said in str(caught.value)
    assert not (door.folder / "out.csv").exists()


def test_a_mapping_cannot_read_what_was_not_given(door):
    secret = given(door, body(GOOD).encode(), "secret.csv")
    file = given(door, body(TWO).encode())
    columns = "id as visit_id, site as site_id, arrived as arrived_at, said as recorded_at"
    for source in (
        f"read_csv('{secret}')",
        f"'{secret}'",
        f"read_csv(list_append($files, '{secret}'))",
        f"read_csv(['{file}', '{secret}'])",
    ):
        refusal(door, file, mapping=mapping_of(door, f"select {columns} from {source}"))


def test_a_key_that_others_can_read_stops_the_ingest(door):
    (door.home.path / "key").chmod(0o644)
    assert "chmod 600" in refusal(door, given(door, body(GOOD).encode()))
