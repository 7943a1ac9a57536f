"""Why a refresh has to be a full one, or that it need not be."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import polars as pl

from metrics import __version__
from metrics.events import TABLES
from metrics.refresh.inputs import FINGERPRINT, Inputs
from metrics.warehouse import Generation
from metrics.warehouse.schema import LAYOUT

EVENT_TABLES = sha256(str([(name, list(table.schema.items())) for name, table in TABLES.items()]).encode()).hexdigest()[
    :FINGERPRINT
]
"""Changes when a column of an event table comes or goes: stored facts then lack it."""
MOST_CHANGES = 200_000  # rows: beyond that a full refresh is as quick, and the overlay would slow every reader


def fingerprints(inputs: Inputs) -> dict[str, Any]:
    """What an incremental refresh takes for granted: it may only follow a generation made with the same."""
    home = inputs.home
    return {
        "catalogue": inputs.catalogue_fingerprint,
        "calendars": home.calendars_fingerprint,
        "zones": home.zones_fingerprint,
        "strata": inputs.has_strata,
        "event tables": EVENT_TABLES,
        "layout": LAYOUT,
    }


def words_fingerprints(inputs: Inputs) -> dict[str, str]:
    """What every refresh reads anew: a change of it publishes a generation, and is no reason to compute the rest again."""
    return {
        "targets": inputs.targets_fingerprint,
        "baselines": inputs.baselines_fingerprint,
        "queries": inputs.queries_fingerprint,
        "sites": inputs.sites_fingerprint,
        "program": __version__,
    }


def why_full(previous: Generation | None, inputs: Inputs, changes: pl.DataFrame | None, asked: bool) -> str | None:
    """A sentence that says why everything has to be computed, or None when what changed is enough."""
    if asked:
        return "a full refresh was asked for"
    if previous is None:
        return "there is no generation yet"
    return next(_reasons(previous, inputs, changes), None)


def _reasons(previous: Generation, inputs: Inputs, changes: pl.DataFrame | None) -> Iterator[str]:
    for name, value in fingerprints(inputs).items():
        if previous.manifest.get(name) != value:
            yield f"the {name} changed since generation {previous.name}"
    if inputs.as_of < previous.as_of:
        yield "the as-of instant is earlier than the last generation's"
    if changes is None:
        yield "the lake does not say what changed"
    elif changes.height + int(previous.manifest.get("rewritten", 0)) > MOST_CHANGES:
        yield f"more than {MOST_CHANGES:,} rows changed since the last full refresh"
