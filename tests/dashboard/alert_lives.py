"""Alerts in a ledger, made by hand: one firing, one pending, one recovering that was taken on, one resolved."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from json import dumps

from metrics.alerts.actions import Person, acknowledged
from metrics.alerts.episode import Episode, Event, event_of
from metrics.home import Home
from metrics.ledger import lives, open_ledger

OPENED = datetime(2025, 6, 9, 8, 0)
FIRING = Episode(
    alert_id="a1f0c2d4e5b6", fingerprint="one", rule_id="changed_for_the_worse", rule_version="v1", kind="spc", severity="act",
    labels=dumps({"metric": "door_to_provider", "site_id": "NRT", "statistic": "within"}), site_id="NRT", service_id=None,
    owner="Emergency lead", state="firing", opened_at=OPENED, moment=OPENED, first_period=date(2025, 5, 19),
    last_period=date(2025, 6, 2), last_outcome="breach",
    detail="66% of 156 in the week of 2 June 2025 is below the lower limit of 68%", fired_at=OPENED + timedelta(hours=1),
    breaches=3,
)  # fmt: skip
PENDING = replace(
    FIRING, alert_id="b2f0c2d4e5b6", fingerprint="two", severity="watch", state="pending", site_id=None, breaches=1, fired_at=None,
    labels=dumps({"metric": "no_show_rate", "statistic": "share"}), owner="Outpatient lead",
    detail="9.9% of 1,240 is above 9.5%",
)  # fmt: skip
RECOVERING = replace(FIRING, alert_id="c3f0c2d4e5b6", fingerprint="three", state="recovering", site_id="CEN", flap_count=2,
                     labels=dumps({"metric": "door_to_provider", "site_id": "CEN", "statistic": "within"}))  # fmt: skip
RESOLVED = replace(FIRING, alert_id="d4f0c2d4e5b6", fingerprint="four", rule_id="silent_feed", state="resolved", site_id=None,
                   labels=dumps({"source": "phone_system", "table_name": "contacts"}), owner="Data team",
                   ended_at=OPENED + timedelta(days=1), detail="nothing has come for 6 days")  # fmt: skip


def began(episode: Episode) -> list[Event]:
    """Its history so far: it opened and, where it did, fired."""
    opened = event_of(replace(episode, state="pending"), replace(episode, state="pending"), "opened", OPENED, "1")
    fired = event_of(
        replace(episode, state="pending"), replace(episode, state="firing"), "fired", OPENED, "2", detail=episode.detail
    )
    return [opened, fired] if episode.fired_at else [opened]


def written(home: Home) -> None:
    """Puts the four in the home's ledger."""
    taken, event = acknowledged(RECOVERING, Person("A. Okafor", verified=False), OPENED + timedelta(hours=3), "rota mended")
    stored = [FIRING, PENDING, taken, RESOLVED]
    with open_ledger(home).writing() as connection:
        lives.write(connection, stored, [*(e for episode in stored for e in began(episode)), event])
