"""Who the patients are: facts split by the strata in the patients table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from metrics.definitions.metric import Metric
from metrics.events import STRATA
from metrics.jobs.counts import MEASURES, counts

UNKNOWN = "unknown"  # a patient not in the table, or without the value: shown as its own stratum, so that strata add up
FEWER = 4  # facts are few beside patients when there are so many times fewer of them
STORED_GRAIN = "month"  # shares and counts by stratum are kept by month; other grains, and quantiles, are worked out when asked for


@dataclass(frozen=True)
class Strata:
    """Each patient's stratum in each dimension, ready to be joined to facts.

    frame: patient_key and an Enum column a dimension; labels: 'age_band=65-79' for each value of the Enum, in its order.
    """

    frame: pl.DataFrame
    labels: dict[str, list[str]]

    @staticmethod
    def of(patients: pl.DataFrame, some: bool = False) -> "Strata":
        """patients: the patients table. Empty where there are no patients: then there are no strata.

        some: these are a few of the patients, so that everybody is in a stratum even where none of them is known.
        """
        if patients.is_empty() and not some:
            return Strata(patients.select("patient_key"), {})
        text = patients.select("patient_key", *(pl.col(name).cast(pl.String).fill_null(UNKNOWN) for name in STRATA))
        values = {name: sorted({*text[name].unique(), UNKNOWN}) for name in STRATA}
        labels = {name: [f"{name}={value}" for value in known] for name, known in values.items()}
        return Strata(text.cast({name: pl.Enum(known) for name, known in values.items()}), labels)

    def joined(self, facts: pl.DataFrame) -> pl.DataFrame:
        """Facts with a column for each dimension; a patient we know nothing of is 'unknown'."""
        if not self.labels or "patient_key" not in facts.columns:
            return facts
        joined = facts.join(self._of_patients_in(facts), on="patient_key", how="left", maintain_order="left")
        return joined.with_columns(pl.col(name).fill_null(UNKNOWN) for name in self.labels)

    def long(self, facts: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
        """The columns of each of a few facts once a dimension that it has, with its `stratum`; no rows without strata."""
        joined = self.joined(facts)
        parts = [
            joined.select(*columns, stratum=pl.lit(f"{name}=") + pl.col(name).cast(pl.String)) for name in self.columns_in(joined)
        ]
        return pl.concat([facts.select(*columns, stratum=pl.lit(None, pl.String)).clear(), *parts])

    def _of_patients_in(self, facts: pl.DataFrame) -> pl.DataFrame:
        """The patients of few facts alone: a join's table of everybody takes longer to make than to look through."""
        if facts.height > self.frame.height // FEWER:
            return self.frame
        return self.frame.join(facts.select("patient_key"), on="patient_key", how="semi")

    def columns_in(self, facts: pl.DataFrame) -> Iterator[str]:
        """The dimensions that the facts carry."""
        return (name for name in self.labels if name in facts.columns)


def stratum_counts(facts: pl.DataFrame, metrics: Sequence[Metric], strata: Strata) -> pl.DataFrame:
    """metric, place, period (month), stratum, measures; `facts` carries place, period and the strata's columns."""
    parts = [
        counts(facts, metrics, ("place", "period", name)).with_columns(
            pl.concat_str(pl.lit(f"{name}="), pl.col(name).cast(pl.String)).alias("stratum")
        )
        for name in strata.columns_in(facts)
    ]
    columns = ("metric", "place", "period", "stratum", *MEASURES)
    return pl.concat(part.select(columns) for part in parts) if parts else pl.DataFrame()
