"""How a live feed is read: whose patients, which places, whose clock."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reading:
    """key_of: a patient's identifier as patient_key. time_zone: of times without an offset at a site that `zones` does not list.

    sites: site_id by the names that messages give a place; one that is not there is its own site_id. zones: time zone by site_id.
    source: the word in the rows' `source` (none: the format's name). site: the place of messages that name no place that is listed.
    listed_only: a place that is not listed is refused. system: whose case numbers they are, '' for those that files use; None: the
    source's of FHIR, '' of HL7.
    """

    key_of: Callable[[str], str]
    time_zone: str
    sites: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    site: str | None = None
    listed_only: bool = False
    system: str | None = None

    def site_of(self, names: Iterable[str | None]) -> str | None:
        """The first of the names that is a listed place, else the feed's own site, else the first name."""
        given = [name for name in names if name]
        known = next((self.sites[name] for name in given if name in self.sites), None)
        return known or self.site or (given[0] if given else None)

    def unlisted(self, site: str | None) -> bool:
        """Whether a case may not be at that place."""
        return self.listed_only and site is not None and site not in self.sites.values()

    def zone_at(self, site: str | None) -> str:
        return self.zones.get(site or "", self.time_zone)
