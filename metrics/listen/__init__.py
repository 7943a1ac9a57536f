"""Listening: live messages, into the journal before they are acknowledged, and from there into the lake, exactly once."""

from metrics.listen.draining import Drained, drain, drains
from metrics.listen.fhir import Outcome, Received, Sent, received, received_each
from metrics.listen.mllp import Listener, clock, listeners_of, tls_context
from metrics.listen.reading import reading_of
from metrics.listen.renewing import Renewing
from metrics.listen.together import Together

__all__ = [
    "Drained",
    "Listener",
    "Outcome",
    "Received",
    "Renewing",
    "Sent",
    "Together",
    "clock",
    "drain",
    "drains",
    "listeners_of",
    "reading_of",
    "received",
    "received_each",
    "tls_context",
]
