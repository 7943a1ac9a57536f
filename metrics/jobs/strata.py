"""Who the patients are: facts split by the strata in the patients table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from metrics.definitions.metric import Metric
from metrics.events import STRATA
from metrics.jobs.counts import MEASURES, counts
from metrics.jobs.places import Places
from metrics.jobs.value_counts import value_counts
from metrics.jobs.waits import empty_quantiles, wait_quantiles

UNKNOWN = "unknown"  # a patient not in the table, or without the value: shown as its own stratum, so that strata add up
STORED_GRAIN = "month"  # strata are kept by month; any other grain is worked out from facts when asked for


@dataclass(frozen=True)
class Strata:
    """Each patient's stratum in each dimension, ready to be joined to facts.

    frame: patient_key and an Enum column a dimension; labels: 'age_band=65-79' for each value of the Enum, in its order.
    """

    frame: pl.DataFrame
    labels: dict[str, list[str]]

    @staticmethod
    def of(patients: pl.DataFrame) -> "Strata":
        """patients: the patients table. Empty where there are no patients: then there are no strata."""
        if patients.is_empty():
            return Strata(patients.select("patient_key"), {})
        text = patients.select("patient_key", *(pl.col(name).cast(pl.String).fill_null(UNKNOWN) for name in STRATA))
        values = {name: sorted({*text[name].unique(), UNKNOWN}) for name in STRATA}
        labels = {name: [f"{name}={value}" for value in known] for name, known in values.items()}
        return Strata(text.cast({name: pl.Enum(known) for name, known in values.items()}), labels)

    def joined(self, facts: pl.DataFrame) -> pl.DataFrame:
        """Facts with a column for each dimension; a patient we know nothing of is 'unknown'."""
        if not self.labels or "patient_key" not in facts.columns:
            return facts
        joined = facts.join(self.frame, on="patient_key", how="left", maintain_order="left")
        return joined.with_columns(pl.col(name).fill_null(UNKNOWN) for name in self.labels)

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


def stratum_waits(facts: pl.DataFrame, metric: Metric, strata: Strata) -> dict[str, pl.DataFrame]:
    """Dimension -> the metric's completed waits by place, month and stratum, as value counts.

    A stratum is folded into the place's number (place * strata + stratum), so that one sort orders them all.
    """
    done = facts.filter(pl.col(f"{metric.id}_end") == "done")
    month = pl.col("day").dt.truncate("1mo").to_physical().alias("period")
    wait = pl.col(f"{metric.id}_wait").alias("wait")
    return {name: value_counts(done.select(folded(strata, name), month, wait)) for name in strata.columns_in(facts)}


def folded(strata: Strata, dimension: str) -> pl.Expr:
    width = len(strata.labels[dimension])
    return (pl.col("place").cast(pl.UInt32) * width + pl.col(dimension).to_physical().cast(pl.UInt32)).alias("place")


def stratum_quantiles(waits: dict[str, pl.DataFrame], metric: Metric, strata: Strata, places: Places) -> pl.DataFrame:
    """wait_quantiles by month and stratum (with a `stratum` column), from stratum_waits."""
    parts = [_of_dimension(counted, metric, name, strata, places) for name, counted in waits.items()]
    return pl.concat([empty_quantiles().with_columns(pl.lit(None, pl.String).alias("stratum")), *parts])


def _of_dimension(counted: pl.DataFrame, metric: Metric, name: str, strata: Strata, places: Places) -> pl.DataFrame:
    labels = strata.labels[name]
    found = wait_quantiles(counted, metric, places.folded(len(labels)))
    number = pl.DataFrame({"number": range(len(labels)), "stratum": labels}, schema={"number": pl.UInt32, "stratum": pl.String})
    split = found.with_columns(pl.col("place") // len(labels), (pl.col("place") % len(labels)).alias("number"))
    return split.join(number, on="number", maintain_order="left").drop("number")
