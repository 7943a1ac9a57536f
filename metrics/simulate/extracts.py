"""Extracts that grow: what a system's file says of the cases that changed between two instants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from metrics.simulate.world import World


@dataclass(frozen=True)
class Kind:
    """The columns of a raw file. first: its case begins; later: what may still come; tied: known only once that stamp is; said:
    when the row was written. stamps: how instants are written."""

    source: str
    stamps: str
    first: str
    later: tuple[str, ...]
    said: str
    tied: Mapping[str, str] = field(default_factory=dict)


VISITS = Kind("ehr_visits", "%Y-%m-%dT%H:%M:%S%:z", "ARRIVE_TM", ("TRIAGE_TM", "BED_TM", "MD_TM", "ADMIT_ORDER_TM", "DEPART_TM"),
              "UPDATED_UTC", {"ESI": "TRIAGE_TM", "DISP_CD": "DEPART_TM"})  # fmt: skip
CALLS = Kind("phone_system", "%Y-%m-%dT%H:%M:%SZ", "RANG", ("QUEUED", "ANSWERED", "ABANDONED", "CB_REQUESTED", "CB_MADE", "ENDED"),
             "WRITTEN", {"AGENT": "ANSWERED"})  # fmt: skip
THREADS = Kind("portal_messages", "%Y-%m-%dT%H:%M:%SZ", "FIRST_MSG_AT", ("FIRST_STAFF_REPLY_AT", "CLOSED_AT"), "SAVED_AT",
               {"STAFF_ID": "FIRST_STAFF_REPLY_AT"})  # fmt: skip


def seconds(column: str) -> pl.Expr:
    """UTC seconds since 1970 of an instant, with or without a zone."""
    return pl.col(column).dt.epoch("s")


def told(kind: Kind, rows: pl.DataFrame, after: float, until: float) -> pl.DataFrame:
    """The cases in which something happened after `after` and up to `until` (UTC seconds), as they stand at `until`.

    rows: every stamp that will ever be. A row is written a second after its newest stamp.
    """
    stamps = (kind.first, *kind.later)
    changed = rows.filter(pl.any_horizontal((seconds(name) > after) & (seconds(name) <= until) for name in stamps))
    known = changed.with_columns(
        *(pl.when(seconds(name) <= until).then(pl.col(name)) for name in kind.later),
        *(pl.when(seconds(stamp) <= until).then(pl.col(name)) for name, stamp in kind.tied.items()),
    )
    written = pl.from_epoch(pl.max_horizontal(seconds(name) for name in stamps) + 1, "s")
    zone = getattr(rows.schema[kind.said], "time_zone", None)
    return known.with_columns(written.dt.replace_time_zone(zone).alias(kind.said))


def continued(kind: Kind, world: World, known: np.ndarray, raw: Callable[[World, np.ndarray], pl.DataFrame]) -> pl.DataFrame:
    """Every row with all its stamps; those known at the data's now keep the number and the attributes that were written of them.

    known: of each row of the simulation. raw: the extract of the rows with the given positions, at a world's now.
    """
    order = np.concatenate([np.flatnonzero(known), np.flatnonzero(~known)])
    before, every = raw(world, order[: known.sum()]), raw(replace(world, now=np.inf), order)
    fixed = [name for name in every.columns if name not in {kind.first, *kind.later, *kind.tied, kind.said, "_said"}]
    kept = every.with_columns(pl.concat([before[name], every[name][len(before) :]]) for name in fixed)
    moving = pl.any_horizontal(seconds(name) > world.now for name in (kind.first, *kind.later))
    return kept.filter(moving).drop("_said", strict=False)
