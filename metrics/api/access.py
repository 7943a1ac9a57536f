"""Who may read over HTTP: whoever has a token; anybody where no token is set and the dashboard asks nobody to sign in. Who may
send events: whoever has a token for feeds; this machine alone where none is set."""

import base64
import binascii
import os
import re
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address

import streamlit as st
from starlette.requests import Request
from streamlit.errors import StreamlitSecretNotFoundError

TOKENS = "TIMELY_API_TOKENS"  # in the environment, so that no secret stands in a file that is committed
FEED_TOKENS = "TIMELY_FEED_TOKENS"
ENTRY = re.compile(r"([^\s=,]+)=([^\s,]+)")
SHORTEST = 16  # characters of a token: 64 bits when it is hexadecimal, too many to try over a network


class NotAllowedError(Exception):
    """Nobody is known by what the request carries. The sentence says what to send, or what to set."""


@dataclass(frozen=True)
class Reader:
    """Who asks, as the query log names them. Verified: by a token of their own."""

    name: str
    verified: bool


def reader_of(request: Request) -> Reader:
    """The reader whose token the request carries, as `Authorization: Bearer TOKEN` or as the password of Basic.

    Without tokens everybody may read, named by their address, unless people sign in to the dashboard: then nobody may.
    Raises NotAllowedError.
    """
    known = tokens(os.environ.get(TOKENS, ""))
    if not known:
        if signing_in():
            raise NotAllowedError(f"people sign in here, so programs need a token, and none is set. Set ${TOKENS} to NAME=TOKEN")
        return Reader(f"api {request.client.host if request.client else 'unknown'}", False)
    given = token_in(request.headers.get("authorization", ""))
    names = [name for name, token in known.items() if compare_digest(token.encode(), given.encode())]
    if not names:
        raise NotAllowedError("a token is needed: send it as 'Authorization: Bearer TOKEN', or as the password of Basic sign-in")
    return Reader(names[0], True)


def sender_of(request: Request) -> str:
    """The name of who sends events. Without tokens for feeds only this machine may: an event from anybody would be a figure.

    A token that reads does not write. Raises NotAllowedError.
    """
    known = tokens(os.environ.get(FEED_TOKENS, ""), FEED_TOKENS)
    if not known:
        direct = "x-forwarded-for" not in request.headers and "forwarded" not in request.headers
        if request.client and is_this_machine(request.client.host) and direct:
            return "local"
        raise NotAllowedError(f"events are taken from this machine alone until ${FEED_TOKENS} is set to NAME=TOKEN")
    given = token_in(request.headers.get("authorization", ""))
    names = [name for name, token in known.items() if compare_digest(token.encode(), given.encode())]
    if not names:
        raise NotAllowedError("a token for feeds is needed: send it as 'Authorization: Bearer TOKEN'")
    return names[0]


def is_this_machine(host: str) -> bool:
    """Whether the address is a loopback's; an IPv4 address may come within an IPv6 one."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def tokens(text: str, variable: str = TOKENS) -> dict[str, str]:
    """'NAME=TOKEN,NAME=TOKEN' by name. Raises NotAllowedError when it is anything else, so that a slip opens no door."""
    entries = [part.strip() for part in text.split(",") if part.strip()]
    found = [ENTRY.fullmatch(entry) for entry in entries]
    if any(match is None or len(match[2]) < SHORTEST for match in found):
        raise NotAllowedError(f"${variable} on the server is not NAME=TOKEN with tokens of at least {SHORTEST} characters")
    return {match[1]: match[2] for match in found if match}


def token_in(header: str) -> str:
    """The token of an Authorization header; nothing when it carries none."""
    kind, _, rest = header.partition(" ")
    if kind.lower() == "bearer":
        return rest.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def signing_in() -> bool:
    """Whether the dashboard asks people to sign in: an [auth] table in Streamlit's secrets."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False
