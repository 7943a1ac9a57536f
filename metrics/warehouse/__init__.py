"""The warehouse: generations that people read. Published whole, never changed, named once."""

from metrics.warehouse.audit import audit
from metrics.warehouse.generation import Generation, current, current_or_none
from metrics.warehouse.limits import Limits
from metrics.warehouse.publishing import publish, publish_overlay
from metrics.warehouse.reading import Result, run_alone, run_query

__all__ = [
    "Generation",
    "Limits",
    "Result",
    "audit",
    "current",
    "current_or_none",
    "publish",
    "publish_overlay",
    "run_alone",
    "run_query",
]
