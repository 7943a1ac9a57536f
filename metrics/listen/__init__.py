"""Listening: live messages, into the journal before they are acknowledged, and from there into the lake, exactly once."""

from metrics.listen.draining import Drained, drain
from metrics.listen.mllp import Listener, reading_of, tls_context

__all__ = ["Drained", "Listener", "drain", "reading_of", "tls_context"]
