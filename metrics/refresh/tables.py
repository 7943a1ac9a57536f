"""The rows of a generation that are not figures: definitions, what each feed sent, and what a reader needs to check a figure."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from metrics import lake
from metrics.definitions import card, definition_version
from metrics.definitions.load import BUILT_IN
from metrics.definitions.metric import Metric, QueryMetric
from metrics.events import TABLES, EventTable
from metrics.home import Home
from metrics.jobs.feeds import MONTHS, feeds, month_feeds
from metrics.refresh.affected import fetched
from metrics.refresh.inputs import Inputs
from metrics.warehouse import Generation
from metrics.warehouse.asking import has_table

REJECTS = "rejects"  # the lake's table of rows kept out
SOURCE_OF_KIND = {"mllp": "hl7v2", "fhir": "fhir", "inbox": ""}  # the word in the rows of a feed that names no source


def definition_rows(metrics: dict[str, Metric], own: Path) -> pl.DataFrame:
    """The `definitions` table: each metric as it was computed, with its card and its file's text, in catalogue order.

    own: the home's catalogue folder, where a metric that is not built in has its file.
    """
    rows = [
        {
            "metric": m.id, "title": m.title, "question": m.question, "family": m.family, "kind": m.kind, "unit": m.unit,
            "better": m.better, "headline": m.headline, "definition_version": definition_version(m),
            "toml": definition_text(m, own), "card": json.dumps(card(m, metrics)), "position": position,
        }
        for position, m in enumerate(metrics.values())
    ]  # fmt: skip
    return pl.DataFrame(rows)


@dataclass(frozen=True)
class Since:
    """The generation before, a reading connection to it, and what changed in the lake since it was made."""

    previous: Generation
    connection: duckdb.DuckDBPyConnection
    changes: pl.DataFrame


def feed_tables(inputs: Inputs, since: Since | None = None) -> dict[str, pl.DataFrame]:
    """The tables `feed_months` and `freshness`: what each source sent for each site by lake month, and altogether.

    With `since`, only the months that changed are counted anew, and those in which the as-of instant has moved on.
    """
    counted = since if since and has_table(since.connection, "feed_months") else None
    months = pl.concat([MONTHS.to_frame(), *(feed_months(inputs, table, counted) for table in TABLES.values())])
    return {"feed_months": months, "freshness": feeds(months, rejected_rows(inputs, counted), expected_of(inputs.home))}


def expected_of(home: Home) -> pl.DataFrame:
    """source, site_id, hours: the silences that feeds.toml allows. Where it says nothing, a feed is judged by its own rhythm."""
    told = [
        (feed.source or SOURCE_OF_KIND[feed.kind], feed.site, limits[0].total_seconds() / 3600)
        for feed in home.feeds
        if (feed.expected or feed.stale_after) and (limits := feed.limits(home.settings))
    ]
    return pl.DataFrame(told, schema={"source": pl.String, "site_id": pl.String, "hours": pl.Float64}, orient="row")


def definition_text(metric: Metric, own: Path) -> str:
    """The text of the file that defines the metric: TOML, or a query with its header. Nothing where it is of another place."""
    if isinstance(metric, QueryMetric):
        return metric.text
    paths = (folder / f"{metric.id}.toml" for folder in (BUILT_IN, own))
    return next((path.read_text(encoding="utf-8") for path in paths if path.is_file()), "")


def feed_months(inputs: Inputs, table: EventTable, since: Since | None) -> pl.DataFrame:
    """One event table's rows of `feed_months`."""
    if since is None:
        return counted_months(inputs, table, list(inputs.months(table)))
    stored = fetched(
        since.connection, f"select {', '.join(MONTHS)} from feed_months where table_name = $name", {"name": table.name}
    )
    moved = moved_months(table, since, inputs.as_of)
    kept = stored.filter(~pl.col("month").is_in(moved)).cast(MONTHS)  # type: ignore[arg-type]
    return pl.concat([kept, counted_months(inputs, table, moved)])


def moved_months(table: EventTable, since: Since, as_of: datetime) -> list[str]:
    """The lake months of a table whose rows changed, or lie about the as-of instants before and now where these differ."""
    changed = since.changes.filter(pl.col("table") == table.name)
    months = set(changed["month"]) | set(changed["old_month"].drop_nulls())
    if table.anchor and since.previous.as_of != as_of:
        # a month is of the site's local days: UTC may be a day to either side
        first, last = (since.previous.as_of - timedelta(days=1)).date(), (as_of + timedelta(days=1)).date()
        months |= set(pl.date_range(first, last, "1d", eager=True).dt.strftime("%Y-%m"))
    return sorted(months)


def counted_months(inputs: Inputs, table: EventTable, months: list[str]) -> pl.DataFrame:
    if not months:
        return MONTHS.to_frame()
    events = inputs.events(table).filter(pl.col("month").is_in(months))
    return month_feeds(events, table, inputs.as_of).collect(engine="streaming")


def rejected_rows(inputs: Inputs, since: Since | None) -> pl.DataFrame:
    """table_name, source, rejected: rows that broke a rule and were kept out."""
    if since and since.previous.manifest.get("lake", {}).get(REJECTS) == inputs.head.versions.get(REJECTS):
        return fetched(
            since.connection, "select table_name, source, rejected from freshness where site_id is null and rejected > 0"
        )
    rejects = lake.rejects(inputs.home.lake).filter(pl.col("severity") == "reject")
    row = pl.struct("file_hash", "line").n_unique().cast(pl.Int64).alias("rejected")
    return rejects.group_by(pl.col("table").alias("table_name"), "source").agg(row).collect()
