"""Messages: what one message of a live feed says of a case, and the row that all messages of a case make."""

from metrics.messages.change import BEGINNINGS, STATE, WITHDRAWN, Change, Parsed
from metrics.messages.folding import case_key, case_of, folded

__all__ = ["BEGINNINGS", "STATE", "WITHDRAWN", "Change", "Parsed", "case_key", "case_of", "folded"]
