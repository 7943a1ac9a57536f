"""The journal: messages of live feeds, on the disk before they are acknowledged, until the lake has what they say."""

from metrics.journal.journal import Journal, Letter, file_of, has_journal, opened

__all__ = ["Journal", "Letter", "file_of", "has_journal", "opened"]
