"""Every setting of timely.toml, declared once: its default, its help line and what it may be."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from metrics.clocks.holidays import checked_country
from metrics.definitions.lengths import length_from_words
from metrics.errors import did_you_mean
from metrics.events import STRATA

STRICT = ConfigDict(frozen=True, strict=True, extra="forbid")


def checked_zone(name: str) -> str:
    """The name itself when it is a time zone. Raises ValueError naming it and the form expected."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder of the database, a path, an unknown name
        raise ValueError(f"{name!r} is not a time zone; write an IANA name such as 'Europe/London'") from None
    return name


def above_nothing(length: timedelta) -> timedelta:
    if length <= timedelta(0):
        raise ValueError("it must be longer than nothing")
    return length


Length = Annotated[timedelta, BeforeValidator(length_from_words), AfterValidator(above_nothing)]
Zone = Annotated[str, AfterValidator(checked_zone)]
Country = Annotated[str, AfterValidator(checked_country)]


class CatalogSettings(BaseModel):
    """Which metrics a refresh computes."""

    model_config = STRICT

    compute: list[str] = Field(
        default=["*"],
        description="Metrics to compute in every refresh: ids, families, '*' (all that are no variant of another), 'variants' or "
        "'queries' (the queries that ship with the program, asked whole each time). "
        "Those with a target are computed too; any other is worked out when `timely observe` asks for it.",
        examples=["a list of names such as ['*', 'no_show_rate_completed']"],
    )


class LakeSettings(BaseModel):
    """What the lake remembers."""

    model_config = STRICT

    keep_days: int = Field(
        default=30, ge=1, examples=["a whole number, 1 or more"],
        description="How many days every earlier version of the events stays readable. What an issued snapshot stands on stays "
        "for good.",
    )  # fmt: skip


class RefreshSettings(BaseModel):
    """How the jobs publish."""

    model_config = STRICT

    keep_generations: int = Field(
        default=3, ge=1, description="How many published generations to keep.", examples=["a whole number, 1 or more"]
    )


class QuerySettings(BaseModel):
    """Limits of one query, in the workbench and in `timely query`."""

    model_config = STRICT

    seconds: int = Field(
        default=30, ge=1, le=3600, description="Longest a query may run, in seconds.", examples=["a whole number from 1 to 3600"]
    )
    rows: int = Field(
        default=10_000, ge=1, le=10_000_000, description="Most rows a query gives back; more are cut and the result says so.",
        examples=["a whole number from 1 to 10000000"],
    )  # fmt: skip
    memory_mb: int = Field(
        default=1024, ge=64, description="Most memory a query may use, in megabytes.", examples=["a whole number, 64 or more"]
    )


class LedgerSettings(BaseModel):
    """Where people's words and the alerts' lives are kept."""

    model_config = STRICT

    url: str = Field(
        default="",
        description="Database of the ledger; empty: ledger.sqlite in the home. $TIMELY_LEDGER takes its place, and ${NAME} in it "
        "is read from the environment.",
        examples=["a text such as 'postgresql://timely:${LEDGER_PASSWORD}@db.example/timely', or nothing"],
    )


class NotifySettings(BaseModel):
    """Who is told, and where."""

    model_config = STRICT

    link: str = Field(
        default="", description="Address of the dashboard, to which a message links; empty: messages have no link.",
        examples=["an address such as 'https://timely.example'"],
    )  # fmt: skip
    to: dict[str, list[str]] = Field(
        default={},
        description="Where the messages of an owner go: apprise addresses for each owner, '*' for owners not named. ${NAME} in an "
        "address is read from the environment, so that no secret stands in the file.",
        examples=['a table such as { "Emergency department" = ["mailtos://timely:${MAIL_PASSWORD}@mail.example"] }'],
    )


class BoardSettings(BaseModel):
    """When the live board stops standing behind a feed, and who may see whom it counts."""

    model_config = STRICT

    stale_after: Length = Field(
        default=timedelta(minutes=15), description="On the live board, a feed silent for longer than this is stale.",
        examples=["a length of time such as '15 minutes'"],
    )  # fmt: skip
    lost_after: Length = Field(
        default=timedelta(hours=2), description="On the live board, a feed silent for longer than this shows no figure.",
        examples=["a length of time such as '2 hours'"],
    )  # fmt: skip
    lists_for: list[str] = Field(
        default=["*"],
        description="On the live board, who may open the list of cases behind a tile: the names that people sign in by, or '*' for "
        "everybody who can open the page.",
        examples=["a list of names such as ['lead@trust.example']"],
    )


