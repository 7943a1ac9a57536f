"""The rows of a generation that are not figures: definitions, freshness, and what a reader needs to check a figure."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from metrics import lake
from metrics.definitions import card, definition_version
from metrics.definitions.load import BUILT_IN
from metrics.definitions.metric import Metric
from metrics.events import TABLES, EventTable
from metrics.refresh.inputs import Inputs


def definition_rows(metrics: dict[str, Metric], own: Path) -> pl.DataFrame:
    """The `definitions` table: each metric as it was computed, with its card and its TOML text, in catalogue order.

    own: the home's catalogue folder, where a metric that is not built in has its file.
    """
    rows = [
        {
            "metric": m.id, "title": m.title, "question": m.question, "family": m.family, "kind": m.kind, "unit": m.unit,
            "better": m.better, "headline": m.headline, "definition_version": definition_version(m), "toml": toml_text(m.id, own),
            "card": json.dumps(card(m)), "position": position,
        }
        for position, m in enumerate(metrics.values())
    ]  # fmt: skip
    return pl.DataFrame(rows)


def freshness_rows(inputs: Inputs) -> pl.DataFrame:
    """The `freshness` table: for each event table and source, how many rows, from when to when, last heard of when."""
    rejected = rejected_rows(inputs)
    parts = [part for table in TABLES.values() for part in _freshness_of(inputs, table)]
    found = pl.concat(parts) if parts else pl.DataFrame(schema=FRESHNESS)
    return found.join(rejected, on=["table_name", "source"], how="full", coalesce=True).with_columns(
        pl.col("rows").fill_null(0), pl.col("rejected").fill_null(0)
    )


def toml_text(metric: str, own: Path) -> str:
    path = next(folder / f"{metric}.toml" for folder in (BUILT_IN, own) if (folder / f"{metric}.toml").is_file())
    return path.read_text(encoding="utf-8")


FRESHNESS = pl.Schema(
    {
        "table_name": pl.String(),
        "source": pl.String(),
        "rows": pl.Int64(),
        "first_at": pl.Datetime("us"),
        "last_at": pl.Datetime("us"),
        "recorded_at": pl.Datetime("us"),
    }
)


def _freshness_of(inputs: Inputs, table: EventTable) -> Iterator[pl.DataFrame]:
    if not lake.months(inputs.home.lake, table.name, inputs.head):
        return
    happened = pl.col(table.anchor) if table.anchor else pl.lit(None, pl.Datetime("us"))
    past = happened.filter(happened <= pl.lit(inputs.as_of, pl.Datetime("us"))) if table.anchor else happened
    grouped = inputs.events(table).group_by("source").agg(
        pl.len().cast(pl.Int64).alias("rows"), past.min().alias("first_at"), past.max().alias("last_at"),
        pl.col("recorded_at").max().alias("recorded_at"),
    )  # fmt: skip
    yield grouped.collect().select(pl.lit(table.name).alias("table_name"), *list(FRESHNESS)[1:])


def rejected_rows(inputs: Inputs) -> pl.DataFrame:
    """table_name, source, rejected: rows that broke a rule and were kept out."""
    rejects = lake.rejects(inputs.home.lake).filter(pl.col("severity") == "reject")
    row = pl.struct("file_hash", "line").n_unique().cast(pl.Int64).alias("rejected")
    return rejects.group_by(pl.col("table").alias("table_name"), "source").agg(row).collect()
