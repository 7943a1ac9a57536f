"""The alerts as the pages show them, read from the ledger: episodes with their labels, and the states of the open ones by place."""

from collections import defaultdict

import polars as pl

from metrics.home import Home
from metrics.ledger import lives, open_ledger


def episodes(home: Home, active: bool = False) -> pl.DataFrame:
    """Every episode with `metric`, `statistic` and `grain` read off its labels; null where a rule has no such label."""
    rows = lives.episodes(open_ledger(home), active)
    return rows.with_columns(
        pl.col("labels").str.json_path_match(f"$.{name}").alias(name) for name in ("metric", "statistic", "grain")
    )


def open_states(home: Home) -> dict[tuple[str, str | None], list[str]]:
    """Metric and site (None: all of them) to the states of its open alerts."""
    found: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for metric, site, state in episodes(home, active=True).select("metric", "site_id", "state").iter_rows():
        found[metric, site].append(state)
    return dict(found)
