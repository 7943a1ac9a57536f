"""The filters every page shares: a site and a service, bound to the URL."""

import polars as pl

from metrics.dashboard import urls
from metrics.dashboard.data import Place


def chosen(places: pl.DataFrame) -> Place:
    """Draws the two filters and says what they hold. The services offered are those of the site chosen.

    `places` has site_id, site and service_id, a row for each pair that has figures.
    """
    labels = urls.distinct_labels(dict(places.select("site_id", "site").unique(maintain_order=True).iter_rows()))
    site_label = urls.pick("Site", [urls.ALL_SITES, *labels.values()], urls.SITE)
    site = next((key for key, label in labels.items() if label == site_label), None)
    here = places if site is None else places.filter(pl.col("site_id") == site)
    services = urls.distinct_labels({key: urls.service_label(key) for key in here["service_id"].unique().sort()})
    service_label = urls.pick("Service", [urls.ALL_SERVICES, *services.values()], urls.SERVICE)
    service = next((key for key, label in services.items() if label == service_label), None)
    return Place(site, service)


def named(places: pl.DataFrame, place: Place) -> str:
    """The place in words: 'Central Hospital, Emergency', 'all sites'."""
    names = dict(places.select("site_id", "site").unique().iter_rows())
    site = names.get(place.site, "all sites") if place.site else "all sites"
    return f"{site}, {urls.service_label(place.service)}" if place.service else site
