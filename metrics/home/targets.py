"""targets.toml: what each figure should be, where, from when, and who says so."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from metrics.definitions.metric import Statistic
from metrics.errors import did_you_mean
from metrics.home.files import toml_of
from metrics.mistakes import problems_of

SCOPE = ("region", "site_id", "service_id")
SHARES = ("share", "within")  # statistics that are parts of a whole, kept between 0 and 1


def number_or_percentage(value: Any) -> Any:
    """'95%' as 0.95, a whole number as a number; anything else as it is, for the type to judge."""
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            return float(value.strip().removesuffix("%")) / 100
        except ValueError:
            return value
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Target(BaseModel):
    """One [[target]] block. With no place named it holds everywhere; the most closely named target is the one that counts."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    metric: str = Field(min_length=1, description="The metric's id, as `timely catalog` lists it.")
    statistic: Statistic = Field(description="Which of the metric's figures: share, within, median, p90, p95 or count.")
    value: Annotated[float, BeforeValidator(number_or_percentage)] = Field(
        ge=0, description="A share as '95%' or 0.95; a wait in the metric's unit.",
        examples=["a number of 0 or more, or a percentage such as '95%'"],
    )  # fmt: skip
    region: str | None = Field(default=None, description="Only in this region of sites.csv.")
    site_id: str | None = Field(default=None, description="Only at this site of sites.csv.")
    service_id: str | None = Field(default=None, description="Only in this service.")
    valid_from: date = Field(description="First day it holds.")
    valid_to: date | None = Field(default=None, description="Last day it holds; left out: until further notice.")
    source: str = Field(min_length=1, description="Who set it, and where that is written.")

    @model_validator(mode="after")
    def hangs_together(self) -> "Target":
        if self.statistic in SHARES and self.value > 1:
            raise ValueError(f"value = {self.value:g} is more than the whole; write '{self.value:g}%' or {self.value / 100:g}")
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        if self.region and self.site_id:
            raise ValueError(f"region {self.region!r} and site_id {self.site_id!r} are both given; name one of them")
        return self


class TargetFile(BaseModel):
    """The whole of targets.toml."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    target: tuple[Target, ...] = Field(default=(), strict=False, description="Targets, one [[target]] block each.")


COLUMNS = ("metric", "statistic", *SCOPE, "value", "valid_from", "valid_to", "source")
SCHEMA = {name: pl.String() for name in COLUMNS} | {"value": pl.Float64(), "valid_from": pl.Date(), "valid_to": pl.Date()}


def read_targets(path: Path, sites: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The targets (metric, statistic, region, site_id, service_id, value, valid_from, valid_to, source) and what is wrong."""
    read, problems = toml_of(path)
    try:
        targets = TargetFile.model_validate(read or {}).target
    except ValidationError as error:
        return pl.DataFrame(schema=SCHEMA), problems + problems_of(path.name, TargetFile, error)
    for n, target in enumerate(targets, 1):
        problems += place_problems(f"{path.name}: target[{n}]", target, sites)
    frame = pl.DataFrame([target.model_dump() for target in targets], schema=SCHEMA)
    return frame, problems + overlap_problems(path.name, frame)


def place_problems(where: str, target: Target, sites: pl.DataFrame) -> list[str]:
    """Places that sites.csv does not know."""
    if sites.is_empty():  # sites.csv is wrong: its own mistakes are told, not their consequences here
        return []
    return [
        f"{where}.{key} = {place!r} is not in sites.csv.{did_you_mean(place, known)}"
        for key, place in (("site_id", target.site_id), ("region", target.region))
        if place is not None and place not in (known := words(sites[key]))
    ]


def words(column: pl.Series) -> Sequence[str]:
    return column.drop_nulls().unique().sort().to_list()


def overlap_problems(file: str, targets: pl.DataFrame) -> list[str]:
    """Two targets for the same figure in the same place on the same day."""
    same = ["metric", "statistic", *SCOPE]
    ends = pl.col("valid_to").fill_null(date.max).cum_max().shift().over(same)
    clashes = targets.sort("valid_from").filter(pl.col("valid_from") <= ends)
    return [
        f"{file}: {row['metric']} {row['statistic']} has two targets in force on {row['valid_from']} in the same place; "
        "end the earlier one with valid_to."
        for row in clashes.iter_rows(named=True)
    ]
