"""Judging rows by the rules of their table: which are good, which are rejected and why, how often each warning is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from metrics.events.declaration import EventTable, Rule
from metrics.events.rules import rules_of

HIDDEN = "(hidden)"  # in place of a patient's key or identifier
REJECT_SCHEMA = {
    "line": pl.Int64(), "rule": pl.String(), "severity": pl.String(), "column": pl.String(), "value": pl.String(),
    "message": pl.String(),
}  # fmt: skip
PRIVATE = ("patient_key", "patient_id")


@dataclass(frozen=True)
class Judgement:
    """What validation found.

    good: the rows that break no rejecting rule, with the columns they came with. rejects: one row for each rule that a
    row breaks: line, rule, severity, column, value, message (the rule's sentence); severity 'reject' for rows that are not
    among the good, 'warn' for rows that are. rejected: how many rows are not good. warned: good rows by warning rule.
    """

    good: pl.DataFrame
    rejects: pl.DataFrame
    rejected: int
    warned: dict[str, int]


def judged(table: EventTable, frame: pl.DataFrame, more: Sequence[Rule] = ()) -> Judgement:
    """Applies the rules of the table, and `more` of the same kind, to every row in one pass.

    frame: the table's columns with their declared types, and the Int64 column `line` that names a row in the rejects. A
    rule whose predicate is null does not count as broken. A row that breaks several rules has a reject for each.
    """
    rules = tuple(dict.fromkeys((*rules_of(table), *more)))
    broken = frame.select(expression(rule.broken).fill_null(False).alias(rule.name) for rule in rules)
    counts = broken.sum().row(0, named=True)
    hit = [rule for rule in rules if counts[rule.name]]
    if not hit:
        return Judgement(frame, pl.DataFrame(schema=REJECT_SCHEMA), 0, {})
    stops = [rule.name for rule in hit if rule.severity == "reject"]
    stopped = broken.select(stopped=pl.any_horizontal(stops or [pl.lit(False)])).to_series()
    shown = {rule: broken[rule.name] if rule.severity == "reject" else broken[rule.name] & ~stopped for rule in hit}
    rejects = pl.concat(rejects_of(rule, frame.filter(rows)) for rule, rows in shown.items())
    warned = {rule.name: int(rows.sum()) for rule, rows in shown.items() if rule.severity == "warn" and rows.any()}
    return Judgement(frame.filter(~stopped), rejects.sort("line", maintain_order=True), int(stopped.sum()), warned)


def rejects_of(rule: Rule, rows: pl.DataFrame) -> pl.DataFrame:
    """One reject for each of the rows, all of which break the rule."""
    value = pl.lit(HIDDEN) if rule.column in PRIVATE else text_of(rows, rule.column)
    return rows.select(
        pl.col("line").cast(pl.Int64), pl.lit(rule.name).alias("rule"), pl.lit(rule.severity).alias("severity"),
        pl.lit(rule.column).alias("column"), value.alias("value"), pl.lit(rule.sentence).alias("message"),
    )  # fmt: skip


def text_of(rows: pl.DataFrame, column: str) -> pl.Expr:
    """The column as text; instants to the second, as ISO 8601 in UTC."""
    if isinstance(rows.schema[column], pl.Datetime):
        return pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pl.col(column).cast(pl.String)


@cache
def expression(predicate: str) -> pl.Expr:
    """An SQL predicate as a Polars expression; parsed once, because a long file asks for it in every chunk."""
    return pl.sql_expr(predicate)
