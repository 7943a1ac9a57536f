"""Sources: .sql files that say how raw files become event rows, and how they are run."""

from metrics.sources.csv_lines import Lines
from metrics.sources.extracting import Extraction, extraction
from metrics.sources.mapping import Mapping, Select, find_mapping, load_mapping
from metrics.sources.reading_nodes import refused_node

__all__ = ["Extraction", "Lines", "Mapping", "Select", "extraction", "find_mapping", "load_mapping", "refused_node"]
