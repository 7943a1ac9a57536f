"""Two records of one patient: who is who after all merges, and the rows that say so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

Told = tuple[str, str, int]
"""A merge: the key that went, the key that stays, when (microseconds since 1970, UTC)."""


@dataclass(frozen=True)
class Patients:
    """final: the key in force of every key that was merged into another, through all merges. words: by key, how many merges speak
    of the patient, by whatever key; it only grows, so that a row made after a merge is newer than one made before."""

    final: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)


def patients_of(pairs: Sequence[tuple[str, str]]) -> Patients:
    """Of merges (old, new) in the order in which they happened. One that is merged away and later stays, stays."""
    final: dict[str, str] = {}
    merged_into: dict[str, set[str]] = {}
    for old, new in pairs:
        if old == new:
            continue
        moved = merged_into.pop(old, set()) | {old}
        for key in (old, new):
            if key in final:
                merged_into.get(final.pop(key), set()).discard(key)
        moved.discard(new)
        final |= dict.fromkeys(moved, new)
        merged_into.setdefault(new, set()).update(moved)
    return Patients(final, words_of(pairs))


def words_of(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """How many merges speak of each key or of one that is joined to it."""
    group: dict[str, set[str]] = {}
    count: dict[str, int] = {}
    for old, new in pairs:
        joined = group.get(old, {old}) | group.get(new, {new})
        total = sum(count[one] for one in {min(group.get(key, {key})) for key in (old, new)} if one in count) + 1
        for key in joined:
            group[key] = joined
        count[min(joined)] = total
    return {key: count[min(keys)] for key, keys in group.items()}


def regrouped(before: Patients, after: Patients) -> list[str]:
    """The keys, as they were in force before, under which rows stand that are made otherwise after more merges."""
    spoken = {
        key for key, words in after.words.items()
        if (words, after.final.get(key)) != (before.words.get(key), before.final.get(key))
    }  # fmt: skip
    return sorted({before.final.get(key, key) for key in spoken})


def with_merged(rows: pl.DataFrame, patients: Patients) -> pl.DataFrame:
    """Rows folded from messages, under the keys in force; recorded_at a microsecond later for each merge of the patient."""
    if not patients.words or "patient_key" not in rows.columns:
        return rows
    words = pl.col("patient_key").replace_strict(patients.words, default=0, return_dtype=pl.Int64)
    later = pl.col("recorded_at") + pl.duration(microseconds=words.fill_null(0))
    return rows.with_columns(pl.col("patient_key").replace(patients.final), recorded_at=later)


def rekeyed(rows: pl.DataFrame, merges: Sequence[Told], patients: Patients) -> pl.DataFrame:
    """Those of the rows whose key went by one of the merges, under the key in force; newer than they were, and not older than the
    merge. rows: of an event table with patient_key and recorded_at."""
    told = pl.DataFrame(merges, schema={"patient_key": pl.String(), "new": pl.String(), "at": pl.Int64()}, orient="row")
    newest = told.group_by("patient_key").agg(pl.col("at").max().cast(pl.Datetime("us")), count=pl.len().cast(pl.Int64))
    gone = newest.filter(pl.col("patient_key").is_in(list(patients.final)))
    later = pl.max_horizontal(pl.col("recorded_at") + pl.duration(microseconds=pl.col("count")), pl.col("at"))
    moved = rows.join(gone, on="patient_key", how="inner", maintain_order="left").with_columns(recorded_at=later)
    return moved.with_columns(pl.col("patient_key").replace(patients.final)).select(rows.columns)
