"""What the checks are asked of, made small: events counted as a refresh counts them, feeds, limits."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.events import TABLES
from metrics.jobs.timetable import Timetable
from metrics.quality import CHECKS, Material, checked
from metrics.quality.counts import month_counts

AS_OF = datetime(2026, 11, 20, 12)
MONDAY = datetime(2026, 6, 1, 9)
SITES = pl.DataFrame({"site_id": ["CEN", "NYC"], "time_zone": ["Europe/London", "America/New_York"]})
CALENDAR = Timetable(SITES, "Europe/London", pl.DataFrame(), pl.DataFrame())
METRICS = load_catalog(BUILT_IN, Path("nowhere"))


def counts(table: str, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Rows of an event table, counted. Each is of CEN and the source ehr, and recorded at once, if not said otherwise."""
    declared = TABLES[table]
    assert declared.anchor is not None
    filled = [
        {declared.key[0]: f"e{n:04}", "site_id": "CEN", "source": "ehr", "patient_key": f"p{n}", **row}
        for n, row in enumerate(rows)
    ]
    frame = pl.DataFrame(filled, schema_overrides=declared.schema).select(
        (pl.col(name) if any(name in row for row in filled) else pl.lit(None)).cast(kind).alias(name)
        for name, kind in declared.schema.items()
    )
    timed = pl.max_horizontal(name for name in declared.instants if name != "recorded_at")
    told = frame.with_columns(pl.col("recorded_at").fill_null(timed), month=pl.col(declared.anchor).dt.strftime("%Y-%m"))
    return month_counts(told, declared, CALENDAR)


def material(**given: Any) -> Material:
    """Material of what is given; the catalogue that comes with Timely, as of AS_OF."""
    return Material(**{"metrics": METRICS, "as_of": AS_OF, "now": AS_OF, "stale_after": timedelta(hours=36), **given})


def told(name: str, **given: Any) -> list[dict[str, Any]]:
    """What the check of that name finds, what passed left out."""
    assert name in [check.name for check in CHECKS]
    return checked(material(**given), [name]).filter(pl.col("severity") != "pass").to_dicts()


def feed(table: str = "visits", rows: int = 1000, rejected: int = 0, **more: Any) -> dict[str, Any]:
    """A row of the table `freshness`: a feed just heard of."""
    return {"table_name": table, "source": "ehr", "site_id": None, "rows": rows, "rejected": rejected, "recorded_at": AS_OF,
            "allowed_hours": None, **more}  # fmt: skip


def feeds(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = {"table_name": pl.String, "source": pl.String, "site_id": pl.String, "rows": pl.Int64, "rejected": pl.Int64,
              "recorded_at": pl.Datetime("us"), "allowed_hours": pl.Float64}  # fmt: skip
    return pl.DataFrame(list(rows), schema=schema)
