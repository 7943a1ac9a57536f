"""Any slice of any metric: from the stored observations where they hold it, else from facts by the metric's own SQL."""

from metrics.observe.asked import DIMENSIONS, Slice
from metrics.observe.figures import COLUMNS, observe

__all__ = ["COLUMNS", "DIMENSIONS", "Slice", "observe"]
