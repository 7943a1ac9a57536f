"""Where an owner's messages go: the addresses of timely.toml, with their secrets read from the environment.

An address may hold a password or a token in any of its parts. So it is told and logged as its scheme, with the host where a
scheme has one, and known by a fingerprint made with the home's key.
"""

import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import apprise

from metrics.errors import UserError
from metrics.home import Home
from metrics.ledger.engines import filled

EVERYBODY = "*"  # the entry of [notify.to] for owners that have none
HOSTED = {"json", "jsons", "xml", "xmls", "form", "forms", "mailto", "mailtos"}  # schemes whose host is no token
LENGTH = 12  # hexadecimal digits of a fingerprint


@dataclass(frozen=True)
class Address:
    """One address. It may be shown as `shown` and stored as `fingerprint`; `service` can send to it."""

    shown: str
    fingerprint: str
    service: apprise.NotifyBase = field(repr=False)


def addresses_of(home: Home, owner: str, environment: Mapping[str, str] = os.environ) -> tuple[Address, ...]:
    """The owner's addresses, else those of '*'; none when neither is named.

    Raises UserError with every address that apprise does not know and every variable that is not set.
    """
    named = home.settings.notify.to
    chosen = owner if owner in named else EVERYBODY
    made: list[Address] = []
    problems: list[str] = []
    for number, text in enumerate(named.get(chosen, []), 1):
        where = f"timely.toml: notify.to: address {number} of {chosen!r}"
        try:
            made.append(address_of(text, home.key(), where, environment))
        except UserError as problem:
            problems += problem.problems
    if problems:
        raise UserError(*problems)
    return tuple(made)


def address_of(text: str, key: bytes, where: str, environment: Mapping[str, str]) -> Address:
    """One address ready to send to. Raises UserError that says where it stands, never what it is."""
    url = filled(text, environment, where)
    with apprise.LogCapture():  # type: ignore[no-untyped-call]  # what it says of a wrong address is for nobody's log
        service = apprise.Apprise.instantiate(url)
    if not isinstance(service, apprise.NotifyBase):
        raise UserError(f"{where} is not one that apprise knows. See https://appriseit.com for how each service is written.")
    return Address(shown_as(service), fingerprint_of(text, key), service)


def shown_as(service: apprise.NotifyBase) -> str:
    """'mailtos://mail.example', 'slack://...'."""
    scheme = str(service.url(privacy=True)).split("://")[0]  # type: ignore[no-untyped-call]
    return f"{scheme}://{service.host}" if scheme in HOSTED else f"{scheme}://..."


def fingerprint_of(text: str, key: bytes) -> str:
    """The same as long as the line in timely.toml is, also when a secret that it names is changed."""
    return hmac.new(key, text.encode(), sha256).hexdigest()[:LENGTH]


def owners_with_addresses(home: Home, owners: Sequence[str]) -> tuple[dict[str, tuple[Address, ...]], list[str]]:
    """Addresses by owner for those that can be sent to, and a sentence for each mistake and each owner that has none."""
    found: dict[str, tuple[Address, ...]] = {}
    problems: dict[str, None] = {}
    for owner in owners:
        try:
            addresses = addresses_of(home, owner)
        except UserError as problem:
            problems |= dict.fromkeys(problem.problems)
            continue
        if addresses:
            found[owner] = addresses
        else:
            problems[f"{owner!r} has no address. Name one in timely.toml under [notify], to, or one for '*'."] = None
    return found, list(problems)
