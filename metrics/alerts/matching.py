"""Which alerts a block of alerts.toml speaks of: by their labels and by what the labels imply (region, table)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from json import loads
from typing import Annotated, Any, Self

import polars as pl
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from metrics.alerts.episode import Episode
from metrics.alerts.rule import STRICT, Names, Rule
from metrics.definitions import Metric


def one_or_more(value: Any) -> Any:
    """A single name as a list of one."""
    return (value,) if isinstance(value, str) else value


def in_utc(instant: datetime) -> datetime:
    """The instant in UTC, without a zone as instants are kept inside; one written without an offset is UTC already."""
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant


Some = Annotated[Names, BeforeValidator(one_or_more)]
Instant = Annotated[datetime, AfterValidator(in_utc)]


class Matcher(BaseModel):
    """Alerts that have, for every key given, one of its names. Keys are the labels of alerts and what follows from them."""

    model_config = STRICT

    rule_id: Some = Field(default=(), description="Rules, by id.")
    kind: Some = Field(default=(), description="Kinds of rule.")
    severity: Some = Field(default=(), description="info, watch or act.")
    metric: Some = Field(default=(), description="Metrics, by id.")
    statistic: Some = Field(default=(), description="Figures of a metric.")
    site_id: Some = Field(default=(), description="Sites.")
    service_id: Some = Field(default=(), description="Services.")
    region: Some = Field(default=(), description="Regions of sites.csv.")
    table_name: Some = Field(default=(), description="Event tables: of a feed, or the one that a metric is made from.")
    source: Some = Field(default=(), description="Sources of a feed.")
    check: Some = Field(default=(), description="Checks of the data.")

    def asked(self) -> dict[str, tuple[str, ...]]:
        """The keys that were given, with their names."""
        return {key: names for key in Matcher.model_fields if (names := getattr(self, key))}

    def matches(self, described: Mapping[str, str]) -> bool:
        """Whether the alert so described (see `described`) is meant. A key that the alert does not have is not met."""
        return all(described.get(key) in names for key, names in self.asked().items())


LABEL_LIST = f"a list of {', '.join(Matcher.model_fields)}"


class Silence(Matcher):
    """No messages about these alerts until an end; the alerts go on and are shown."""

    reason: str = Field(min_length=1, description="Why.")
    created_by: str = Field(min_length=1, description="Who says so.")
    starts_at: Instant = Field(description="From when, as in 2026-11-23T18:00:00Z; without an offset it is UTC.")
    ends_at: Instant = Field(description="Until when: a silence always ends.")

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError(f"ends_at {self.ends_at} is not after starts_at {self.starts_at}")
        if not self.asked():
            raise ValueError(f"it names no alerts; name some with {', '.join(Matcher.model_fields)}")
        return self

    def holds(self, at: datetime) -> bool:
        """From starts_at until just before ends_at (UTC)."""
        return self.starts_at <= at < self.ends_at


class Inhibit(BaseModel):
    """While a `source` alert is firing, no messages about the `target` alerts that it explains."""

    model_config = STRICT

    source: Matcher = Field(description="The alerts that explain others.", examples=["a table such as { kind = 'stale' }"])
    target: Matcher = Field(description="The alerts that they explain.", examples=["a table such as { kind = 'spc' }"])
    equal: Names = Field(default=(), description="What both must have, and have the same.", examples=[LABEL_LIST])
    wider: Names = Field(
        default=(), description="What the source may lack: a feed of all sites, without site_id, then explains each of its sites.",
        examples=[LABEL_LIST],
    )  # fmt: skip

    @model_validator(mode="after")
    def _by_known_labels(self) -> Self:
        unknown = [name for name in (*self.equal, *self.wider) if name not in Matcher.model_fields]
        if unknown:
            raise ValueError(f"{', '.join(map(repr, unknown))} is not among {', '.join(Matcher.model_fields)}")
        if not self.equal and not self.wider:
            raise ValueError("name what both must share with equal, or one alert would silence all the others")
        return self

    def explains(self, source: Mapping[str, str], target: Mapping[str, str]) -> bool:
        """Whether the one alert, so described, explains the other. With `wider`, only an alert of a wider place does."""
        if not self.source.matches(source) or not self.target.matches(target):
            return False
        same = all(name in source and source[name] == target.get(name) for name in self.equal)
        within = all(name not in source or source[name] == target.get(name) for name in self.wider)
        narrower = not self.wider or any(name not in source and name in target for name in self.wider)
        return same and within and narrower


class Owner(Matcher):
    """Whose these alerts are. The first block that matches counts; then the rule's own owner, then the metric's."""

    name: str = Field(min_length=1, description="Who: a person or a team, as timely.toml's [notify] names them.")

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not self.asked():
            raise ValueError(f"it names no alerts; name some with {', '.join(Matcher.model_fields)}")
        return self


def described(
    labels: str, rule_id: str, kind: str, severity: str, metrics: Mapping[str, Metric], regions: Mapping[str, str | None]
) -> dict[str, str]:
    """What can be matched of an alert: its labels (JSON text), rule, kind and severity; its site's region, its metric's table."""
    known: dict[str, str] = {**loads(labels), "kind": kind, "severity": severity}
    known.setdefault("rule_id", rule_id)  # an alert about a broken rule is labelled with that one
    if region := regions.get(known.get("site_id", "")):
        known["region"] = region
    if metric := metrics.get(known.get("metric", "")):
        known["table_name"] = metric.table
    return known


def described_episode(episode: Episode, metrics: Mapping[str, Metric], regions: Mapping[str, str | None]) -> dict[str, str]:
    """What can be matched of an alert that is open."""
    return described(episode.labels, episode.rule_id, episode.kind, episode.severity, metrics, regions)


def regions_of(sites: pl.DataFrame) -> dict[str, str | None]:
    """Site -> its region."""
    return dict(sites.select("site_id", "region").iter_rows())


def owner_of(known: Mapping[str, str], rule: Rule, owners: tuple[Owner, ...], metrics: Mapping[str, Metric]) -> str:
    """Who owns an alert so described; 'nobody' when no block, no rule and no metric says: shown, and told to whoever gets '*'."""
    named = next((owner.name for owner in owners if owner.matches(known)), None)
    metric = metrics.get(known.get("metric", ""))
    return named or rule.owner or (metric.owner if metric else "nobody")
