"""A metric as its authority defines it: the contract that one TOML file holds."""

import re
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from metrics.definitions.lengths import UNITS, length_from_words, words_from_length
from metrics.events import TABLES

Kind = Literal["rate", "duration", "count", "score", "census", "ratio"]
Clock = Literal["elapsed", "business", "working_days", "calendar_days"]
Statistic = Literal[
    "share", "count", "median", "p90", "p95", "within", "mean", "mean_wait", "ratio", "km_median", "km_p90", "km_within"
]
Unit = Literal["seconds", "minutes", "hours", "days", "weeks", "points", "per visit", "per 100 visits", "per 1,000 visits"]
Better = Literal["lower", "higher", "neither"]
Family = Literal["response", "waits", "attendance", "retention", "owed work", "experience", "access"]

Length = Annotated[timedelta, BeforeValidator(length_from_words)]  # "60 minutes", "3 days"; days count on a day clock
Predicate = str  # an SQL expression over the table's columns that both engines take

DAY_CLOCKS: tuple[Clock, ...] = ("working_days", "calendar_days")  # they count whole days; the others whole seconds
QUANTILES: dict[Statistic, float] = {"median": 0.5, "p90": 0.9, "p95": 0.95}
MEAN_WAIT: Statistic = "mean_wait"
"""Of finished waits, where a rule asks for it; a mean speaks of few long waits as of many, so no metric has it by itself."""
RATIOS: tuple[Statistic, ...] = ("share", "within")
ESTIMATED_QUANTILES: dict[Statistic, float] = {"km_median": 0.5, "km_p90": 0.9}
ESTIMATES: tuple[Statistic, ...] = (*ESTIMATED_QUANTILES, "km_within")
"""Of a wait, by Kaplan-Meier: those that left or still wait count as having waited at least so long."""
SHARES: tuple[Statistic, ...] = (*RATIOS, "km_within")
"""Statistics whose value is a fraction of 1; only RATIOS are one count over another."""


