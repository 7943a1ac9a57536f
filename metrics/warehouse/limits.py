"""How long, how large and how many: what one query may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """seconds of running time, rows of the answer, megabytes of DuckDB's memory, threads."""

    seconds: float
    rows: int
    memory_mb: int
    threads: int = 2


# The program's own questions: a wait worked out again from 20 M events takes some ten seconds on two cores. What
# people type is held to the home's own, narrower limits (timely.toml).
OWN = Limits(seconds=120, rows=2_000_000, memory_mb=4096)
