"""TQ017 A metric of a query that could not be counted."""

import polars as pl

from metrics.quality.check import Check, Material, Threshold, found


def judged(material: Material) -> pl.DataFrame:
    """Each metric of a person's query that the refresh could not count, with the reason."""
    broken = pl.DataFrame(list(material.broken.items()), schema={"about": pl.String, "sentence": pl.String}, orient="row")
    return found(broken.with_columns(severity=pl.lit("fail")))


CHECK = Check(
    code="TQ017",
    name="counted",
    title="A query's metric without figures",
    severity="fail",
    what="Asks which metrics of people's own queries the last refresh could not count, and why.",
    why="A figure that stops coming keeps its last value on the eye; nobody sees a chart that is not there.",
    next_step="Run the query in the workbench, mend it, save it again; the next refresh counts it.",
    thresholds=(Threshold("most", "none", "a query either counts or does not"),),
    judged=judged,
)
