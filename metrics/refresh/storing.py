"""Storing beside computing: rows go into the generation on a thread of their own while the next ones are worked out."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
import polars as pl

from metrics.warehouse.schema import store

MOST_WAITING = 3  # frames: enough to keep the thread busy, few enough to hold


@dataclass
class Storing:
    """Takes frames for a generation's tables and stores them in the order given, one at a time."""

    connection: duckdb.DuckDBPyConnection
    thread: ThreadPoolExecutor
    waiting: list[Future[None]] = field(default_factory=list)

    def store(self, name: str, frame: pl.DataFrame) -> None:
        """Hand over a frame. Waits while too many are waiting; raises what storing an earlier one raised."""
        while len(self.waiting) >= MOST_WAITING:
            self.waiting.pop(0).result()
        self.waiting.append(self.thread.submit(store, self.connection, name, frame))

    def finish(self) -> None:
        """Wait until everything is stored. Raises what storing raised."""
        while self.waiting:
            self.waiting.pop(0).result()


@contextmanager
def storing(connection: duckdb.DuckDBPyConnection) -> Iterator[Storing]:
    """A Storing for as long as the block runs; everything is stored when it ends. Nobody else may use the connection."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="storing") as thread:
        taken = Storing(connection, thread)
        yield taken
        taken.finish()
