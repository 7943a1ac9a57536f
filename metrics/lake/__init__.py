"""The lake: the current state of every event table as Delta tables, one row a key, by month; HEAD.json says what is in force."""

from metrics.lake.changed_rows import changes
from metrics.lake.in_force import Head, head
from metrics.lake.lake_error import LakeError
from metrics.lake.merging import Outcome
from metrics.lake.opened import OpenedLake
from metrics.lake.tables import EDIT_SCHEMA, REJECT_SCHEMA, edits, months, rejects, scan, standing
from metrics.lake.writer import Writer, refile, writing

__all__ = [
    "EDIT_SCHEMA",
    "REJECT_SCHEMA",
    "Head",
    "LakeError",
    "OpenedLake",
    "Outcome",
    "Writer",
    "changes",
    "edits",
    "head",
    "months",
    "refile",
    "rejects",
    "scan",
    "standing",
    "writing",
]
