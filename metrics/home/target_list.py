"""Lists of targets for people: what is in force where on a day, and which packs there are."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from metrics.definitions.metric import SHARES, Metric
from metrics.errors import UserError, did_you_mean
from metrics.home.home import Home
from metrics.home.packs import pack_names, pack_of
from metrics.home.target import FOREVER
from metrics.signals.targets import AT_LEAST

READ = ("metric", "statistic", "role", "place", "asks", "valid_from", "valid_to", "verified", "pack", "source")
COLUMNS = (*READ, "kind", "value", "region", "site_id", "service_id")
"""What a list holds; the first ten are for reading."""


def targets_on(
    home: Home,
    metrics: Mapping[str, Metric],
    on: date,
    metric: str | None = None,
    site: str | None = None,
    service: str | None = None,
) -> pl.DataFrame:
    """The targets in force on a day, columns as in COLUMNS, in the catalogue's order and then by role and place.

    home: its targets with `kind`. Without a site and a service each target at the place it names; with a site those that count
    there, and in each service that a target names; with a service those that count in it. Raises UserError for a metric or a
    site that is not there.
    """
    problems = [*unknown("metric", metric, list(metrics)), *unknown("site", site, home.sites["site_id"].to_list())]
    if problems:
        raise UserError(*problems)
    held = home.targets.filter(pl.lit(on).is_between("valid_from", pl.col("valid_to").fill_null(FOREVER)))
    if metric is not None:
        held = held.filter(pl.col("metric") == metric)
    if site is not None or service is not None:
        held = counting_at(held, home.sites, site, service)
    order = {name: position for position, name in enumerate(metrics)}
    told = held.with_columns(
        place=pl.Series([place_words(row) for row in held.to_dicts()], dtype=pl.String),
        asks=pl.Series([asks(row, metrics[row["metric"]]) for row in held.to_dicts()], dtype=pl.String),
        position=pl.col("metric").replace_strict(order, default=None, return_dtype=pl.Int32),
    )
    return told.sort("position", "statistic", "role", "closeness", "place").select(COLUMNS)


def counting_at(held: pl.DataFrame, sites: pl.DataFrame, site: str | None, service: str | None) -> pl.DataFrame:
    """Of the targets in force, those that count at a place: of each figure and role the most closely named."""
    region = None if site is None else sites.filter(pl.col("site_id") == site)["region"].item()
    around = held.filter(
        pl.col("site_id").is_null() | pl.col("site_id").eq_missing(pl.lit(site, pl.String)),
        pl.col("region").is_null() | pl.col("region").eq_missing(pl.lit(region, pl.String)),
    )
    figure = ["metric", "statistic", "role"]
    if service is None:
        figure.append("service_id")
    else:
        around = around.filter(pl.col("service_id").is_null() | (pl.col("service_id") == service))
    return around.sort("closeness", descending=True).unique(figure, keep="first", maintain_order=True)


def place_words(target: Mapping[str, object]) -> str:
    """'everywhere', 'region West', 'service primary_care at site ASH'."""
    site = f"site {target['site_id']}" if target["site_id"] else f"region {target['region']}" if target["region"] else ""
    if target["service_id"]:
        return f"service {target['service_id']}" + (f" at {site}" if site else "")
    return site or "everywhere"


def asks(target: Mapping[str, object], metric: Metric) -> str:
    """'at least 95%', 'at most 20 days', 'at most 12'."""
    side = "at least" if target["kind"] in AT_LEAST else "at most"
    value = float(str(target["value"]))
    if target["statistic"] in SHARES:
        return f"{side} {100 * value:.4g}%"
    return f"{side} {value:g}" + (
        f" {metric.unit}" if metric.kind in ("duration", "score", "ratio") and target["statistic"] != "count" else ""
    )


def pack_list() -> pl.DataFrame:
    """The packs that come with Timely: pack, title, targets, not_verified, about."""
    packs = {name: pack_of(name) for name in pack_names()}
    return pl.DataFrame(
        [
            {
                "pack": name, "title": pack.title, "targets": len(pack.target),
                "not_verified": sum(not target.verified for target in pack.target), "about": pack.about,
            }
            for name, pack in packs.items()
        ]
    )  # fmt: skip


def unknown(what: str, name: str | None, known: list[str]) -> list[str]:
    return [] if name is None or name in known else [f"unknown {what} {name!r}.{did_you_mean(name, known)}"]
