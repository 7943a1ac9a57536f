"""The demonstration: a simulated provider, from raw files to a published generation; and the same provider going on, live."""

from metrics.demo.demonstrating import DemoReport, demo, ingest_raw, is_made

__all__ = ["DemoReport", "demo", "ingest_raw", "is_made"]
