"""What newer statements changed: each instant of a case that an older statement told otherwise.

The lake holds the current state; a clock start that was moved afterwards would leave no trace that can be counted. These are
the traces, found where statements of one case meet. The first word on an instant is the `was` of its oldest edit.
"""

import polars as pl

from metrics.events import EventTable
from metrics.lake.changed_rows import KEY_SEPARATOR
from metrics.lake.tables import EDIT_SCHEMA

SAID_BEFORE = ["table_name", "key", "column", "was", "was_recorded_at"]
SCHEMA = {**EDIT_SCHEMA, "month": pl.String()}


def edits_of(table: EventTable, arriving: pl.DataFrame, existing: pl.DataFrame, winners: pl.DataFrame) -> pl.DataFrame:
    """A row for each instant of an older statement that the winner tells otherwise: columns of SCHEMA, no two alike.

    All frames have the table's columns and `month`; every key of `arriving` has one winner. overtaken: the older statement
    arrived when the newer one was there already. An instant that was empty before is filled in, not edited.
    """
    instants = [name for name in table.instants if name != "recorded_at"]
    held = existing.with_columns(overtaken=pl.lit(False))
    came = arriving.with_columns(overtaken=_is_held(table, existing))
    said = pl.concat([held, came], how="diagonal_relaxed")
    now = winners.select(*table.key, "month", recorded="recorded_at", **{f"{name}_now": name for name in instants})
    older = said.drop("month").join(now, on=list(table.key), nulls_equal=True).filter(pl.col("recorded_at") < pl.col("recorded"))
    if older.is_empty() or not instants:  # a register tells of no instant
        return pl.DataFrame(schema=SCHEMA)
    words = _one_a_moment(table, older)
    found = pl.concat(_of_column(table, words, name) for name in instants)
    return found.sort(*SAID_BEFORE, "overtaken").unique(SAID_BEFORE, keep="first", maintain_order=True)


def _one_a_moment(table: EventTable, older: pl.DataFrame) -> pl.DataFrame:
    """Of a case's statements of one instant the one that stands (the greatest, as in `merge`); the others never did.

    Of equal ones that which came in its turn.
    """
    columns = list(table.column)
    order = older.sort(*columns, "overtaken", descending=[*(False for _ in columns), True], nulls_last=False)
    return order.unique([*table.key, "recorded_at"], keep="last", maintain_order=True)


def _is_held(table: EventTable, existing: pl.DataFrame) -> pl.Expr:
    """Whether the lake has the key: an older statement of it then came out of turn."""
    keys = existing.select(pl.struct(table.key)).to_series()
    return pl.struct(table.key).is_in(keys.implode()) if len(keys) else pl.lit(False)


def _of_column(table: EventTable, older: pl.DataFrame, name: str) -> pl.DataFrame:
    changed = older.filter(pl.col(name).is_not_null() & pl.col(name).ne_missing(pl.col(f"{name}_now")))
    site = pl.col("site_id") if "site_id" in table.column else pl.lit(None, pl.String)
    return changed.select(
        table_name=pl.lit(table.name),
        key=pl.concat_str([pl.col(key).cast(pl.String) for key in table.key], separator=KEY_SEPARATOR),
        column=pl.lit(name), source="source", site_id=site, was=name, was_recorded_at="recorded_at", became=f"{name}_now",
        became_recorded_at="recorded", overtaken="overtaken", month="month",
    )  # fmt: skip


def new_edits(found: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Those of the found edits whose older word is not known yet: the same file twice tells nothing new.

    Nor does an overtaken statement whose word is known from one after it: told in its turn, it agreed with that one and left no
    trace. Nor one of a moment of which another statement of the case is known: that one stood. known: every edit of the found keys,
    whatever its month.
    """
    word, moment = SAID_BEFORE[:-1], ["table_name", "key", "was_recorded_at"]
    new = found.join(known.select(SAID_BEFORE), on=SAID_BEFORE, how="anti", nulls_equal=True)
    stood = known.select(moment).unique().with_columns(stood=pl.lit(True))
    last = known.group_by(word).agg(last_said=pl.col("was_recorded_at").max())
    told = new.join(last, on=word, how="left", nulls_equal=True, maintain_order="left")
    told = told.join(stood, on=moment, how="left", maintain_order="left")
    repeats = (pl.col("last_said") >= pl.col("was_recorded_at")).fill_null(False) | pl.col("stood").fill_null(False)
    return told.filter(~(pl.col("overtaken") & repeats)).select(found.columns)
