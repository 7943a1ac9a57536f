"""What every rule of alerts.toml may say. Field names are the keys; each kind of rule adds its own (`kinds.py`)."""

from datetime import timedelta
from hashlib import sha256
from json import dumps
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from metrics.alerts.episode import Severity
from metrics.definitions.lengths import length_from_words
from metrics.definitions.metric import Metric, Statistic

Kind = Literal["threshold", "binomial", "spc", "assurance", "cusum", "no_data", "stale", "error", "live_wait", "data_quality"]
FanOut = Literal["site", "service", "site_service", "none"]

STRICT = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)
HEADLINE, EVERY = "*", "all"  # as a metric: every headline metric, every metric there is
EACH = "*"  # as a statistic: each of the metric's
LENGTH = 12  # hexadecimal digits of a rule's version
STATISTIC = "'share', 'within', 'median', 'p90', 'p95', 'count', 'mean', 'mean_wait', 'km_median', 'km_p90', 'km_within' or '*'"
# What a rule may change without changing when it fires.
WORDS_FOR_PEOPLE = {"name", "severity", "owner", "runbook", "renotify_after_days", "enabled"}


def above_nothing(length: timedelta) -> timedelta:
    if length <= timedelta(0):
        raise ValueError("it must be longer than nothing")
    return length


def as_number(value: Any) -> Any:
    """'95%' as 0.95 and a whole number as a number; anything else as it is, for the type to judge."""
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            return float(value.strip().removesuffix("%")) / 100
        except ValueError:
            return value
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def in_a_row(default: int, meaning: str) -> Any:
    """A key that says how many samples it takes. 52: a year of weeks."""
    return Field(default=default, ge=1, le=52, description=meaning, examples=["a whole number from 1 to 52"])


Length = Annotated[timedelta, BeforeValidator(length_from_words), AfterValidator(above_nothing)]
Number = Annotated[float, BeforeValidator(as_number)]
Names = Annotated[tuple[str, ...], Field(strict=False)]


class Rule(BaseModel):
    """What every rule says: its name, how grave it is, how many samples move it, who owns it."""

    model_config = STRICT
    live: ClassVar[bool] = False  # about the present moment, not about a closed period

    id: str = Field(
        pattern=r"^[a-z][a-z0-9_]*$", description="Short name that never changes: an alert keeps its history by it.",
        examples=["lower-case letters, digits and _, starting with a letter"],
    )  # fmt: skip
    name: str = Field(min_length=1, description="What people read at the head of the alert.")
    kind: Kind = Field(description="What it looks at; each kind has keys of its own.")
    severity: Severity = Field(default="watch", description="info: to know; watch: look this week; act: somebody acts today.")
    for_periods: int = in_a_row(3, "Breaches before it fires, with no good period between them.")
    clear_periods: int = in_a_row(2, "Good periods in a row before it is resolved.")
    renotify_after_days: int | None = Field(
        default=None, ge=1, description="Days after which an alert that nobody took is told again; left out: it is told once.",
        examples=["a whole number of days, 1 or more"],
    )  # fmt: skip
    owner: str | None = Field(default=None, min_length=1, description="Who is told; left out: the owner of the metric.")
    runbook: str | None = Field(default=None, min_length=1, description="What to do: an address where it stands, or a sentence.")
    enabled: bool = Field(default=True, description="false: it is not evaluated, and its open alerts end, saying so.")

    @property
    def version(self) -> str:
        """Changes when what the rule asks does; not when its words for people do."""
        meaning = self.model_dump(mode="json", exclude=WORDS_FOR_PEOPLE)
        return sha256(dumps(meaning, sort_keys=True).encode()).hexdigest()[:LENGTH]


class PlacedRule(Rule):
    """A rule about one metric at every place."""

    metric: str = Field(
        default=HEADLINE,
        min_length=1,
        description="A metric's id, as `timely catalog` lists it; '*': all headline metrics; 'all': all.",
    )
    fan_out: FanOut = Field(
        default="site", description="One alert for each site, each service, each service of each site, or (none) for all together."
    )
    sites: Names = Field(default=(), description="Only at these sites; left out: at all.")
    services: Names = Field(default=(), description="Only in these services; left out: in all.")

    def asks_about(self, metric: Metric) -> bool:
        """Whether the metric is meant."""
        return self.metric == EVERY or (metric.headline if self.metric == HEADLINE else metric.id == self.metric)

    @model_validator(mode="after")
    def _places_it_fans_out_to(self) -> Self:
        for key, levels in (("sites", ("site", "site_service")), ("services", ("service", "site_service"))):
            if getattr(self, key) and self.fan_out not in levels:
                raise ValueError(
                    f"{key} is given, but fan_out = {self.fan_out!r} has none; write fan_out = {' or '.join(map(repr, levels))}"
                )
        return self


class FigureRule(PlacedRule):
    """A rule about the newest closed period of a metric's figure, once for each place."""

    statistic: Statistic | Literal["*"] | None = Field(
        default=None, description="Which of the metric's figures; '*': each of them; left out: the first it has of within, share, "
        "median and count.",
        examples=[STATISTIC],
    )  # fmt: skip
    grain: Literal["week", "month"] = Field(default="week", description="Which periods are judged.")


class JudgedRule(FigureRule):
    """A rule that needs enough cases to judge a figure by."""

    min_n: int = Field(
        default=30, ge=0, description="Fewest cases in a period that is judged; fewer neither fire nor resolve. A count has none.",
        examples=["a whole number, 0 or more"],
    )  # fmt: skip
