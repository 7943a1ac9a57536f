"""FHIR R4 and R5: a resource as changes of cases."""

from metrics.messages.fhir.documents import Document, Entry, document, lines
from metrics.messages.fhir.reading import BESIDE, FORMAT, MAPS, READERS, is_beside, parsed
from metrics.messages.fhir.resource import Standing

__all__ = ["BESIDE", "FORMAT", "MAPS", "READERS", "Document", "Entry", "Standing", "document", "is_beside", "lines", "parsed"]
