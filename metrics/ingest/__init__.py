"""Ingest: raw files to events."""

from metrics.ingest.ingesting import ingest
from metrics.ingest.report import IngestReport, TableReport

__all__ = ["IngestReport", "TableReport", "ingest"]
