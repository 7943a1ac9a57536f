"""A home: the folder that holds one provider's settings, places, calendars, targets, rules, and all that is made from them."""

import os
from dataclasses import dataclass, field
from hashlib import sha256
from json import dumps
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from metrics.alerts.rulebook import RuleBook
from metrics.clocks import Calendars
from metrics.clocks.holidays import LIBRARY_VERSION
from metrics.errors import UserError, did_you_mean
from metrics.home.alert_rules import read_alert_rules
from metrics.home.calendars import read_calendars
from metrics.home.feeds import FILE as FEEDS
from metrics.home.feeds import Feed, read_feeds
from metrics.home.files import toml_of
from metrics.home.secret import create_key, read_key
from metrics.home.settings import Settings
from metrics.home.sites import read_sites
from metrics.home.targets import read_targets
from metrics.home.templates import template_files
from metrics.mistakes import problems_of

FINGERPRINT = 16  # hexadecimal digits


@dataclass(frozen=True)
class Home:
    """A home that was read and found in order.

    sites: site_id, name, time_zone, region (may be null), country, calendar, all text. targets: metric, statistic, region,
    site_id, service_id (null: not narrowed), value, valid_from, valid_to (null: open; both days included), source.
    alerts: the rules that hold together and, in `alerts.problems`, what is wrong with the others: shown, and no reason to stop.
    feeds: the live feeds, in the order of the file.
    """

    path: Path
    settings: Settings
    sites: pl.DataFrame
    calendars: Calendars
    targets: pl.DataFrame
    alerts: RuleBook = field(default_factory=RuleBook)
    feeds: tuple[Feed, ...] = ()

    @property
    def lake(self) -> Path:
        return self.path / "lake"

    @property
    def warehouse(self) -> Path:
        return self.path / "warehouse"

    @property
    def queries(self) -> Path:
        return self.path / "queries"

    @property
    def catalog(self) -> Path:
        return self.path / "catalog"

    @property
    def raw(self) -> Path:
        return self.path / "raw"

    def key(self) -> bytes:
        """The 32 bytes that identifiers are hashed with. Raises UserError when the key is absent, damaged or open to others."""
        return read_key(self.path / "key")

    @property
    def zones_fingerprint(self) -> str:
        """Changes when a site's local days may: sites with their time zones, and the zone of sites not listed."""
        return fingerprint(self.sites.select("site_id", "time_zone").sort("site_id").rows(), self.settings.default_time_zone)

    @property
    def calendars_fingerprint(self) -> str:
        """Changes when a business or working-day clock may: calendars, who keeps which and where, the holidays known."""
        places = self.sites.select("site_id", "time_zone", "country", "calendar").sort("site_id").rows()
        calendars = {name: calendar.model_dump(mode="json") for name, calendar in self.calendars.items()}
        return fingerprint(places, calendars, LIBRARY_VERSION)


def fingerprint(*parts: object) -> str:
    return sha256(dumps(parts, sort_keys=True).encode()).hexdigest()[:FINGERPRINT]


def open_home(path: Path) -> Home:
    """The home at `path`. Raises UserError with every mistake of every file at once, or that there is no home there."""
    if not (path / "timely.toml").exists():
        raise UserError(f"{path}: no home here (timely.toml is missing). Make one with: timely --home {path} init")
    settings, problems = read_settings(path / "timely.toml")
    calendars, of_calendars = read_calendars(path / "calendars.toml")
    sites, of_sites = read_sites(path / "sites.csv", settings)
    targets, of_targets = read_targets(path / "targets.toml", sites.clear() if of_sites else sites)
    alerts, of_alerts = read_alert_rules(path / "alerts.toml", [] if of_sites else sites["site_id"].to_list())
    feeds, of_feeds = read_feeds(path / FEEDS, [] if of_sites else sites["site_id"].to_list())
    problems += of_feeds + of_sites + of_calendars + of_targets + of_alerts
    if not of_calendars:
        problems += unknown_calendars(settings, sites, calendars)
    if problems:
        raise UserError(*problems)
    return Home(path, settings, sites, calendars, targets, alerts, feeds)


def read_settings(path: Path) -> tuple[Settings, list[str]]:
    """The settings (the defaults where the file is wrong) and what is wrong with the file."""
    read, problems = toml_of(path)
    try:
        return Settings.model_validate(read or {}), problems
    except ValidationError as error:
        return Settings(), problems + problems_of(path.name, Settings, error)


def unknown_calendars(settings: Settings, sites: pl.DataFrame, calendars: Calendars) -> list[str]:
    known = list(calendars)
    asked = [("timely.toml: calendar", settings.calendar)] if settings.calendar not in known else []
    places = sites.select("site_id", "calendar").rows()
    asked += [(f"sites.csv: calendar of {site}", name) for site, name in places if name not in known]
    return [f"{where} = {name!r} is not in calendars.toml.{did_you_mean(name, known)}" for where, name in asked]


def create_home(path: Path) -> Home:
    """Make the home at `path`: write the files that are missing, and the key; leave the others as they are.

    Raises UserError when the folder cannot be made, when a file that is there is wrong, or when the lake's key is lost.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        for name, text in template_files().items():
            write_once(path / name, text)
        create_key(path / "key", path / "lake")
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"{path}: a home cannot be made here: {reason}. Name another folder with --home.") from None
    return open_home(path)


def write_once(path: Path, text: str) -> None:
    """Write the file whole, unless it is there."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
