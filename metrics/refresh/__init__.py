"""Run the jobs over the lake and publish a generation: all of it, or only what changed."""

from metrics.refresh.refreshing import RefreshReport, refresh

__all__ = ["RefreshReport", "refresh"]
