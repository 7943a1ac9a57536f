"""How often the band of the expected wait held on the simulated provider, by hour of the day, and its error beside a rolling mean.

Every arrival is held to the band that the days before its own gave: what the board said then. The error is the mean distance, in
minutes, between what was told (the middle of the band) and the wait that came; beside it that of the last wait by itself and of the
mean wait of all who were seen in the four hours before, which is what a waiting-room screen usually shows.
"""

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path

import polars as pl

from metrics import lake
from metrics.board.expected import COVERED, estimates, realised
from metrics.demo import ingest_raw
from metrics.home import create_home, open_home
from metrics.simulate import simulate

ROLLING = timedelta(hours=4)
LOW, HIGH = 0.88, 0.92  # what may be called 90 %


def with_rolling_mean(arrivals: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """The arrivals with `rolling`: the mean wait of those seen at the site in the four hours before; null where there were none."""
    numbered = arrivals.with_row_index("row")
    waits = seen.select("site_id", at="seen_at", wait="wait", row=pl.lit(None, pl.UInt32))
    asked = numbered.select("site_id", at="arrived_at", wait=pl.lit(None, pl.Float64), row="row")
    both = pl.concat([waits, asked]).sort("site_id", "at", "row", nulls_last=False)  # one seen at the instant counts before it
    rolled = both.with_columns(rolling=pl.col("wait").rolling_mean_by("at", ROLLING, closed="right").over("site_id"))
    return numbered.join(rolled.select("row", "rolling").drop_nulls("row"), on="row", how="left").drop("row")


def report(visits: pl.DataFrame, days: int) -> pl.DataFrame:
    """By hour (UTC) and for all: arrivals, covered (by the p90), half (by the p50), high (minutes), and three errors (minutes)."""
    past = estimates(visits)
    until = visits["arrived_at"].max().replace(hour=0, minute=0, second=0, microsecond=0)
    held = with_rolling_mean(realised(past, until, days), past).drop_nulls("rolling")
    error = {name: (pl.col("wait") - pl.col(column)).abs().mean() for name, column in
             (("band", "low"), ("last wait", "last"), ("rolling mean", "rolling"))}  # fmt: skip
    figures = {"arrivals": pl.len(), "covered": pl.col("covered").mean(), "half": (pl.col("wait") <= pl.col("low")).mean(),
               "high": pl.col("high").mean(), **error}  # fmt: skip
    every = held.select(**figures).with_columns(hour=pl.lit("all"))
    by_hour = held.group_by("hour").agg(**figures).sort("hour").with_columns(pl.col("hour").cast(pl.String))
    return pl.concat([by_hour, every.select(by_hour.columns)])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--home", type=Path, help="a home made before")
    asked.add_argument("--scale", type=float, default=0.4)
    asked.add_argument("--days", type=int, default=400, help="held to their bands")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if told.home:
            home = open_home(told.home)
        else:
            home = create_home(Path(folder) / "home")
            simulate(home.raw, scale=told.scale, seed=1)
            ingest_raw(home, lambda *_: None)
        visits = lake.scan(home.lake, "visits").filter(pl.col("source") != "hl7v2").collect()
    found = report(visits, told.days)
    print(f"Of arrivals within the band, which says {COVERED:.0%}; mean error in minutes.")
    with pl.Config(tbl_rows=30, tbl_cols=20, float_precision=3, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
        print(found)
    outside = found.filter(~pl.col("covered").is_between(LOW, HIGH))
    print(f"outside {LOW:.0%} to {HIGH:.0%}: {', '.join(outside['hour']) or 'no hour'}")


if __name__ == "__main__":
    main()
