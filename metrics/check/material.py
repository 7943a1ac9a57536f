"""What the checks are asked of, read from the generation in force and from the lake's rejects and edits."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from metrics import lake
from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.errors import UserError
from metrics.home import Home
from metrics.quality import Material, spike
from metrics.quality.counts import first_month
from metrics.warehouse import Generation, run_query
from metrics.workbench.query_metrics import broken_in

HERE = Path(__file__).parent
NEEDED = "quality_counts"
WEEKS = timedelta(weeks=12)  # about the days whose volume is judged, and the eight weeks before them


def read_material(home: Home, generation: Generation, now: datetime) -> Material:
    """Everything the checks judge. Raises UserError where the generation was made before quality was counted."""
    if NEEDED not in set(answer(generation, "tables")["table_name"]):
        raise UserError(f"generation {generation.name} holds no counts for data quality. Count them: timely refresh --full")
    metrics = load_catalog(BUILT_IN, home.catalog)
    limits = spike.limits_of(metrics.values())
    as_of = generation.as_of
    return Material(
        metrics, as_of, now, home.settings.stale_after,
        counts=answer(generation, "counts"),
        freshness=answer(generation, "freshness"),
        rejects=reject_counts(home),
        edits=edits_since(home, as_of),
        bins=answer(generation, "bins", {
            "since": date.fromisoformat(f"{first_month(as_of)}-01"), "metrics": ",".join(limits["metric"]),
            "lowest": spike.SHORTEST - spike.SIDE - spike.STEP, "highest": spike.LONGEST + spike.SIDE + spike.STEP,
        }),
        tallies=answer(generation, "tallies"),
        working_days=answer(generation, "working_days", {"since": (as_of - WEEKS).date(), "until": as_of.date()}),
        broken=broken_in(generation),
    )  # fmt: skip


def reject_counts(home: Home) -> pl.DataFrame:
    """table_name, source, rule, severity, column, rows: what was refused or warned of."""
    found = lake.rejects(home.lake).group_by(pl.col("table").alias("table_name"), "source", "rule", "severity", "column")
    return found.agg(pl.len().cast(pl.Int64).alias("rows")).sort("table_name", "source", "rule").collect()


def edits_since(home: Home, as_of: datetime) -> pl.DataFrame:
    """The lake's edits of the newest months, as far back as rows are counted."""
    return lake.edits(home.lake).filter(pl.col("month") >= first_month(as_of)).collect()


def answer(generation: Generation, question: str, params: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """Every row of a question beside this file. Raises UserError where it was cut short: what is not read is not checked."""
    found = run_query(generation, (HERE / f"{question}.sql").read_text(encoding="utf-8"), dict(params or {}))
    if found.truncated:
        raise UserError(f"generation {generation.name}: {question} has more than {found.frame.height:,} rows, too many to check.")
    return found.frame
