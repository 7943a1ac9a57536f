"""A target as targets.toml and a pack write it: a figure, a place, days, a value, and who says so."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import polars as pl
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from metrics.definitions.metric import ESTIMATED_QUANTILES, MEAN_WAIT, QUANTILES, SHARES, Statistic
from metrics.signals.targets import Role, closeness

SCOPE = ("region", "site_id", "service_id")


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
    role: Role = Field(
        default="target",
        description="'target': what the figure is held to; 'trajectory': the way agreed towards it; 'stretch': better than asked.",
    )
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
    verified: bool = Field(default=True, description="false: nobody has read it at its source yet; it is shown as not verified.")

    @model_validator(mode="before")
    @classmethod
    def in_its_own_unit(cls, given: Any) -> Any:
        """A percentage is a share: of a wait or a count it would be read as a number close to none."""
        if isinstance(given, dict):
            value, statistic = given.get("value"), given.get("statistic")
            if (
                isinstance(value, str)
                and value.strip().endswith("%")
                and statistic in (*QUANTILES, *ESTIMATED_QUANTILES, MEAN_WAIT, "count", "mean", "ratio")
            ):
                raise ValueError(f"value = {value!r} is a share, and {statistic} is none; write a number in the metric's unit")
        return given

    @model_validator(mode="after")
    def hangs_together(self) -> "Target":
        if self.statistic in SHARES and self.value > 1:
            raise ValueError(f"value = {self.value:g} is more than the whole; write '{self.value:g}%' or {self.value / 100:g}")
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        if self.region and self.site_id:
            raise ValueError(f"region {self.region!r} and site_id {self.site_id!r} are both given; name one of them")
        return self


SCHEMA = pl.Schema({
    **dict.fromkeys(("metric", "statistic", "role", *SCOPE), pl.String()), "closeness": pl.Int32(), "value": pl.Float64(),
    "valid_from": pl.Date(), "valid_to": pl.Date(), "source": pl.String(), "verified": pl.Boolean(), "pack": pl.String(),
})  # fmt: skip
SAME = ("metric", "statistic", "role", *SCOPE)  # targets alike in these speak of the same figure in the same place
FOREVER = date.max  # stands for no last day where days are compared


def frame_of(targets: Sequence[Target], pack: str | None = None) -> pl.DataFrame:
    """The targets as rows, columns as in SCHEMA."""
    rows = pl.DataFrame([target.model_dump() for target in targets], schema={name: SCHEMA[name] for name in Target.model_fields})
    return rows.with_columns(closeness().alias("closeness"), pl.lit(pack, pl.String).alias("pack")).select(*SCHEMA).cast(SCHEMA)
