"""targets.toml: what each figure should be, where, from when, and who says so."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from metrics.errors import did_you_mean
from metrics.home.files import toml_of
from metrics.home.packs import in_order, pack_names, pack_of, pack_problems
from metrics.home.target import FOREVER, SAME, SCHEMA, Target, frame_of
from metrics.mistakes import problems_of


class TargetFile(BaseModel):
    """The whole of targets.toml."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    packs: tuple[str, ...] = Field(
        default=(), strict=False, description="Packs of targets that come with Timely, by name; `timely targets packs` lists them.",
    )  # fmt: skip
    target: tuple[Target, ...] = Field(default=(), strict=False, description="Targets, one [[target]] block each.")


def read_targets(path: Path, sites: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The targets in force (columns as in SCHEMA: the home's own, then each pack's) and what is wrong with the file.

    At most one target holds for a figure, role and place on a day: where several speak of it the home's own counts, then the
    packs in the order they are named. pack is null for the home's own.
    """
    read, problems = toml_of(path)
    try:
        asked = TargetFile.model_validate(read or {})
    except ValidationError as error:
        return pl.DataFrame(schema=SCHEMA), problems + problems_of(path.name, TargetFile, error)
    own = frame_of(asked.target)
    for n, target in enumerate(asked.target, 1):
        problems += place_problems(f"{path.name}: target[{n}]", target, sites)
    problems += [*overlap_problems(path.name, own), *pack_problems(path.name, asked.packs)]
    known = [frame_of(pack_of(name).target, name) for name in asked.packs if name in pack_names()]
    return in_order(own, *known), problems


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
    """Two targets of one role for the same figure in the same place on the same day."""
    ends = pl.col("valid_to").fill_null(FOREVER).cum_max().shift().over(SAME)
    clashes = targets.sort("valid_from").filter(pl.col("valid_from") <= ends)
    return [
        f"{file}: {row['metric']} {row['statistic']} has two targets in force on {row['valid_from']} in the same place; "
        "end the earlier one with valid_to."
        for row in clashes.iter_rows(named=True)
    ]
