"""The changes planted in the data, which a good monitor must find, and truth.json that lists them."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from metrics.simulate.days import DAY


@dataclass(frozen=True)
class Change:
    """One planted change. `begins`, `ends`: UTC seconds (`ends` is now for a change that lasts). `size` in words of `unit`."""

    what: str
    cause: str
    metric: str
    site_id: str
    service_id: str | None
    begins: float
    ends: float
    size: float
    unit: str
    expect: str

    def holds(self, site_id: str, service_id: str | None = None) -> bool:
        """Whether the change touches this place at all."""
        return self.site_id == site_id and (self.service_id is None or service_id is None or self.service_id == service_id)


@dataclass(frozen=True)
class Planting:
    """A change before it has dates: `ago` and `lasts` are days before now that it begins and days it lasts (None: to now)."""

    cause: str
    metric: str
    site_id: str
    service_id: str | None
    ago: int
    lasts: int | None
    size: float
    unit: str
    expect: str  # which way the metric goes


PLANTED = {
    "slow_clinic": Planting(
        "rooming staff not replaced", "checkin_to_room", "BRK", None, 70, None, 1.6, "times the wait", "up"),
    "short_staffed_line": Planting(
        "three weeks of sick leave", "speed_of_answer", "HQC", "phone_billing", 150, 21, 0.6, "times the agents", "up"),
    "reminders_stopped": Planting(
        "the text message contract lapsed", "no_show_rate", "CED", None, 112, None, 0.0, "times the reminders", "up"),
    "worse_emergency": Planting(
        "two evening clinicians lost", "door_to_provider", "EAS", "emergency", 84, None, -2.0, "evening clinicians", "up"),
    "dead_feed": Planting(
        "the appointment extract stopped", "freshness", "FER", None, 5, None, 0.0, "times the rows", "silence"),
    "portal_team_grown": Planting(
        "two people joined", "portal_response_time", "HQC", "portal_messages", 140, None, 1.35, "times the team", "down"),
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """The planted changes that fall inside the window."""

    changes: tuple[Change, ...]

    @classmethod
    def within(cls, start: float, now: float) -> "Plan":
        """Changes begin at a UTC midnight, counted back from now; one that was over before the window is left out."""
        today = now - now % DAY
        changes = []
        for what, it in PLANTED.items():
            begins = today - it.ago * DAY
            ends = now if it.lasts is None else begins + it.lasts * DAY
            if ends > start:
                place = (it.metric, it.site_id, it.service_id)
                changes.append(Change(what, it.cause, *place, max(begins, start), ends, it.size, it.unit, it.expect))
        return cls(tuple(changes))

    def named(self, what: str, site_id: str, service_id: str | None = None) -> Change | None:
        """The change of that name where it touches the place; None elsewhere."""
        return next((c for c in self.changes if c.what == what and c.holds(site_id, service_id)), None)

    def truth(self) -> list[dict[str, object]]:
        """The changes as truth.json holds them: `from` and `to` are UTC instants in ISO 8601."""
        return [_as_written(change) for change in self.changes]


def _as_written(change: Change) -> dict[str, object]:
    words = asdict(change)
    begins, ends = words.pop("begins"), words.pop("ends")
    return words | {"from": _iso(begins), "to": _iso(ends)}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