class Metric(BaseModel):
    """One metric. Field names are the TOML keys; the file's name is the id.

    rate:     among rows where `where`, `denominator` counts the bottom and `numerator` (of those) the top.
              `open` marks rows not yet decided (counted in still_open, in neither count).
    duration: from `start` to `stop` on `clock`, for rows where `where`. A row with no stop but a `censor`
              instant left: it waited at least that long. A row with neither is open at the as-of instant.
              A row that stops before it starts is in no figure. The statistics km_* take those that left, or are open, as censored.
    count:    rows where `where`.
    score:    the mean of `value`, a whole number, over rows where `where` and `value` is not null. Whole numbers, so that sums
              add up exactly in any order; a net promoter score is one of 100, 0 and -100 for each answer.
    census:   how many of the rows where `where` are there at the end of a period's last day: come (`start`) and not gone
              (`stop`), by local days at the site. With `within`, the share of them there for at most so many days; with
              `met_until`, the share of those present for whom that instant has not come (null: it never does).

    ratio:    so many of the count `numerator_of` for each so many of the counts `denominator_of` together, as `unit` says; the
              one is no part of the other. Of whole periods and places, at which each is counted by its own day.

    A predicate that is null does not hold. A metric on `tallies` names its `tally` rows instead of predicates;
    their counts (or bins) are added up.
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
    value: str | None = None
    start: str | None = None
    stop: str | None = None
    met_until: str | None = None
    censor: str | None = None
    clock: Clock = "elapsed"
    unit: Unit = "minutes"
    statistics: tuple[Statistic, ...] = ()
    within: Length | None = None
    tally: str | None = None
    numerator_of: str | None = None
    denominator_of: tuple[str, ...] = ()
    parts: tuple["Metric", ...] = Field(default=(), description="The counts of a ratio, the top first: filled in when read.")
    better: Better
    matures: Length = Field(default=timedelta(0), description="How long after a period ends its figure can still move.")
    history: Length = Field(
        default=timedelta(0), description="How far a figure looks back: from the first day it counts, so long without a verdict."
    )
    authority: str
    owner: str
    reviewed: date
    caveats: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    headline: bool = False
    variant: str | None = Field(default=None, description="What sets it apart from the other published forms of the same idea.")
    variant_of: str | None = Field(default=None, description="The metric whose other form it is; that one is the common default.")

    @model_validator(mode="before")
    @classmethod
    def _defaults_by_kind(cls, given: Any) -> Any:
        """Fill the statistics of the kind, days as the unit of a day clock and points as a score's, where the author named none."""
        if not isinstance(given, dict):
            return given
        filled = dict(given)
        if filled.get("statistics") in (None, [], ()):
            filled["statistics"] = default_statistics(filled.get("kind"), filled.get("within") is not None, "met_until" in filled)
        if filled.get("kind") == "census":
            filled.setdefault("clock", "calendar_days")
        if filled.get("clock") in DAY_CLOCKS:
            filled.setdefault("unit", "days")
        if filled.get("kind") == "ratio":
            filled.setdefault("unit", "per 1,000 visits")
        if filled.get("kind") == "score":
            filled.setdefault("unit", "points")
        return filled

    @property
    def clock_seconds(self) -> int:
        """Seconds in one tick of the clock: a day clock ticks in days, the others in seconds."""
        return UNITS["day"] if self.clock in DAY_CLOCKS else 1

    @property
    def unit_ticks(self) -> int:
        """Ticks of the clock in one `unit`: 60 for minutes on the elapsed clock, 7 for weeks on a day clock. A score has none."""
        return UNITS[self.unit.removesuffix("s")] // self.clock_seconds

    @property
    def per(self) -> int:
        """For how many of its bottom a ratio is told: 1,000 where unit is 'per 1,000 visits', 1 where it is 'per visit'."""
        digits = "".join(character for character in self.unit if character.isdigit())
        return int(digits or 1)

    @property
    def within_ticks(self) -> int:
        """`within` in ticks of the clock: 3,600 for 60 minutes, 3 for 3 days on a day clock. `within` must be set."""
        assert self.within is not None
        return int(self.within.total_seconds()) // self.clock_seconds

    @property
    def within_units(self) -> float:
        """`within` in the metric's unit, as a tally's bin edges are written. `within` must be set."""
        return self.within_ticks / self.unit_ticks

    @property
    def within_words(self) -> str:
        """`within` in words; on the business clock in hours, whose days are not 24 hours long. `within` must be set."""
        assert self.within is not None
        return words_from_length(self.within, "hour" if self.clock == "business" else "day")

    @property
    def is_tally(self) -> bool:
        return self.tally is not None

    @property
    def tables(self) -> tuple[str, ...]:
        """The event tables whose feeds its figures hang on."""
        return tuple(dict.fromkeys((self.table, *(part.table for part in self.parts))))


class QueryMetric(Metric):
    """A metric whose rows are a query's. table is 'query', and the predicates say nothing.

    sql: the query below its header, to the letter. reviewer: who read it, where its header says so. text: the whole file.
    built_in: it ships with the program, and nobody wrote it for one home.
    """

    sql: str
    text: str = ""
    reviewer: str = ""
    built_in: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The event tables that its query names; none where it only reads other figures."""
        named = (name for name in re.findall(r"\bfacts_([a-z]+)\b", self.sql.lower()) if name in TABLES)
        return tuple(dict.fromkeys(named))


def default_statistics(kind: object, has_within: bool, has_met: bool = False) -> tuple[Statistic, ...]:
    """What a metric reports when its author does not say; for an unknown kind nothing."""
    if kind == "duration":
        return ("median", "p90", "within") if has_within else ("median", "p90")
    if kind == "census":
        return ("share", "count") if has_met else ("count", "within") if has_within else ("count",)
    return {"rate": ("share",), "count": ("count",), "score": ("mean",), "ratio": ("ratio",)}.get(str(kind), ())  # type: ignore[return-value]
