"""The findings of every check on the generation in force, worst first."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import polars as pl

from metrics.check.material import read_material
from metrics.errors import UserError, did_you_mean
from metrics.home import Home
from metrics.quality import CHECKS, Material, checked
from metrics.warehouse import current


@dataclass(frozen=True)
class Finding:
    """One thing that was judged: by which check, what it is of, whether it passed, and a sentence.

    severity: fail, warn or pass; only what fails is not passed. n of total rows are affected, where rows were counted.
    examples: ids of events, as the lake holds them.
    """

    code: str
    check: str
    title: str
    severity: str
    subject: str
    table: str | None
    source: str | None
    site: str | None
    about: str | None
    n: int | None
    total: int | None
    share: float | None
    sentence: str
    examples: tuple[str, ...]
    next_step: str

    @property
    def passed(self) -> bool:
        return self.severity != "fail"

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "examples": list(self.examples), "passed": self.passed}


def check(
    home: Home, now: datetime, names: Collection[str] = (), table: str | None = None, site: str | None = None
) -> list[Finding]:
    """Findings on the generation in force, worst first. Raises UserError when there is no generation, or no such check.

    names: codes or names of checks; none: all. table, site: only what is of it. A finding that is of no table or site (how old
    the data are) is left out where one is asked for.
    """
    refuse_unknown(names)
    every = findings(read_material(home, current(home.path), now), names)
    return [one for one in every if table in (None, one.table) and site in (None, one.site)]


def refuse_unknown(names: Collection[str]) -> None:
    known = [word for one in CHECKS for word in (one.code, one.name)]
    problems = [f"there is no check {name!r}.{did_you_mean(name, known)}" for name in names if name not in known]
    if problems:
        raise UserError(*problems)


def findings(material: Material, names: Collection[str] = ()) -> list[Finding]:
    """What `checked` finds, as things with a subject in words."""
    generation = f"the data of {material.as_of:%Y-%m-%d %H:%M}"
    frame = checked(material, names).with_columns(share=pl.col("n") / pl.when(pl.col("total") > 0).then("total"))
    return [_finding(row, generation) for row in frame.iter_rows(named=True)]


def _finding(row: dict[str, Any], generation: str) -> Finding:
    place = f" at {row['site_id']}" if row["site_id"] else ""
    source = f" from {row['source']}" if row["source"] else ""
    about = f", {row['about']}" if row["about"] else ""
    subject = f"{row['table_name']}{source}{place}{about}" if row["table_name"] else row["about"] or generation
    return Finding(
        row["code"], row["check"], row["title"], row["severity"], subject, row["table_name"], row["source"], row["site_id"],
        row["about"], row["n"], row["total"], row["share"], row["sentence"], tuple(row["examples"] or ()), row["next_step"],
    )  # fmt: skip


def failed(found: Collection[Finding]) -> bool:
    return any(not one.passed for one in found)
