"""python -m tests.benchmarks.catalogue: the whole catalogue in one refresh, what each metric adds, and the same by its own SQL.

On one simulated provider: a full refresh that computes one metric, one that computes every metric and variant, and then each
metric's SQL form, a query a statistic, over the facts of the generation made. The refresh makes every grain at every level of
places, by stratum, with bins and control charts; the SQL asks for days by site and service alone, the finest of these, and stores
nothing. So the ratio favours SQL; `--every` asks it for all five grains at all four levels.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

import duckdb

from metrics import lake
from metrics.definitions import BUILT_IN, Metric, load_catalog, sql_for
from metrics.home import open_home
from metrics.refresh import refresh
from metrics.warehouse import current
from tests.benchmarks.homes import events_in, make_home

EVENTS = 20_000_000
ONE = "no_show_rate"
FINEST = ((("site", "service"), "day"),)
GRAINS, LEVELS = ("day", "week", "month", "quarter", "year"), (("site", "service"), ("site",), ("service",), ())
SHOWN = 12  # of the dearest metrics


@dataclass(frozen=True)
class Asked:
    """One metric by SQL: how many queries, how long they took together, how many rows they gave."""

    metric: Metric
    queries: int
    seconds: float
    processor: float
    rows: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.catalogue", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS, help=f"simulated events (default {EVENTS:,})")
    parser.add_argument("--home", type=Path, help="a home made before, to be measured again")
    parser.add_argument("--every", action="store_true", help="by SQL every grain and every level of places")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="timely-catalogue-") as folder:
        path = asked.home or Path(folder) / "home"
        held = events_in(open_home(path)) if path.exists() else make_home(path, asked.events)
        print(f"{held:,} events", flush=True)
        one = refreshed(path, [ONE])
        whole = refreshed(path, ["*", "variants"])
        told_refreshes(one, whole)
        told_queries(list(by_sql(path, every_split() if asked.every else FINEST)), whole)
    return 0


@dataclass(frozen=True)
class Refreshed:
    """A full refresh: how many metrics, seconds by the clock and of all processors, observations stored."""

    metrics: int
    seconds: float
    processor: float
    rows: int


def refreshed(path: Path, compute: list[str]) -> Refreshed:
    (path / "timely.toml").write_text(f"[catalog]\ncompute = {compute}\n")
    home = open_home(path)
    started, worked = perf_counter(), process_time()
    refresh(home, _later(path), full=True)
    seconds, processor = perf_counter() - started, process_time() - worked
    with duckdb.connect(str(current(path).path), read_only=True) as connection:
        (metrics,) = connection.execute("select count(*) from definitions").fetchall()[0]
        (rows,) = connection.execute("select count(*) from observations").fetchall()[0]
    return Refreshed(int(metrics), seconds, processor, int(rows))


def _later(path: Path) -> datetime:
    head = lake.head(open_home(path).lake)
    assert head.as_of is not None
    return head.as_of + timedelta(seconds=1)


def told_refreshes(one: Refreshed, whole: Refreshed) -> None:
    """A metric made from tallies is in both: it costs nothing where there are none. On a shared machine read the processor."""
    print(f"\n{'full refresh':<40}{'metrics':>9}{'':>9}{'seconds':>10}{'processor':>11}{'observations':>14}")
    for name, of in (("one metric", one), ("the whole catalogue", whole)):
        print(f"  {name:<38}{of.metrics:>9}{'':>9}{of.seconds:>10.2f}{of.processor:>11.2f}{of.rows:>14,}")
    added = (whole.processor - one.processor) / max(1, whole.metrics - one.metrics)
    print(
        f"  each metric adds {1000 * added:.0f} ms of processor: every grain and level of places, strata, bins, charts\n",
        flush=True,
    )


def every_split() -> tuple[tuple[tuple[str, ...], str], ...]:
    return tuple((by, grain) for grain in GRAINS for by in LEVELS)


def by_sql(path: Path, splits: tuple[tuple[tuple[str, ...], str], ...]) -> Iterator[Asked]:
    """Every metric by its own SQL, each statistic at each split, over the generation in force."""
    zone = open_home(path).settings.default_time_zone
    with duckdb.connect(str(current(path).path), read_only=True) as connection:
        for metric in load_catalog(BUILT_IN).values():
            rows, started, worked = 0, perf_counter(), process_time()
            for statistic in metric.statistics:
                for by, grain in splits:
                    query = sql_for(metric, statistic, by, grain, default_zone=zone)
                    rows += connection.sql(query.sql, params=query.params).to_arrow_table().num_rows
            took = perf_counter() - started, process_time() - worked
            yield Asked(metric, len(metric.statistics) * len(splits), *took, rows)


def told_queries(asked: list[Asked], whole: Refreshed) -> None:
    print(f"{'by SQL, one query a figure':<40}{'metrics':>9}{'queries':>9}{'seconds':>10}{'processor':>11}{'rows':>14}")
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        kinds["tallies" if one.metric.is_tally else one.metric.kind].append(one)
    for kind, several in kinds.items():
        print(_line(kind, several))
    print(_line("together", asked))
    ratios = sum(one.seconds for one in asked) / whole.seconds, sum(one.processor for one in asked) / whole.processor
    print(
        f"  SQL took {ratios[0]:.2f} times as long as the whole refresh, {ratios[1]:.2f} times its processor\n\nthe dearest by SQL"
    )
    for one in sorted(asked, key=lambda one: -one.processor)[:SHOWN]:
        print(_line(one.metric.id, [one]))


def _line(name: str, several: list[Asked]) -> str:
    queries, rows = sum(one.queries for one in several), sum(one.rows for one in several)
    seconds, processor = sum(one.seconds for one in several), sum(one.processor for one in several)
    return f"  {name:<38}{len(several):>9}{queries:>9}{seconds:>10.2f}{processor:>11.2f}{rows:>14,}"


if __name__ == "__main__":
    sys.exit(main())
