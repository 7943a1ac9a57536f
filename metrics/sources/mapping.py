"""A mapping: one .sql file that says how raw files become event rows, a SELECT for each table it fills."""

import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from metrics.errors import UserError, did_you_mean
from metrics.events import TABLES
from metrics.home import Home
from metrics.sources.reading_nodes import READERS, TABLE_FUNCTIONS, refused_node

BUILT_IN = Path(__file__).parents[2] / "queries" / "sources"
SITE_ZONE = "site"  # local times are in the zone sites.csv gives the row's site
HEADER = re.compile(r"^--\s*(source|table|time_zone|files)\s*:\s*(.*?)\s*$", re.IGNORECASE)
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
GROUP = re.compile(r"([a-z][a-z0-9_]*)\s*=\s*(\S.*)")


@dataclass(frozen=True)
class Select:
    """The SELECT that fills one table. `time_zone` is an IANA name or 'site'; `line` is where it starts in the file."""

    table: str
    sql: str
    time_zone: str
    line: int


@dataclass(frozen=True)
class Mapping:
    """One source: its name (kept in every row's `source`), its SELECTs by table, and its named groups of files.

    `groups` maps a name to a pattern of file names: `$name` is bound to the given files that match, `$files` to all.
    """

    name: str
    path: Path
    selects: MappingOf[str, Select]
    groups: MappingOf[str, str] = field(default_factory=dict)


@dataclass
class Section:
    """The lines under one `-- table:` header, while a file is being read."""

    table: str
    line: int
    time_zone: str | None = None
    lines: list[str] = field(default_factory=list)


def load_mapping(path: Path) -> Mapping:
    """The mapping in a .sql file. Raises UserError with every problem: headers, unknown tables, SQL that does more than read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UserError(f"{path}: cannot be read as UTF-8 text ({problem}). Give the path of a mapping, a .sql file.") from None
    heads, sections = split_sections(text)
    problems = list(problems_of(path, heads, sections))
    if problems:
        raise UserError(*problems)
    zone = last_of(heads, "time_zone", SITE_ZONE)
    return Mapping(
        name=last_of(heads, "source", path.stem),
        path=path,
        selects={s.table: Select(s.table, "\n".join(s.lines).strip(), s.time_zone or zone, s.line) for s in sections},
        groups={match[1]: match[2] for value in values_of(heads, "files") if (match := GROUP.fullmatch(value))},
    )


def find_mapping(home: Home, name: str) -> Mapping:
    """The source NAME: `queries/sources/NAME.sql` in the home, else among those that come with Timely.

    Raises UserError naming the nearest when there is none.
    """
    folders = (BUILT_IN, home.queries / "sources")
    found = {path.stem: path for folder in folders for path in sorted(folder.glob("*.sql"))}
    if name not in found:
        raise UserError(f"No source is called {name!r}.{did_you_mean(name, list(found))} Or give --mapping FILE.sql.")
    return load_mapping(found[name])


def split_sections(text: str) -> tuple[list[tuple[str, str]], list[Section]]:
    """Header words above the first `-- table:` as (key, value), then a section for each table."""
    heads: list[tuple[str, str]] = []
    sections: list[Section] = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = HEADER.match(line)
        key, value = (match[1].lower(), match[2]) if match else ("", "")
        if key == "table":
            sections.append(Section(value, number))
        elif key == "time_zone" and sections:
            sections[-1].time_zone = value
        elif key:
            heads.append((key, value))
        elif sections:
            sections[-1].lines.append(line)
    return heads, sections


def problems_of(path: Path, heads: list[tuple[str, str]], sections: list[Section]) -> Iterator[str]:
    name = last_of(heads, "source", path.stem)
    if not NAME.fullmatch(name):
        yield f"{path}: source {name!r} is not a name: use small letters, digits and _ (-- source: clinic_export)."
    if not sections:
        yield f"{path}: it fills no table. Write `-- table: appointments` above each SELECT."
    for value in values_of(heads, "files"):
        if not GROUP.fullmatch(value):
            yield f"{path}: `-- files: {value}` is not NAME = PATTERN, for example `-- files: stays = *edstays*`."
    for zone in values_of(heads, "time_zone"):
        yield from zone_problem(path, zone)
    tables = [section.table for section in sections]
    yield from (f"{path}: {table} has two SELECTs; join them with union all." for table in dict.fromkeys(tables)
                if tables.count(table) > 1)  # fmt: skip
    for section in sections:
        yield from section_problems(path, section)


def section_problems(path: Path, section: Section) -> Iterator[str]:
    where = f"{path}, line {section.line}"
    if section.table not in TABLES:
        yield f"{where}: no event table is called {section.table!r}.{did_you_mean(section.table, list(TABLES))}"
    if section.time_zone is not None:
        yield from zone_problem(path, section.time_zone)
    if why := refused_node("\n".join(section.lines), READERS | TABLE_FUNCTIONS):
        yield f"{where}: the SQL for {section.table} is refused: {why}. Write one SELECT that reads $files."


def zone_problem(path: Path, zone: str) -> Iterator[str]:
    try:
        known = zone == SITE_ZONE or bool(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        known = False
    if not known:
        yield f"{path}: time_zone {zone!r} is not an IANA time zone such as Europe/London, nor the word site."


def values_of(heads: list[tuple[str, str]], key: str) -> list[str]:
    return [value for name, value in heads if name == key]


def last_of(heads: list[tuple[str, str]], key: str, default: str) -> str:
    return ([default, *values_of(heads, key)])[-1]
