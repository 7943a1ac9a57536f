"""Packs: an authority's targets, which come with Timely and are taken by name; and which of several targets counts on a day."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from metrics.errors import did_you_mean
from metrics.home.files import toml_of
from metrics.home.target import FOREVER, SAME, SCHEMA, Target

PACKS = Path(__file__).parents[1] / "catalog" / "targets"


class Pack(BaseModel):
    """A file of metrics/catalog/targets: one authority's targets. Its name is the file's."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    title: str = Field(min_length=1, description="Whose targets they are.")
    about: str = Field(min_length=1, description="What they are, and what to know before using them.")
    target: tuple[Target, ...] = Field(min_length=1, strict=False, description="Targets, one [[target]] block each.")


def pack_names() -> list[str]:
    return sorted(path.stem for path in PACKS.glob("*.toml"))


def pack_of(name: str) -> Pack:
    """The pack of that name. KeyError for one that is not there; a built-in pack that is wrong raises pydantic's error."""
    if name not in pack_names():
        raise KeyError(name)
    read, _ = toml_of(PACKS / f"{name}.toml")
    return Pack.model_validate(read)


def pack_problems(file: str, packs: Sequence[str]) -> Iterator[str]:
    """Packs that are not there, and packs named twice."""
    for n, name in enumerate(packs, 1):
        if name not in pack_names():
            yield f"{file}: packs[{n}] = {name!r} is not a pack that comes with Timely.{did_you_mean(name, pack_names())}"
        elif name in packs[: n - 1]:
            yield f"{file}: packs[{n}] = {name!r} is named twice; name it once."


def in_order(*frames: pl.DataFrame) -> pl.DataFrame:
    """The frames' targets on one another: on a day where several speak of the same figure, role and place the first frame's counts.

    A target that is covered for a part of its days is cut; one that is covered for all of them is left out.
    """
    rows = pl.concat([SCHEMA.to_frame(), *frames]).with_row_index("row").with_columns(pl.col("valid_to").fill_null(FOREVER))
    after = pl.col("valid_to").filter(pl.col("valid_to") < FOREVER) + pl.duration(days=1)
    bounds = rows.group_by(SAME).agg(starts=pl.concat([pl.col("valid_from"), after]).unique().sort()).explode("starts")
    ends = (pl.col("starts").shift(-1) - pl.duration(days=1)).over(SAME).fill_null(FOREVER)
    pieces = bounds.with_columns(ends=ends).join(rows, on=SAME, nulls_equal=True)
    held = pieces.filter(pl.col("starts").is_between("valid_from", "valid_to")).sort("row", "starts")
    first = held.unique([*SAME, "starts"], keep="first", maintain_order=True)
    goes_on = (pl.col("row") == pl.col("row").shift()) & (pl.col("starts") == pl.col("ends").shift() + pl.duration(days=1))
    days = {"valid_from": pl.col("starts").min(), "valid_to": pl.col("ends").max()}
    parts = first.with_columns(part=(~goes_on.fill_null(False)).cum_sum()).group_by("part", maintain_order=True)
    whole = parts.agg(pl.col(*(set(SCHEMA) - set(days))).first(), **days)
    open_end = pl.when(pl.col("valid_to") < FOREVER).then("valid_to").alias("valid_to")
    return whole.with_columns(open_end).select(*SCHEMA).cast(SCHEMA)
