"""How the home reads a feed."""

from metrics.home import Feed, Home
from metrics.ingest.pseudonyms import Pseudonyms
from metrics.messages.reading import Reading


def reading_of(home: Home, feed: Feed | None = None) -> Reading:
    """Patients by the home's key, places by their ids and names; times without an offset on the clock of their site, or, where the
    feed has a time zone of its own, of that."""
    places = home.sites.select("site_id", "name", "time_zone").rows()
    sites = {name: ident for ident, name, _ in places} | {ident: ident for ident, _, _ in places}
    own = feed.time_zone if feed else None
    zones = {} if own else {ident: zone for ident, _, zone in places}
    key_of = Pseudonyms(home.key()).key_of
    source, site = (feed.source, feed.site) if feed else (None, None)
    listed_only = home.settings.unknown_site == "reject"
    system = feed.system if feed else None
    return Reading(key_of, own or home.settings.default_time_zone, sites, zones, source, site, listed_only, system)
