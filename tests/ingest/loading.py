"""A home, a mapping and files of a few rows: what the tests of sources, the lake and ingest are made of."""

from pathlib import Path

import polars as pl

from metrics import lake
from metrics.home import Home, create_home
from metrics.ingest import IngestReport, ingest
from metrics.sources import Mapping, load_mapping

VISITS = """-- source: front_door
-- table: visits
-- time_zone: {zone}
select id as visit_id, mrn as patient_id, site as site_id, arrived as arrived_at, seen as seen_at, said as recorded_at
from read_csv($files, all_varchar = true)
"""
HEADER = "id,mrn,site,arrived,seen,said"
SITES = (
    "site_id,name,time_zone,region,country,calendar\n"
    "CEN,Central,Europe/London,North,GB-ENG,hospital\nHAR,Harbour,America/New_York,Atlantic,US,clinic\n"
)


def new_home(path: Path, settings: str = "") -> Home:
    path.mkdir(parents=True, exist_ok=True)
    (path / "timely.toml").write_text(settings, encoding="utf-8")
    (path / "sites.csv").write_text(SITES, encoding="utf-8")
    (path / "targets.toml").write_text("", encoding="utf-8")
    (path / "alerts.toml").write_text("", encoding="utf-8")
    (path / "key").write_text("0123456789abcdef" * 4 + "\n", encoding="utf-8")  # one key, so that homes can be compared
    (path / "key").chmod(0o600)
    return create_home(path)


def visits_mapping(folder: Path, zone: str = "UTC", sql: str = VISITS) -> Mapping:
    path = folder / "front_door.sql"
    path.write_text(sql.format(zone=zone), encoding="utf-8")
    return load_mapping(path)


def csv_file(folder: Path, *lines: str, name: str = "visits.csv", header: str = HEADER) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def visits_of(home: Home) -> pl.DataFrame:
    return lake.scan(home.lake, "visits").collect().sort("visit_id")


def rejects_of(home: Home) -> list[tuple[object, ...]]:
    """line, rule, column, value of every reject, in order."""
    frame = lake.rejects(home.lake).filter(pl.col("severity") == "reject").sort("line", "rule", "column")
    return frame.select("line", "rule", "column", "value").collect().rows()


class Door:
    """A home with one mapping of visits, taking rows of text in."""

    def __init__(self, folder: Path, zone: str = "UTC", settings: str = "") -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.home = new_home(folder / "home", settings)
        self.mapping = visits_mapping(folder, zone)
        self.count = 0

    def take(self, *lines: str) -> IngestReport:
        self.count += 1
        return self.take_file(csv_file(self.folder, *lines, name=f"visits_{self.count}.csv"))

    def take_file(self, *files: Path) -> IngestReport:
        return ingest(self.home, self.mapping, files)

    def head(self) -> bytes:
        return (self.home.lake / "HEAD.json").read_bytes()
