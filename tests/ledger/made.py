"""Episodes and events for tests: what is not named is filled."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from metrics.alerts.episode import Episode, Event

AT = datetime(2026, 7, 1, 9, 30, 0, 123456)
FIRING = Episode(
    alert_id="a1b2c3d4e5f60718", fingerprint="f1", rule_id="no_shows", rule_version="v1", kind="threshold", severity="watch",
    labels='{"metric": "no_show_rate", "site_id": "CEN"}', site_id="CEN", service_id=None, owner="Outpatients", state="firing",
    opened_at=AT, moment=AT, first_period=date(2026, 6, 1), last_period=date(2026, 6, 28), last_outcome="breach", fired_at=AT,
    breaches=3, last_value=0.12, peak_value=0.14, peak_excess=0.02,
)  # fmt: skip


def episode(**changed: Any) -> Episode:
    return replace(FIRING, **changed)


def event(key: str, **changed: Any) -> Event:
    return replace(Event(FIRING.alert_id, AT, "commented", "firing", "firing", key), **changed)


def later(**length: float) -> datetime:
    return AT + timedelta(**length)
