"""The kinds of rule, each with the keys that only it has."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from metrics.alerts.rule import (
    EACH,
    EVERY,
    HEADLINE,
    STATISTIC,
    FigureRule,
    JudgedRule,
    Length,
    Names,
    Number,
    PlacedRule,
    Rule,
    in_a_row,
)
from metrics.definitions.metric import RATIOS, Statistic

Pattern = Literal["outside", "trend", "two_in_three", "shift"]


class TargetRule(JudgedRule):
    """A rule that judges against the target in force; where there is none, it says nothing."""

    statistic: Statistic | Literal["*"] | None = Field(
        default="*", description="Which of the metric's figures; '*': each that has a target.",
        examples=[STATISTIC],
    )  # fmt: skip


class LineRule(TargetRule):
    """A rule with a line that a figure is on the good or on the bad side of."""

    bad: Literal["high", "low"] | None = Field(default=None, description="Which side is bad; left out: as the metric says.")
    clear_margin: Number = Field(
        default=0.0, ge=0, description="How far on the good side of the line a figure must be to count as good; between, it holds.",
        examples=["a number of 0 or more, in the unit of the line"],
    )  # fmt: skip


class ThresholdRule(LineRule):
    """threshold: the figure is beyond the line; on the line is not beyond it."""

    kind: Literal["threshold"]
    limit: Number | None = Field(
        default=None, description="The line: a share as '95%' or 0.95, a wait in the metric's unit; left out: the target in force.",
        examples=["a number, or a percentage such as '95%'"],
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_figure(self) -> "ThresholdRule":
        if self.limit is not None and (self.metric in (HEADLINE, EVERY) or self.statistic == EACH):
            raise ValueError(f"limit = {self.limit:g} needs one metric and one statistic to be the limit of; name them")
        return self


class BinomialRule(LineRule):
    """binomial: so far beyond the target that chance alone seldom does it: the exact one-sided bound of the share is beyond it."""

    kind: Literal["binomial"]
    confidence: Number = Field(
        default=0.95, gt=0.5, lt=1, description="Confidence of the one-sided bound.", examples=["a number between 0.5 and 1"]
    )

    @model_validator(mode="after")
    def _of_a_share(self) -> "BinomialRule":
        if self.statistic not in (*RATIOS, EACH):
            raise ValueError(f"statistic = {self.statistic!r} is no share of cases; name 'share' or 'within'")
        return self


class CusumRule(LineRule):
    """cusum: small misses of the target that add up. The sum grows by each period's distance from the target, in standard
    deviations, less `k`, and is never under 0; it fires above `h`."""

    kind: Literal["cusum"]
    for_periods: int = in_a_row(1, "Breaches before it fires. The sum has waited already, so one is enough.")
    k: Number = Field(
        default=0.5, ge=0, description="What a period may miss without adding to the sum, in standard deviations.",
        examples=["a number of 0 or more"],
    )  # fmt: skip
    h: Number = Field(
        default=5.0, gt=0, description="Sum above which it fires, in standard deviations.", examples=["a number above 0"]
    )


class SpcRule(JudgedRule):
    """spc: the newest point is special cause on its control chart, on the side that concerns."""

    kind: Literal["spc"]
    for_periods: int = in_a_row(1, "Breaches before it fires. A run of seven has waited already, so one is enough.")
    on: Annotated[tuple[Pattern, ...], Field(strict=False, min_length=1)] = Field(
        default=("outside", "two_in_three", "shift", "trend"),
        description="Which rules of the chart count. Where each figure leans on the one before it (lag-1 above 0.3), shift and "
        "trend never alert.",
        examples=["a list of 'outside', 'trend', 'two_in_three', 'shift'"],
    )  # fmt: skip
    side: Literal["concern", "improvement", "any"] = Field(default="concern", description="Which way the change goes that is told.")


class AssuranceRule(TargetRule):
    """assurance: unless something changes, the target will not be met: all that the process does is on the bad side of it."""

    kind: Literal["assurance"]


class NoDataRule(FigureRule):
    """no_data: a figure that is usually there is not: no case was counted in the newest closed period."""

    kind: Literal["no_data"]
    for_periods: int = in_a_row(1, "Silent periods before it fires.")
    clear_periods: int = in_a_row(1, "Periods with a figure before it is resolved.")


class LiveWaitRule(PlacedRule):
    """live_wait: people are waiting now for longer than they should."""

    live: ClassVar[bool] = True
    kind: Literal["live_wait"]
    metric: str = Field(min_length=1, description="The metric whose wait it is: its start, its stop, the people between them.")
    longer_than: Length = Field(
        description="How long somebody may wait, as in '4 hours'.", examples=["a length of time such as '4 hours'"]
    )
    at_least: int = Field(default=1, ge=1, description="How many must wait that long.", examples=["a whole number, 1 or more"])
    for_periods: int = in_a_row(1, "Looks in a row before it fires.")


class FeedRule(Rule):
    """A rule about the way the data comes, or about the rules themselves."""

    live: ClassVar[bool] = True
    for_periods: int = in_a_row(1, "Looks in a row before it fires.")
    clear_periods: int = in_a_row(1, "Good looks in a row before it is resolved.")


class StaleRule(FeedRule):
    """stale: a feed fell silent. Told for each event table and source, and for each site whose rows the source stopped sending."""

    kind: Literal["stale"]
    after: Length | None = Field(
        default=None, description="Silence that is too long; left out: `stale_after` of timely.toml.",
        examples=["a length of time such as '36 hours'"],
    )  # fmt: skip
    tables: Names = Field(default=(), description="Only these event tables; left out: all.")
    sources: Names = Field(default=(), description="Only these sources; left out: all.")


class ErrorRule(FeedRule):
    """error: a rule of this file is broken or cannot be evaluated, so that what it should find goes unseen."""

    kind: Literal["error"]


class DataQualityRule(FeedRule):
    """data_quality: a check of the data fails, as `timely check` tells it."""

    kind: Literal["data_quality"]
    checks: Names = Field(default=(), description="Only these checks; left out: all.")


KINDS: dict[str, type[Rule]] = {
    "threshold": ThresholdRule, "binomial": BinomialRule, "spc": SpcRule, "assurance": AssuranceRule, "cusum": CusumRule,
    "no_data": NoDataRule, "stale": StaleRule, "error": ErrorRule, "live_wait": LiveWaitRule, "data_quality": DataQualityRule,
}  # fmt: skip
# Always in force, whatever the file says: a broken rule is never silence.
BROKEN_RULE = ErrorRule(
    id="broken_rule", name="A rule of alerts.toml is broken", kind="error", severity="act", owner="Timely",
    runbook="Mend the rule in alerts.toml; until then, what it should find goes unseen.",
)  # fmt: skip
