"""Running mappings over files of every kind: what comes out, how rows are traced, what is refused."""

import gzip
import json

import openpyxl
import polars as pl
import pytest

from metrics.errors import UserError
from metrics.sources import extraction, load_mapping

READ = "select id as visit_id, site as site_id, came as arrived_at, came as recorded_at from read_csv($files)"
SELECT = "select id as visit_id, site as site_id, came as arrived_at, came as recorded_at from {reader}"
ROWS = [{"id": "1", "site": "CEN", "came": "2024-01-01 10:00:00"}, {"id": "2", "site": "HAR", "came": "2024-01-02 11:00:00"}]
CSV = "id,site,came\n1,CEN,2024-01-01 10:00:00\n2,HAR,2024-01-02 11:00:00\n"


def opened(tmp_path, sql, *files, table="visits", head=""):
    path = tmp_path / "m.sql"
    path.write_text(f"-- source: m\n{head}-- table: {table}\n{sql}\n", encoding="utf-8")
    return extraction(load_mapping(path), table, tuple(files))


def rows_of(found):
    return pl.concat(found.chunks()).select("visit_id", "site_id", "arrived_at", "_row").rows()


def problems_of(tmp_path, sql, *files, **how):
    with pytest.raises(UserError) as caught:
        list(opened(tmp_path, sql, *files, **how).chunks())
    return "\n".join(caught.value.problems)


def text_file(tmp_path, text, name="f.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def a_file_of(kind, tmp_path):
    path = tmp_path / f"f.{kind}"
    if kind == "csv.gz":
        path.write_bytes(gzip.compress(CSV.encode()))
    elif kind == "csv":
        path.write_text(CSV, encoding="utf-8")
    elif kind == "parquet":
        pl.DataFrame(ROWS).write_parquet(path)
    elif kind == "json":
        path.write_text(json.dumps(ROWS), encoding="utf-8")
    elif kind == "ndjson":
        path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        sheet = book.create_sheet("Visits")
        for row in (["Visits of January"], [None], ["id", "site", "came"], *(list(row.values()) for row in ROWS)):
            sheet.append(row)
        book.save(path)
    return path


@pytest.mark.parametrize(
    ("kind", "reader", "first"),
    [
        ("csv", "read_csv($files)", 1),
        ("csv.gz", "read_csv($files, all_varchar = true)", 1),
        ("parquet", "read_parquet($files)", 1),
        ("json", "read_json($files)", 1),
        ("ndjson", "read_ndjson($files)", 1),
        ("xlsx", "read_xlsx($files, sheet = 'Visits', range = 'A3:C')", 4),
    ],
)
def test_every_kind_of_file_gives_the_same_rows_and_says_where_they_stand(tmp_path, kind, reader, first):
    found = opened(tmp_path, SELECT.format(reader=reader), a_file_of(kind, tmp_path))
    rows = rows_of(found)
    assert [(row[0], row[1], str(row[2])) for row in rows] == [
        ("1", "CEN", "2024-01-01 10:00:00"), ("2", "HAR", "2024-01-02 11:00:00"),
    ]  # fmt: skip
    assert found.traces
    assert [row[3] for row in rows] == [first, first + 1]


def test_an_id_that_looks_like_a_number_for_60_000_rows_stays_text(tmp_path):
    lines = [f"{number:07d},CEN,2024-01-01" for number in range(60_000)] + ["A1,CEN,2024-01-01"]
    found = opened(tmp_path, READ, text_file(tmp_path, "id,site,came\n" + "\n".join(lines)))
    ids = pl.concat(found.chunks())["visit_id"]
    assert (ids[0], ids[-1], len(ids)) == ("0000000", "A1", 60_001)


def test_a_json_id_that_is_a_number_for_60_000_objects_stays_readable(tmp_path):
    objects = [json.dumps({"id": number, "site": "CEN", "came": "2024-01-01"}) for number in range(60_000)]
    path = text_file(tmp_path, "\n".join([*objects, json.dumps({"id": "A1", "site": "CEN", "came": "2024-01-01"})]), "f.ndjson")
    ids = pl.concat(opened(tmp_path, SELECT.format(reader="read_json($files)"), path).chunks())["visit_id"]
    assert (ids[59_999].strip('"'), ids[-1].strip('"')) == ("59999", "A1")


def test_files_with_columns_in_another_order_are_read_by_name(tmp_path):
    one = text_file(tmp_path, CSV, "one.csv")
    two = text_file(tmp_path, "came;more;id;site\n2024-01-03;x;3;CEN\n", "two.csv")
    rows = rows_of(opened(tmp_path, READ, one, two))
    assert [(row[0], row[1], row[3]) for row in rows] == [("1", "CEN", 1), ("2", "HAR", 2), ("3", "CEN", 1)]


def test_named_groups_tell_files_apart(tmp_path):
    stays = text_file(tmp_path, "id,site\n1,CEN\n", "edstays.csv")
    times = text_file(tmp_path, "id,came\n1,2024-01-01\n", "times.csv")
    sql = SELECT.format(reader="read_csv($stays) join read_csv($times) using (id)")
    head = "-- files: stays = *stays*\n-- files: times = times*\n"
    assert rows_of(opened(tmp_path, sql, stays, times, head=head))[0][:2] == ("1", "CEN")
    assert "No file matches 'times*' ($times)" in problems_of(tmp_path, sql, stays, head=head)
    by_hand = sql.replace("$stays", "list_filter($files, lambda f: contains(f, 'edstays'))").replace("$times", "$files[2]")
    assert rows_of(opened(tmp_path, by_hand, stays, times))[0][:2] == ("1", "CEN")


def test_rows_that_cannot_be_followed_are_counted_in_the_result(tmp_path):
    columns = "id as visit_id, min(site) as site_id, min(came) as arrived_at, max(came) as recorded_at"
    sql = f"select {columns} from read_csv($files) group by id order by id"
    found = opened(tmp_path, sql, text_file(tmp_path, CSV))
    assert not found.traces
    assert [row[3] for row in rows_of(found)] == [1, 2]


def test_ragged_lines_are_told_apart_and_hold_no_value(tmp_path):
    path = text_file(tmp_path, 'id,site,came\n1,CEN,2024-01-01\n2,CEN\n3,CEN,2024-01-01,secret\n4,CEN,"2024-01-01\n')
    found = opened(tmp_path, READ, path)
    assert [row[0] for row in rows_of(found)] == ["1"]
    broken = found.unreadable()
    assert broken.select("record", "rule").rows() == [(3, "columns"), (4, "columns"), (5, "quotes")]
    assert not any("secret" in message for message in broken["message"])
    assert found.lines(path, [1], [3, 4, 5]).of_record == {3: 3, 4: 4, 5: 5}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (READ.replace("site as", "sight as"), "Did you mean site?"),
        (SELECT.format(reader="read_csv('/etc/passwd')"), "does not read the files given"),
        (SELECT.format(reader="read_csv($file)"), "Known: $files"),
        (SELECT.format(reader="read_csv(list_append($files, '/etc/passwd'))"), "/etc/passwd, which was not given"),
        (SELECT.format(reader="read_csv(list_filter($files, lambda f: false))"), "finds none of the files"),
        (SELECT.format(reader="read_xlsx($files)"), "not an Excel file"),
        (SELECT.format(reader="'/etc/passwd'"), "does not exist"),
        (READ.replace("came as recorded_at", "came as recorded"), "no column 'recorded'. Did you mean recorded_at?"),
        (READ.replace(", came as recorded_at", ""), "leaves out recorded_at"),
        (READ.replace("select", "select id as patient_key, 'x' as source,"), "name the patient's identifier patient_id"),
        (READ.replace("select", "select id as visit_id,"), "visit_id twice"),
        (READ.replace("id as", "cast(site as integer) as"), "try_cast"),
        (READ.replace("id as", "error('stop') as"), "stop"),
    ],
)
def test_a_mapping_that_does_not_fit_is_a_sentence(tmp_path, sql, said):
    assert said in problems_of(tmp_path, sql, text_file(tmp_path, CSV))


