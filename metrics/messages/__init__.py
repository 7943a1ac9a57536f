"""Messages: what one message of a live feed says of a case, and the row that all messages of a case make."""

from metrics.messages.change import BEGINNINGS, STATE, Change, Parsed
from metrics.messages.folding import folded

__all__ = ["BEGINNINGS", "STATE", "Change", "Parsed", "folded"]
