"""An answer to a question in SQL as it may leave. Nothing says what its columns mean, so that whole numbers are taken for counts.

An answer in the words of an observation (metric, statistic, both counts, value, n) is withheld as a frame of figures. In any other
every column of whole numbers counts people, but those whose name says that they count time or rank (hour, days_open, acuity):
where one of them is small, the numbers of the row go. What would give them away by a total is not looked for: what adds up to
what stands in the question alone. An answer with a row a patient or a case does not leave.
"""

import re

import polars as pl

from metrics.errors import UserError
from metrics.events import TABLES
from metrics.suppression.policy import Policy
from metrics.suppression.publishing import publishable
from metrics.suppression.rounding import nearest

OBSERVATION = frozenset({"metric", "statistic", "numerator", "denominator", "value", "n"})
ROWS_OF_ONE = frozenset({"patient_key", *(table.key[0] for table in TABLES.values())}) - {"metric"}
"""Columns that name one patient, or one event of theirs."""

NO_COUNT = re.compile(
    r"(^|_)(year|quarter|month|week|weekday|day|hour|minute|second)s?(_|$)|(^|_)(acuity|rank|position|points|rows|version|line)(_|$)"
)
"""Names of whole numbers that count no people."""

FRACTION = re.compile(r"(^|_)(share|rate|value)(_|$)")
"""Names of numbers that may be a fraction of 1 made of two counts."""


def publishable_answer(frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The answer with `withheld` (bool): nulls for the numbers of rows that are; counts and shares rounded as the policy says.

    Raises UserError for an answer with a row a patient or a case, naming the column. The policy 'off' changes nothing, and lets
    every answer leave.
    """
    if not policy.most_hidden:
        return frame.with_columns(pl.lit(False).alias("withheld"))
    if named := sorted(ROWS_OF_ONE & set(frame.columns)):
        raise UserError(
            f"the answer has a row for each {named[0]}: policy {policy.name} lets no row of one person leave. Ask for counts, or "
            "set suppression.policy in timely.toml to 'off' where every reader may see every case"
        )
    if set(frame.columns) >= OBSERVATION and frame.schema["metric"] == pl.String:
        return publishable(frame, policy)
    counts = [name for name, kind in frame.schema.items() if is_count(name, kind)]
    small = (pl.col(name).cast(pl.Float64).is_between(0.5, policy.most_hidden + 0.5, closed="none") for name in counts)
    held = pl.any_horizontal(*small).fill_null(False) if counts else pl.lit(False)
    marked = frame.with_columns(held.alias("withheld"))
    numbers = [name for name, kind in frame.schema.items() if name in counts or kind.is_float() or kind.is_decimal()]
    told = (rounded_column(name, frame.schema[name], counts, policy) for name in numbers)
    return marked.with_columns(
        pl.when(~pl.col("withheld")).then(column).alias(name) for name, column in zip(numbers, told, strict=True)
    )


def is_count(name: str, kind: pl.DataType) -> bool:
    return name in ("numerator", "denominator") or (kind.is_integer() and NO_COUNT.search(name) is None)


def rounded_column(name: str, kind: pl.DataType, counts: list[str], policy: Policy) -> pl.Expr:
    """A count to its multiple, a fraction to whole per cent; any other number as it is."""
    column = pl.col(name)
    if not policy.rounds:
        return column
    if name in counts:
        return nearest(column, policy.round_to).cast(kind)
    return column.round(2) if FRACTION.search(name) else column
