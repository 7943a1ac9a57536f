"""What a metric means: its contract, how it is loaded, and its two forms (Polars for the jobs, SQL for people)."""

from metrics.definitions.cards import card, catalogue_markdown
from metrics.definitions.load import BUILT_IN, load_catalog
from metrics.definitions.metric import Metric
from metrics.definitions.sql_form import CompiledQuery, sql_for
from metrics.definitions.version import definition_version

__all__ = ["BUILT_IN", "CompiledQuery", "Metric", "card", "catalogue_markdown", "definition_version", "load_catalog", "sql_for"]
