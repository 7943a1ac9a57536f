"""The dashboard: the scorecard, the metric page and the data page, drawn from one generation. No arithmetic."""