def test_a_value_in_a_failed_cast_is_hidden(tmp_path):
    said = problems_of(tmp_path, READ.replace("id as", "cast(site as integer) as"), text_file(tmp_path, CSV))
    assert "CEN" not in said
    assert "(hidden)" in said


@pytest.mark.parametrize(("name", "content"), [("f.parquet", b"PAR1 and then nothing"), ("f.ndjson", b'{"id": 1,}\n')])
def test_a_damaged_file_is_named(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    reader = "read_parquet($files)" if name.endswith("parquet") else "read_json($files)"
    assert name in problems_of(tmp_path, SELECT.format(reader=reader), path)


def test_excel_files_sheets_and_ranges_that_are_not_there(tmp_path):
    path = a_file_of("xlsx", tmp_path)
    assert "read_xlsx($files, sheet = 'NAME')" in problems_of(tmp_path, READ, path)
    assert "Did you mean Visits?" in problems_of(tmp_path, SELECT.format(reader="read_xlsx($files, sheet = 'Visit')"), path)
    assert "not a range" in problems_of(tmp_path, SELECT.format(reader="read_xlsx($files, range = '3')"), path)
    assert "no option 'sheets'. Did you mean sheet?" in problems_of(
        tmp_path, SELECT.format(reader="read_xlsx($files, sheets = 'Visits')").replace("'Visits'", "'V'"), path
    ).replace(" here", "")
    (tmp_path / "bad.xlsx").write_text("no")
    assert "bad.xlsx: it cannot be read as an Excel file" in problems_of(
        tmp_path, SELECT.format(reader="read_xlsx($files)"), tmp_path / "bad.xlsx"
    )
