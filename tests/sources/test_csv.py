"""The shape of a CSV file by its header, and the line of each row."""

import codecs
import gzip

import pytest

from metrics.errors import UserError
from metrics.sources.csv_lines import BLOCK_CHARACTERS, Layout, lines_of
from metrics.sources.csv_shape import csv_shape


def shape_of(tmp_path, content, name="f.csv", **how):
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    given = {"delimiter": None, "quote": '"', "encoding": None, "skip": 0, "header": True} | how
    return csv_shape(path, **given)


@pytest.mark.parametrize(
    ("content", "how", "delimiter", "encoding", "columns"),
    [
        (b"a,b;c,d\n1,2,3\n", {}, ",", "utf-8", ("a", "b;c", "d")),
        (b"a;b\n1,5;2\n", {}, ";", "utf-8", ("a", "b")),
        (b'"a b"\t"c,""d"\n', {}, "\t", "utf-8", ("a b", 'c,"d')),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n", {}, ",", "utf-8", ("a", "b")),
        ("a,é\n".encode("utf-16"), {}, ",", "utf-16", ("a", "é")),
        ("a,é\n".encode("latin-1"), {"encoding": "latin-1"}, ",", "latin-1", ("a", "é")),
        (b"Report of June\n\na|b\n1|2\n", {"skip": 2}, "|", "utf-8", ("a", "b")),
        (b"1,2,3\n", {"header": False}, ",", "utf-8", ("column0", "column1", "column2")),
        (b"only\n1\n", {}, ",", "utf-8", ("only",)),
        (b"a:b\n", {"delimiter": ":"}, ":", "utf-8", ("a", "b")),
    ],
)
def test_the_header_decides_the_shape(tmp_path, content, how, delimiter, encoding, columns):
    shape = shape_of(tmp_path, content, **how)
    assert (shape.delimiter, shape.encoding, shape.columns) == (delimiter, encoding, columns)


def test_a_packed_file_has_the_shape_of_what_is_in_it(tmp_path):
    assert shape_of(tmp_path, b"a,b\n", name="f.csv.gz").columns == ("a", "b")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n \n", "empty"),
        ("a,é\n".encode("latin-1"), "latin-1"),
        (b"id,Id , x\n", "'id' 2 times (columns 1, 2)"),
        (b"a,b\x00c\n", "null bytes"),
    ],
)
def test_a_header_that_cannot_be_used_is_a_sentence(tmp_path, content, said):
    with pytest.raises(UserError) as caught:
        shape_of(tmp_path, content)
    assert said in str(caught.value)


def test_a_damaged_gzip_is_a_sentence(tmp_path):
    (tmp_path / "f.csv.gz").write_bytes(b"not gzip")
    with pytest.raises(UserError, match=r"f\.csv\.gz: it cannot be read"):
        csv_shape(tmp_path / "f.csv.gz", None, '"', None, 0, True)


def test_lines_are_counted_as_a_person_counts_them(tmp_path):
    #        line 1   2-4 (one row)  5    6 blank  7-8 ragged, record 5  9     10
    path = tmp_path / "f.csv"
    path.write_text('a,b\n1,"x\ny\nz"\n2,x\n\n3,"x\ny",more\n4,x\n5,x\n', encoding="utf-8")
    lines = lines_of(path, Layout(), rows=[1, 2, 3, 4], left_out=[5])
    assert lines.of_row == {1: 2, 2: 5, 3: 9, 4: 10}
    assert lines.of_record == {5: 7}


def test_lines_below_a_preamble_and_without_a_header(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes(b'Say "hi\r\n\r\na;b\r\n1;2\r\n3;4\r\n')
    assert lines_of(path, Layout(skip=2), [2], []).of_row == {2: 5}
    assert lines_of(path, Layout(skip=3, header=False), [2], []).of_row == {2: 5}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_far_down_a_long_file(tmp_path, end):
    rows = 5 * BLOCK_CHARACTERS // 20
    body = [f"{number:08d},0123456789" for number in range(1, rows + 1)]
    body[10] = '"quoted' + end + 'over two lines",x'  # row 11, line 12: every later row is one line further down
    body[rows // 2] += ",ragged"
    path = tmp_path / "f.csv"
    path.write_bytes((end.join(["a,b", *body]) + end).encode())
    ragged = rows // 2 + 2  # its record: the header is the first
    lines = lines_of(path, Layout(), rows=[10, 12, rows // 2, rows - 1], left_out=[ragged])
    assert lines.of_row == {10: 11, 12: 14, rows // 2: rows // 2 + 2, rows - 1: rows + 2}
    assert lines.of_record == {ragged: ragged + 1}


@pytest.mark.parametrize(("begins", "quote"), [(b"", '"'), (codecs.BOM_UTF8, '"'), (codecs.BOM_UTF8 + b"\n", '"'), (b"", "\u00a7")])
def test_lines_of_a_file_with_characters_of_several_bytes(tmp_path, begins, quote):
    path = tmp_path / "f.csv"
    path.write_bytes(begins + f"a,é\n1,{quote}é\n\u2028{quote}\n\u0085,x\n\n3,€\n".encode())
    further = begins.count(b"\n")
    assert lines_of(path, Layout(quote=quote), [1, 2, 3], []).of_row == {1: 2 + further, 2: 4 + further, 3: 6 + further}


def test_lines_of_a_file_that_is_not_utf_8(tmp_path):
    path = tmp_path / "f.csv"
    path.write_bytes('a,é\n1,"é\né"\n2,x\n'.encode("utf-16"))
    assert lines_of(path, Layout(encoding="utf-16"), [2], []).of_row == {2: 4}
