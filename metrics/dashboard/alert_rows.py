"""The inbox's rows: every alert in words, worst first in a stable order."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Any

import polars as pl

from metrics.alerts.episode import ACTIVE, SEVERITIES, Episode
from metrics.alerts.sentences import Names, times, what
from metrics.dashboard import freshness, numbers, states, urls
from metrics.dashboard.data import Contract
from metrics.dashboard.people import UNVERIFIED
from metrics.dashboard.states import State

ALL_OWNERS, ANYONE = "All owners", "No owner"
OPEN, EVERY = "Open", "All"
SHOWN = {OPEN: ACTIVE, "Alerting": ("firing",), "Pending": ("pending",),
         "Recovering": ("recovering",), "Ended": ("resolved", "expired")}  # fmt: skip
RESOLVED = State("Resolved", "●", "gray", 8)
EXPIRED = State("Expired", "○", "gray", 9)
STATES = {**states.ALERTS, "resolved": RESOLVED, "expired": EXPIRED}
ACKS = {"unacked": 0, "snoozed": 1, "acked": 2}  # what nobody has taken comes first


@dataclass(frozen=True)
class Item:
    """One episode. `episode` is its row as the ledger has it; the rest says it in words. `verified`: who acknowledged it."""

    episode: Mapping[str, Any]
    subject: str
    where: str
    state: State
    verified: bool
    zone: str

    @property
    def id(self) -> str:
        return str(self.episode["alert_id"])

    @property
    def open(self) -> bool:
        return self.episode["state"] in ACTIVE

    @property
    def title(self) -> str:
        return f"{self.subject}, {self.where}"

    @property
    def owner(self) -> str:
        return self.episode["owner"] or ANYONE

    @property
    def taken(self) -> str:
        """Who has taken it, in words."""
        ack, by = self.episode["ack_state"], self.episode["acked_by"]
        if ack == "snoozed":
            return f"Snoozed until {self.moment(self.episode['snoozed_until'])}"
        if ack == "acked":
            by = by if self.verified else f"{by}{UNVERIFIED}"
            return f"Acknowledged by {by}, {self.moment(self.episode['acked_at'])}"
        return "Nobody has acknowledged it" if self.open else "Ended without an acknowledgement"

    @property
    def facts(self) -> str:
        """Severity, owner, since when, and how often it came back."""
        said = [
            f"Severity: {self.episode['severity']}",
            f"owner: {self.owner}",
            f"since {numbers.day(self.episode['first_period'])}",
            f"opened {self.moment(self.episode['opened_at'])}",
        ]
        flaps = self.episode["flap_count"]
        said += [f"came back {times(flaps)}"] if flaps else []
        said += [f"cause: {self.episode['cause'].replace('_', ' ')}"] if self.episode["cause"] else []
        return " · ".join(said)

    @property
    def order(self) -> tuple[object, ...]:
        gravest = -SEVERITIES.index(self.episode["severity"])
        return (self.state.rank, gravest, ACKS[self.episode["ack_state"]], self.episode["opened_at"], self.id)

    def moment(self, instant: datetime | None) -> str:
        return numbers.ABSENT if instant is None else freshness.moment(instant, self.zone)


def items_of(episodes: pl.DataFrame, names: Names, unverified: Container[str], zone: str) -> list[Item]:
    """An item for each row of the ledger's episodes, worst first: by state, severity, whether somebody took it, and age.

    `unverified`: the alerts whose acknowledgement is of a name that was only picked. `zone`: whose clock instants are told by.
    """
    items = [
        Item(
            row,
            what(Episode(**row), names),
            where_of(row, names.sites),
            STATES[row["state"]],
            row["alert_id"] not in unverified,
            zone,
        )
        for row in episodes.to_dicts()
    ]
    return sorted(items, key=lambda item: item.order)


def where_of(episode: Mapping[str, Any], sites: Mapping[str, str]) -> str:
    site, service = episode["site_id"], episode["service_id"]
    place = sites.get(site, site) if site else "all sites"
    return f"{place}, {urls.service_label(service)}" if service else place


def chosen(items: list[Item], owner: str, site: str, shown: str) -> list[Item]:
    """Those of one owner (or all), one site's name (or all) and one of `SHOWN` (or all)."""
    return [
        item
        for item in items
        if owner in (ALL_OWNERS, item.owner)
        and (site == urls.ALL_SITES or item.where.partition(",")[0] == site)
        and (shown == EVERY or item.episode["state"] in SHOWN[shown])
    ]


def summary(items: list[Item]) -> str:
    """The finding in at most ten words: '3 alerting, 2 pending, 4 not acknowledged'."""
    count = {state: sum(item.state is state for item in items) for state in states.ALERTS.values()}
    told = [f"{count[state]} {state.word.lower()}" for state in states.ALERTS.values() if count[state]]
    waiting = sum(item.open and item.episode["ack_state"] == "unacked" for item in items)
    if not told:
        return "No open alert"
    return ", ".join([*told, f"{waiting} not acknowledged" if waiting else "all acknowledged"])


def link(item: Item, contracts: Mapping[str, Contract], names: Mapping[str, str]) -> dict[str, str] | None:
    """The metric page's parameters that show what the alert is about; None where it is about no metric."""
    labels: dict[str, str] = loads(item.episode["labels"])
    contract = contracts.get(labels.get("metric", ""))
    if contract is None:
        return None
    statistic = labels.get("statistic")
    return {
        urls.METRIC: names[contract.id],
        **({urls.STATISTIC: numbers.statistic_label(statistic, contract.limit)} if statistic in numbers.STATISTIC_WORDS else {}),
        **({urls.SITE: item.where.partition(",")[0]} if item.episode["site_id"] else {}),
        **({urls.SERVICE: urls.service_label(item.episode["service_id"])} if item.episode["service_id"] else {}),
    }
