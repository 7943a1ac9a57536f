"""What an ingest holds in memory does not grow with the file: measured as the peak of a process of its own."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from tests.ingest.loading import HEADER, Door

FEW, MANY = 120_000, 480_000
MEGABYTES = 60  # so much more may be held for 360,000 more rows; were they held, they would take some 180
INGEST = """
import resource, sys
from pathlib import Path
from metrics.home import open_home
from metrics.ingest import ingest
from metrics.lake import staging
from metrics.sources import extracting, load_mapping

extracting.CHUNK_ROWS, staging.MEMORY_ROWS = 10_000, 30_000
home, mapping, file = (Path(name) for name in sys.argv[1:])
report = ingest(open_home(home), load_mapping(mapping), [file])
print(report.read, report.rejected, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def visits_file(folder: Path, rows: int) -> Path:
    """Two hundred visits a day, so that a longer file has more months; a hundred of them with a time that is none."""
    path = folder / f"{rows}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADER}\n")
        for row in range(rows):
            day = (date(2015, 1, 1) + timedelta(days=row // 200)).isoformat()
            seen = "soon" if row % (rows // 100) == 7 else f"{day} 11:00"
            file.write(f"visit-number-{row:09d},patient-{row % 5000:09d},CEN,{day} 10:00,{seen},2026-01-01\n")
    return path


def peak(tmp_path: Path, rows: int) -> int:
    """Megabytes."""
    door = Door(tmp_path / f"home-{rows}")
    file = visits_file(tmp_path, rows)
    command = [sys.executable, "-c", INGEST, str(door.home.path), str(door.mapping.path), str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    read, rejected, most = (int(word) for word in done.stdout.split())
    assert (read, rejected) == (rows, 100)
    return most


def test_four_times_the_file_takes_no_more_memory(tmp_path: Path) -> None:
    assert peak(tmp_path, MANY) - peak(tmp_path, FEW) < MEGABYTES
