"""A process for `test_ingest_faults`: ingests statement after statement about the same patients until it is killed.

Usage: python -m tests.faults.endless_ingest HOME FIRST. Statement N says of every visit and patient that it was recorded at
minute N, and holds N bad lines more than none: one. Prints each number when it is in force.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from metrics.home import open_home
from metrics.ingest import ingest
from metrics.sources import load_mapping

START = datetime(2024, 1, 1)
VISITS = 300
MAPPING = """-- source: endless
-- time_zone: UTC
-- table: visits
select id as visit_id, mrn as patient_id, 'CEN' as site_id, arrived as arrived_at, said as recorded_at from read_csv($files)
-- table: patients
select distinct mrn as patient_id, '80+' as age_band, said as recorded_at from read_csv($files) where arrived <> 'never'
"""


def statement(folder: Path, number: int) -> Path:
    """The file of statement `number`: arrivals move from month to month, so that several months change each time."""
    path = folder / f"statement_{number}.csv"
    said = START + timedelta(minutes=number)
    arrivals = (START + timedelta(days=(visit * 7 + number * 11) % 120) for visit in range(VISITS))
    lines = [f"v{visit},p{visit % 50},{arrived},{said}" for visit, arrived in enumerate(arrivals)]
    path.write_text("\n".join(["id,mrn,arrived,said", *lines, f"bad,p0,never,{said}"]) + "\n", encoding="utf-8")
    return path


def main(home_path: Path, first: int) -> None:
    home = open_home(home_path)
    (home_path / "endless.sql").write_text(MAPPING, encoding="utf-8")
    mapping = load_mapping(home_path / "endless.sql")
    print("ready", flush=True)
    for number in range(first, first + 10_000):
        ingest(home, mapping, [statement(home_path, number)])
        print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
