"""Which rows each commit changed, so that a refresh can recompute only what they touch."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from metrics.durable import sync
from metrics.events import EventTable

SCHEMA: dict[str, pl.DataType] = {
    "table": pl.String(), "key": pl.String(), "patient_key": pl.String(), "month": pl.String(), "old_month": pl.String(),
    "day": pl.Date(), "old_day": pl.Date(), "old_patient_key": pl.String(),
}  # fmt: skip
KEY_SEPARATOR = "\x1f"
MOST_ROWS = 200_000  # beyond this a full refresh is as fast as one by changes


def changes(path: Path, since: int, until: int) -> pl.DataFrame | None:
    """Rows changed by commits after `since` up to and with `until`, columns as in SCHEMA; a key may stand more than once.

    old_month is null for a new row. None when one of the commits did not keep its changes: the first one, one of more
    than MOST_ROWS rows, one that moved rows between months because the sites' time zones changed.
    """
    files = [changes_file(path, sequence) for sequence in range(since + 1, until + 1)]
    if not all(file.is_file() for file in files):
        return None
    return pl.concat([pl.DataFrame(schema=SCHEMA), *(pl.read_parquet(file) for file in files)])


def changes_file(path: Path, sequence: int) -> Path:
    return path / "commits" / f"{sequence:08d}.parquet"


def write_changes(path: Path, sequence: int, changed: Sequence[pl.DataFrame | None]) -> None:
    """Keeps the changes of a commit, on the disk before this returns; nothing is kept when a part is unknown or they are many."""
    known = [one for one in changed if one is not None]
    if len(known) < len(changed) or sum(one.height for one in known) > MOST_ROWS:
        return
    file = changes_file(path, sequence)
    pl.concat([pl.DataFrame(schema=SCHEMA), *known]).write_parquet(file)
    sync(file)
    sync(file.parent)


def changes_of(table: EventTable, accepted: pl.DataFrame, replaced: pl.DataFrame) -> pl.DataFrame:
    """The changes frame of one table. accepted: the new rows; replaced: the lake's rows they take the place of."""
    now = described(table, accepted)
    old = described(table, replaced).select(
        "key", pl.col("month").alias("old_month"), pl.col("day").alias("old_day"), pl.col("patient_key").alias("old_patient_key")
    )
    return now.join(old, on="key", how="left", maintain_order="left").select(list(SCHEMA))


def described(table: EventTable, rows: pl.DataFrame) -> pl.DataFrame:
    patient = pl.col("patient_key") if "patient_key" in table.column else pl.lit(None, pl.String)
    return rows.select(
        pl.lit(table.name).alias("table"),
        pl.concat_str([pl.col(name).cast(pl.String) for name in table.key], separator=KEY_SEPARATOR).alias("key"),
        patient.alias("patient_key"), "month", "day",
    )  # fmt: skip
