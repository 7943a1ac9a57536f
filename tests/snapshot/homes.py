"""A small home of which snapshots are made: a year of one emergency department's arrivals at two sites."""

from datetime import date, datetime, timedelta
from pathlib import Path

from metrics.home import Home, open_home
from metrics.ingest import ingest
from metrics.refresh import refresh
from metrics.sources import load_mapping
from tests.ingest.loading import HEADER, VISITS, new_home

FIRST = date(2026, 1, 5)  # a Monday
WEEKS = 40
NEWEST = FIRST + timedelta(weeks=WEEKS - 1)  # the newest week that is closed
NOW = datetime.combine(NEWEST + timedelta(days=8), datetime.min.time())  # the Tuesday after it, early
VISITS_A_WEEK = 30  # at each site
SNAPSHOT = """
policy = "nhs"
headline = ["door_to_provider.within", "door_to_provider.median"]

[[audience]]
name = "board"
title = "Board"
to = ["Board"]

[[audience]]
name = "north"
title = "North"
region = "North"
"""


def home_of_weeks(path: Path) -> Home:
    """The home with everything ingested and refreshed, as of NOW."""
    home = new_home(path, 'title = "Riverside Health"\n')
    (path / "snapshot.toml").write_text(SNAPSHOT, encoding="utf-8")
    take_in(home, *(row for week in range(WEEKS + 1) for row in arrivals(week)))
    refresh(home, NOW)
    return open_home(path)


def take_in(home: Home, *rows: str, name: str = "visits.csv") -> None:
    """Ingest rows of visits."""
    folder = home.path.parent
    (folder / "front_door.sql").write_text(VISITS.format(zone="UTC"), encoding="utf-8")
    (folder / name).write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    ingest(home, load_mapping(folder / "front_door.sql"), [folder / name])


def arrivals(week: int) -> list[str]:
    """One week's rows; of the week after the newest, its first visits, heard of at NOW. Two waits in three are within an hour."""
    rows, said = [], NOW if week == WEEKS else None
    for at in range(VISITS_A_WEEK if week < WEEKS else 1):
        arrived = datetime.combine(FIRST, datetime.min.time()) + timedelta(weeks=week, hours=5 * at, minutes=7)
        for site in ("CEN", "HAR"):
            rows.append(visit(f"{site}-{week}-{at}", site, arrived, wait=25 + (week * 5 + at * 17) % 53, said=said))
    return rows


def visit(name: str, site: str, arrived: datetime, wait: int, said: datetime | None = None) -> str:
    """One row: seen so many minutes after arriving."""
    seen = arrived + timedelta(minutes=wait)
    return f"{name},p-{name},{site},{arrived},{seen},{said or min(seen, NOW)}"
