"""Comparing: what two issued editions say of each headline figure, side by side. Pure: from their words to rows and sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from metrics.drawing.icons import ASSURANCE, VARIATION
from metrics.snapshot.content import ABSENT

COMPARED = pl.Schema({
    name: pl.String()
    for name in (
        "figure", "place", "before", "after", "n_before", "n_after", "target_before", "target_after", "change_before",
        "change_after", "outlook_before", "outlook_after",
    )
})  # fmt: skip
VERDICTS = ("target", "change", "outlook")  # which of them differ decides what is told in words, in this order


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> pl.DataFrame:
    """One row a headline figure that either tells, columns COMPARED, those of `after` first and in its order.

    before, after: the words of an edition (snapshot.json). Values stand as each edition printed them, withheld ones too, so nothing
    is told here that was not told there; a figure that one of them does not tell is ABSENT in its columns.
    """
    old, new = rows_by_figure(before), rows_by_figure(after)
    rows = [compared_row(old.get(key), new.get(key)) for key in [*new, *(key for key in old if key not in new)]]
    return pl.DataFrame(rows, schema=COMPARED, orient="row")


def rows_by_figure(said: Mapping[str, Any]) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    return {(row["metric"], row["statistic"], row["place"]): row for row in said["icon_rows"]}


def compared_row(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[str]:
    named = new or old or {}
    figure = f"{named['title']}, {str(named['statistic_words']).lower()}"
    pairs = zip(words_of_row(old), words_of_row(new), strict=True)
    return [figure, str(named["place"]), *(word for pair in pairs for word in pair)]


def words_of_row(row: Mapping[str, Any] | None) -> tuple[str, ...]:
    """value, n, target, variation and assurance in words."""
    if row is None:
        return (ABSENT,) * 5
    return row["value"], row["n"], row["target"], VARIATION[row["variation"]].words, ASSURANCE[row["assurance"]].words


def verdicts_that_differ(rows: pl.DataFrame) -> list[str]:
    """A sentence for each target, change or outlook that differs; those of one figure together. Values alone are in the table."""
    return [said for row in rows.iter_rows(named=True) if (said := "; ".join(differences(row)))]


def differences(row: Mapping[str, str]) -> Iterator[str]:
    told = [name for name in VERDICTS if row[f"{name}_before"] != row[f"{name}_after"]]
    for at, name in enumerate(told):
        lead = f"{row['figure']} at {row['place']}: " if at == 0 else ""
        yield f"{lead}{name} was “{row[f'{name}_before']}”, is “{row[f'{name}_after']}”"


def summary_of(rows: pl.DataFrame) -> str:
    """How much differs, in one sentence."""
    if rows.is_empty():
        return "Neither edition tells a figure."
    verdict = pl.any_horizontal(pl.col(f"{name}_before") != pl.col(f"{name}_after") for name in VERDICTS)
    value = pl.any_horizontal(pl.col(f"{name}before") != pl.col(f"{name}after") for name in ("", "n_"))
    verdicts, values = rows.select(verdict.sum().alias("verdicts"), value.sum().alias("values")).row(0)
    reads, judged = counted(values, "reads", "read"), counted(verdicts, "has", "have")
    return f"Of {rows.height} figures, {reads} otherwise, and {judged} another verdict."


def counted(count: int, one: str, more: str) -> str:
    return f"{count or 'none'} {one if count == 1 else more}"
