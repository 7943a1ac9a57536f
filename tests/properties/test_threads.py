"""However many threads there are, charts are the same to the last digit: an issued snapshot is made again on another machine."""

import os
import subprocess
import sys
from pathlib import Path

JUDGES = """
import numpy as np, polars as pl
from hashlib import sha256
from tests.signals.observed import judge, weeks
drawn = np.random.default_rng(1)
frames = [weeks(list(drawn.gamma(3, 11.3, 60)), metric=f"wait{at}", statistic="p90") for at in range(40)]
shares = drawn.binomial(90, 0.83, (40, 60)) / 90
frames += [weeks(list(shares[at]), metric=f"share{at}", statistic="share", denominator=90) for at in range(40)]
frames += [weeks(list(drawn.normal(7, 2.1, 90)), metric=f"daily{at}", grain="day") for at in range(20)]
points, signals = judge(pl.concat(frames))
print(sha256(points.write_csv().encode() + signals.drop("rules").write_csv().encode()).hexdigest())
"""
POOLS = (1, 2, 3, 7)


def judged_with(threads: int) -> str:
    environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
    ran = subprocess.run(
        [sys.executable, "-c", JUDGES], env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_the_number_of_threads_does_not_matter() -> None:
    assert len({judged_with(threads) for threads in POOLS}) == 1
