"""A metric as its authority defines it: the contract that one TOML file holds."""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from metrics.definitions.lengths import length_from_words

Kind = Literal["rate", "duration", "count"]
Clock = Literal["elapsed", "business", "working_days", "calendar_days"]
Statistic = Literal["share", "count", "median", "p90", "p95", "within"]
Unit = Literal["seconds", "minutes", "hours", "days", "weeks"]
Better = Literal["lower", "higher", "neither"]
Family = Literal["response", "waits", "attendance", "retention", "owed work", "experience", "access"]

Length = Annotated[timedelta, BeforeValidator(length_from_words)]  # "60 minutes", "3 days"; days count on a day clock
Predicate = str  # an SQL expression over the table's columns that both engines take


class Metric(BaseModel):
    """One metric. Field names are the TOML keys; the file's name is the id.

    rate:     among rows where `where`, `denominator` counts the bottom and `numerator` (of those) the top.
              `open` marks rows not yet decided (counted in still_open, in neither count).
    duration: from `start` to `stop` on `clock`, for rows where `where`. A row with no stop but a `censor`
              instant left: it waited at least that long. A row with neither is open at the as-of instant.
    count:    rows where `where`.

    A metric on `tallies` names its `tally` rows instead of predicates; their counts (or bins) are added up.
    """

    model_config = ConfigDict(frozen=True, strict=False, extra="forbid")

    id: str
    title: str
    question: str
    family: Family
    table: str
    kind: Kind
    where: Predicate = "true"
    numerator: Predicate | None = None
    denominator: Predicate = "true"
    open: Predicate | None = None
    start: str | None = None
    stop: str | None = None
    censor: str | None = None
    clock: Clock = "elapsed"
    unit: Unit = "minutes"
    statistics: tuple[Statistic, ...] = ()
    within: Length | None = None
    tally: str | None = None
    better: Better
    matures: Length = Field(default=timedelta(0), description="How long after a period ends its figure can still move.")
    authority: str
    owner: str
    reviewed: date
    caveats: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    headline: bool = False
