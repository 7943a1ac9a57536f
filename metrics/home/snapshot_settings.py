"""snapshot.toml: what the weekly snapshot shows, to whom, and how small numbers are withheld."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from metrics.errors import UserError, did_you_mean
from metrics.home.files import toml_of
from metrics.home.settings import Length
from metrics.mistakes import problems_of

FILE = "snapshot.toml"
STRICT = ConfigDict(frozen=True, strict=True, extra="forbid")
SITES = "sites.csv"


def safe_name(name: str) -> str:
    """The name itself when it can be a folder's. Raises ValueError else."""
    if not name.isascii() or not name.replace("_", "").replace("-", "").isalnum():
        raise ValueError(f"{name!r} is the name of a folder, too; write it with letters, digits, _ and -")
    return name.lower()


class Audience(BaseModel):
    """One [[audience]] block: who reads a snapshot of which places."""

    model_config = STRICT

    name: Annotated[str, AfterValidator(safe_name)] = Field(min_length=1, description="Its name: --audience NAME, and a folder.")
    title: str = Field(min_length=1, description="Its name for people, at the head of the page.")
    region: str | None = Field(default=None, description="Only the sites of this region of sites.csv, a row each.")
    sites: tuple[str, ...] = Field(
        default=(), strict=False, description="Only these sites of sites.csv, a row each. With neither: all sites together."
    )
    headline: tuple[str, ...] = Field(
        default=(), strict=False, description="Its own headline set; left out: the one of the file.", examples=["a list of figures"]
    )
    to: tuple[str, ...] = Field(
        default=(), strict=False,
        description="Who is sent it: owners whose addresses stand in timely.toml under [notify], to. Left out: nobody.",
    )  # fmt: skip


class SnapshotSettings(BaseModel):
    """The whole of snapshot.toml."""

    model_config = STRICT

    policy: Literal["off", "cms", "nhs", "ehrql"] | None = Field(
        default=None,
        description="How small numbers are withheld: 'off', 'cms', 'nhs' or 'ehrql'. Left out: the policy of timely.toml.",
        examples=["'off', 'cms', 'nhs' or 'ehrql'"],
    )  # fmt: skip
    headline: tuple[str, ...] = Field(
        default=(), strict=False,
        description="The figures of the icon table in their order: metrics, or figures as in 'door_to_provider.median'. Left out: "
        "the catalogue's headline metrics, each by the figure that has a target.",
        examples=["a list such as ['no_show_rate', 'door_to_provider.median']"],
    )  # fmt: skip
    settles_after: Length = Field(
        default=timedelta(hours=24), description="How long after its Sunday a week counts as closed: late feeds come in meanwhile.",
        examples=["a length of time such as '24 hours'"],
    )  # fmt: skip
    weeks: int = Field(default=26, ge=8, le=104, description="Weeks that a chart shows.", examples=["a whole number from 8 to 104"])
    audience: tuple[Audience, ...] = Field(
        default=(Audience(name="board", title="Board"),), strict=False, description="Who reads, one [[audience]] block each."
    )

    def of_audience(self, name: str) -> Audience:
        """The audience of that name. Raises UserError naming the nearest."""
        known = {audience.name: audience for audience in self.audience}
        if name.lower() not in known:
            raise UserError(f"--audience {name!r} is not in {FILE}.{did_you_mean(name, list(known))}")
        return known[name.lower()]


def read_snapshot_settings(home: Path, sites: pl.DataFrame) -> SnapshotSettings:
    """The home's snapshot.toml; every default where there is none. Raises UserError with every mistake of the file.

    sites: site_id and region of sites.csv, which an audience may name.
    """
    if not (home / FILE).exists():
        return SnapshotSettings()
    read, problems = toml_of(home / FILE)
    if problems:
        raise UserError(*problems)
    try:
        settings = SnapshotSettings.model_validate(read or {})
    except ValidationError as error:
        raise UserError(*problems_of(FILE, SnapshotSettings, error)) from None
    wrong = audience_problems(settings.audience, sites)
    if wrong:
        raise UserError(*wrong)
    return settings


def audience_problems(audiences: Sequence[Audience], sites: pl.DataFrame) -> list[str]:
    """Audiences that are named twice, or name places that sites.csv does not know."""
    names = [audience.name for audience in audiences]
    problems = [
        f"{FILE}: audience {name!r} is there twice; rename one." for name in sorted({n for n in names if names.count(n) > 1})
    ]
    for n, audience in enumerate(audiences, 1):
        where = f"{FILE}: audience[{n}]"
        if audience.region and audience.sites:
            problems.append(f"{where}: region {audience.region!r} and sites are both given; name one of them.")
        asked = [("region", audience.region)] if audience.region else [("sites", site) for site in audience.sites]
        for key, place in asked:
            known = sites["region" if key == "region" else "site_id"].drop_nulls().unique().sort().to_list()
            if place not in known:
                problems.append(f"{where}.{key} = {place!r} is not in {SITES}.{did_you_mean(str(place), known)}")
    return problems
