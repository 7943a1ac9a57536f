"""What a CSV file looks like: encoding, delimiter and column names, from its first lines.

DuckDB's sniffer guesses the shape from the body, so one ragged line can turn a file into a single column. Here the
header alone decides, and lines that do not fit it become rejects with their number.
"""

import codecs
import csv
import gzip
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from metrics.errors import UserError

DELIMITERS = ",;\t|"
BYTE_ORDER_MARK, UNREADABLE = "\ufeff", "\ufffd"
HEAD_BYTES = 1 << 18  # no header, with what is skipped above it, is longer than a quarter of a mebibyte


@dataclass(frozen=True)
class CsvShape:
    """A CSV file's delimiter, encoding (DuckDB's word for it) and column names."""

    delimiter: str
    encoding: str
    columns: tuple[str, ...]


def csv_shape(path: Path, delimiter: str | None, quote: str, encoding: str | None, skip: int, header: bool) -> CsvShape:
    """The shape read off the first line after `skip` lines. Raises UserError: empty file, wrong encoding, bad header."""
    raw = head_of(path)
    encoding = encoding or encoding_of(raw)
    try:
        lines = raw.decode(python_codec(encoding), errors="replace").removeprefix(BYTE_ORDER_MARK).splitlines()[skip:]
    except LookupError:
        raise UserError(f"{path.name}: encoding {encoding!r} is not known. Name another, such as 'latin-1'.") from None
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise UserError(f"{path.name}: the file is empty. Export it again, with its header line.")
    if UNREADABLE in first:
        raise UserError(f"{path.name}: its header is not {encoding}. Save it as UTF-8, or say encoding = 'latin-1' in read_csv().")
    delimiter = delimiter or max(DELIMITERS, key=re.sub(r'"[^"]*"', "", first).count)
    names = next(csv.reader(lines[lines.index(first) :], delimiter=delimiter, quotechar=quote or None))
    if not header:
        names = [f"column{place}" for place in range(len(names))]
    check_header(path, names)
    return CsvShape(delimiter, encoding, tuple(name.strip() for name in names))


def check_header(path: Path, names: list[str]) -> None:
    """Raises UserError for a header that holds a name twice (case does not matter) or a null byte, or none at all."""
    plain = [name.strip().lower() for name in names]
    twice = sorted({name for name in plain if name and plain.count(name) > 1})
    problems = [
        f"{path.name}: the header holds {name!r} {plain.count(name)} times (columns "
        f"{', '.join(str(place + 1) for place, other in enumerate(plain) if other == name)}). Rename all but one."
        for name in twice
    ]
    if any("\x00" in name for name in names):
        problems.append(f"{path.name}: the header holds null bytes, so this is not a text file. Export it again as CSV.")
    if problems:
        raise UserError(*problems)


def head_of(path: Path) -> bytes:
    try:
        with opened(path) as file:
            return file.read(HEAD_BYTES)
    except (OSError, EOFError) as problem:
        raise UserError(f"{path.name}: it cannot be read ({problem}).") from None


def opened(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def encoding_of(raw: bytes) -> str:
    """utf-16 when a byte-order mark says so, else utf-8."""
    return "utf-16" if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8"


def python_codec(encoding: str) -> str:
    return "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding
