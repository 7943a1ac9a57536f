"""The simulated provider: its sites, their zones, and the services each one runs."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["hospital", "clinic", "contact_centre"]


@dataclass(frozen=True)
class Site:
    """One site. `weight` is its volume against an average site of its kind; `catchment` the sites whose patients it sees."""

    site_id: str
    name: str
    zone: str
    region: str
    country: str
    kind: Kind
    weight: float = 1.0
    catchment: tuple[str, ...] = ()

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


NORTH, SOUTH = ("ASH", "BRK"), ("CED", "DAL")

SITES = (
    Site("CEN", "Central Hospital", "Europe/London", "North", "GB-ENG", "hospital", 1.2, NORTH + SOUTH),
    Site("NRT", "Northgate Hospital", "Europe/London", "North", "GB-ENG", "hospital", 0.95, NORTH),
    Site("SOU", "Southbank Hospital", "Europe/London", "South", "GB-ENG", "hospital", 0.95, SOUTH),
    Site("EAS", "Eastfield Hospital", "Europe/London", "South", "GB-ENG", "hospital", 0.9, SOUTH),
    Site("ASH", "Ashgrove Clinic", "Europe/London", "North", "GB-ENG", "clinic", 1.2, ("ASH",)),
    Site("BRK", "Brookside Clinic", "Europe/London", "North", "GB-ENG", "clinic", 1.0, ("BRK",)),
    Site("CED", "Cedar Clinic", "Europe/London", "South", "GB-ENG", "clinic", 1.1, ("CED",)),
    Site("DAL", "Dale Clinic", "Europe/London", "South", "GB-ENG", "clinic", 0.9, ("DAL",)),
    Site("ELM", "Elmwood Clinic", "Europe/Dublin", "West", "IE", "clinic", 1.0, ("ELM",)),
    Site("FER", "Fernhill Clinic", "Europe/Dublin", "West", "IE", "clinic", 0.8, ("FER",)),
    Site("HQC", "Contact Centre", "Europe/London", "Group", "GB-ENG", "contact_centre", 1.0, NORTH + SOUTH),
    Site("HAR", "Harbour Clinic", "America/New_York", "Atlantic", "US", "clinic", 1.0, ("HAR",)),
)  # fmt: skip

BOOKED_SERVICES: dict[Kind, tuple[str, ...]] = {
    "hospital": ("outpatient_cardiology", "outpatient_orthopaedics", "outpatient_dermatology"),
    "clinic": ("primary_care", "physiotherapy", "mental_health"),
    "contact_centre": (),
}
EMERGENCY = "emergency"
PHONE_QUEUES = ("phone_appointments", "phone_billing")
PORTAL = "portal_messages"
CONTACT_CENTRE = "HQC"

HOSPITALS = tuple(site for site in SITES if site.kind == "hospital")
CLINICS = tuple(site for site in SITES if site.kind == "clinic")
PATIENT_SITES = HOSPITALS + CLINICS  # every site a patient is seen at, and so may complain about


@lru_cache
def site(site_id: str) -> Site:
    return next(place for place in SITES if place.site_id == site_id)


# The EHR knows departments by number: the hundreds are the site, the units the service.
SERVICE_NUMBERS = {
    "emergency": 1, "outpatient_cardiology": 11, "outpatient_orthopaedics": 12, "outpatient_dermatology": 13,
    "primary_care": 21, "physiotherapy": 22, "mental_health": 23,
}  # fmt: skip
SITE_NUMBERS = {place.site_id: 100 * (number + 1) for number, place in enumerate(SITES)}


def department(site_id: str, service_id: str) -> int:
    """The EHR's number of a department, as the mappings' `departments` lists decode it."""
    return SITE_NUMBERS[site_id] + SERVICE_NUMBERS[service_id]
