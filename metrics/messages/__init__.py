"""Messages: what one message of a live feed says of a case, and the row that all messages of a case make."""

from metrics.messages.change import STATE, Change, Parsed
from metrics.messages.folding import folded

__all__ = ["STATE", "Change", "Parsed", "folded"]
