"""Any slice of any metric: from the stored observations where they hold it, else from facts by the metric's own SQL."""

from metrics.observe.asked import DIMENSIONS, Slice
from metrics.observe.figures import COLUMNS, observe
from metrics.observe.gaps import GAP_COLUMNS, observed_gaps
from metrics.observe.published import published

__all__ = ["COLUMNS", "DIMENSIONS", "GAP_COLUMNS", "Slice", "observe", "observed_gaps", "published"]