class EquitySettings(BaseModel):
    """How groups of patients are compared."""

    model_config = STRICT

    reference: dict[str, str] = Field(
        default={},
        description="The group that others are compared with, by stratum (age_band, language, interpreter, deprivation, payer). "
        "Of a stratum not named here: the group with most cases.",
        examples=['a table such as { age_band = "18-34", deprivation = "5" }'],
    )
    least: int = Field(
        default=30, ge=2, description="Groups of fewer cases are not compared: 'not assessed'.",
        examples=["a whole number, 2 or more"],
    )  # fmt: skip

    @field_validator("reference")
    @classmethod
    def _of_strata(cls, reference: dict[str, str]) -> dict[str, str]:
        for name in reference:
            if name not in STRATA:
                raise ValueError(f"'{name}' is no stratum of patients.{did_you_mean(name, STRATA)}")
        return reference


class SuppressionSettings(BaseModel):
    """What may not leave of small numbers."""

    model_config = STRICT

    policy: Literal["cms", "nhs", "ehrql", "off"] = Field(
        default="nhs",
        description="How small numbers are withheld in what leaves: answers over HTTP, files taken away from pages and the "
        "workbench, and the weekly snapshot unless its own file says otherwise. What stands on a page, and what "
        "commands print, is not touched. docs/suppression.md says more.",
        examples=["'cms', 'nhs', 'ehrql' or 'off'"],
    )


class Settings(BaseModel):
    """The whole of timely.toml."""

    model_config = STRICT

    title: str = Field(
        default="Timely", min_length=1, description="Name of the provider, at the head of every page.", examples=["a text"]
    )
    default_time_zone: Zone = Field(
        default="Europe/London", description="Time zone of a site that sites.csv does not list.",
        examples=["an IANA time zone such as 'Europe/London'"],
    )  # fmt: skip
    country: Country = Field(
        default="GB-ENG", description="Country (ISO 3166, with its part) whose holidays a site keeps that names no country.",
        examples=["an ISO 3166 code such as 'IE', 'US' or 'GB-ENG'"],
    )  # fmt: skip
    calendar: str = Field(
        default="clinic", min_length=1, description="Calendar (in calendars.toml) of a site that names none.",
        examples=["the name of a calendar in calendars.toml"],
    )  # fmt: skip
    unknown_site: Literal["reject", "warn"] = Field(
        default="reject", description="An event at a site that sites.csv does not list: 'reject' it, or 'warn' and keep it.",
        examples=["'reject' or 'warn'"],
    )  # fmt: skip
    stale_after: Length = Field(
        default=timedelta(hours=36), description="A feed silent for longer than this is stale.",
        examples=["a length of time such as '36 hours'"],
    )  # fmt: skip
    catalog: CatalogSettings = Field(
        default=CatalogSettings(), description="Which metrics a refresh computes.", examples=["a [catalog] table"]
    )
    lake: LakeSettings = Field(default=LakeSettings(), description="What the lake remembers.", examples=["a [lake] table"])
    refresh: RefreshSettings = Field(default=RefreshSettings(), description="How the jobs publish.", examples=["a [refresh] table"])
    board: BoardSettings = Field(default=BoardSettings(), description="The live board.", examples=["a [board] table"])
    query: QuerySettings = Field(default=QuerySettings(), description="Limits of one query.", examples=["a [query] table"])
    equity: EquitySettings = Field(
        default=EquitySettings(), description="How groups of patients are compared.", examples=["an [equity] table"]
    )
    suppression: SuppressionSettings = Field(
        default=SuppressionSettings(), description="What may not leave of small numbers.", examples=["a [suppression] table"]
    )
    ledger: LedgerSettings = Field(
        default=LedgerSettings(), description="Where people's words and the alerts' lives are kept.", examples=["a [ledger] table"]
    )
    notify: NotifySettings = Field(default=NotifySettings(), description="Who is told, and where.", examples=["a [notify] table"])


class Setting(NamedTuple):
    """One setting as the documentation shows it: its key in timely.toml, default (as TOML), help line, what it may be."""

    name: str
    default: str
    help: str
    expected: str


def settings_table() -> list[Setting]:
    """Every setting, in the order of the file; a key inside a table is written with its table ('query.rows')."""
    return list(declared(Settings))


def declared(model: type[BaseModel], table: str = "") -> Iterator[Setting]:
    for key, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            yield from declared(type(field.default), f"{key}.")
        else:
            yield Setting(f"{table}{key}", toml_value(field.default), field.description or "", (field.examples or [""])[0])


def toml_value(value: Any) -> str:
    """The value as TOML writes it; a length of time in words."""
    if isinstance(value, timedelta):
        hours, rest = divmod(int(value.total_seconds()), 3600)
        return f'"{hours} hours"' if not rest else f'"{int(value.total_seconds())} seconds"'
    return f'"{value}"' if isinstance(value, str) else str(value)
