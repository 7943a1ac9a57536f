"""sites.csv: the places, with their time zones, regions, countries and calendars."""

import csv
from collections import Counter
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Annotated

import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from metrics.errors import did_you_mean
from metrics.home.files import text_of
from metrics.home.settings import Country, Settings, Zone
from metrics.mistakes import problems_of


def plain(text: str) -> str:
    """The text itself. Raises ValueError when it holds control characters (keys are joined with one)."""
    if not text.isprintable():
        raise ValueError(f"{text!r} holds a character that cannot be printed")
    return text


class Site(BaseModel):
    """One row of sites.csv. Field names are the column names."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    site_id: Annotated[str, AfterValidator(plain)] = Field(min_length=1, description="The code the events use.")
    name: str = Field(min_length=1, description="The name people read.")
    time_zone: Zone = Field(description="IANA name; days, weeks and opening hours are the site's own.")
    region: str | None = Field(description="Sites with one region are summed up together; may be empty.")
    country: Country = Field(description="Whose holidays it keeps: ISO 3166, as in IE or GB-ENG; empty: the setting `country`.")
    calendar: str = Field(description="Its calendar in calendars.toml; empty: the setting `calendar`.")


COLUMNS = tuple(Site.model_fields)
REQUIRED = ("site_id", "name", "time_zone", "region")
SPACES = " \t\xa0"
SCHEMA = dict.fromkeys(COLUMNS, pl.String())


def read_sites(path: Path, settings: Settings) -> tuple[pl.DataFrame, list[str]]:
    """The sites (site_id, name, time_zone, region, country, calendar: text) and what is wrong with the file."""
    text, problems = text_of(path)
    try:
        header, *rows = list(csv.reader(StringIO(text or "", newline=""))) or [[]]
    except csv.Error as error:
        return pl.DataFrame(schema=SCHEMA), [f"{path.name}: not CSV: {error}."]
    header = [column.strip() for column in header]
    problems += header_problems(path.name, header) if text is not None else []
    if problems:
        return pl.DataFrame(schema=SCHEMA), problems
    sites, problems = sites_of_rows(path.name, header, rows, settings)
    if not sites and not problems:
        problems.append(f"{path.name}: no site is listed. Add a row for each place.")
    times = Counter(site.site_id for site in sites)
    problems += [f"{path.name}: site_id {site!r} is listed {n} times; keep one row." for site, n in times.items() if n > 1]
    return pl.DataFrame([site.model_dump() for site in sites], schema=SCHEMA), problems


def header_problems(file: str, header: list[str]) -> list[str]:
    doubled = [f"{file}: the column {name!r} stands twice in the first line." for name, n in Counter(header).items() if n > 1]
    unknown = [f"{file}: {name!r} is not a column it knows.{did_you_mean(name, COLUMNS)}" for name in header if name not in COLUMNS]
    needed = [(name, Site.model_fields[name].description) for name in REQUIRED if name not in header]
    missing = [f"{file}: the column {name} is missing. {meaning}" for name, meaning in needed]
    return doubled + unknown + missing


def sites_of_rows(file: str, header: list[str], rows: list[list[str]], settings: Settings) -> tuple[list[Site], list[str]]:
    sites, problems = [], []
    for line, row in enumerate(rows, start=2):
        if not any(cell.strip(SPACES) for cell in row):
            continue
        if len(row) != len(header):
            problems.append(f"{file}: line {line} has {len(row)} values; expected {len(header)} ({', '.join(header)}).")
            continue
        try:
            sites.append(
                Site.model_validate(with_defaults(dict(zip(header, (cell.strip(SPACES) for cell in row), strict=True)), settings))
            )
        except ValidationError as error:
            problems += problems_of(file, Site, error, prefix=f"line {line}")
    return sites, problems


def with_defaults(cells: Mapping[str, str], settings: Settings) -> dict[str, str | None]:
    return {
        **cells,
        "region": cells["region"] or None,
        "country": cells.get("country") or settings.country,
        "calendar": cells.get("calendar") or settings.calendar,
    }
